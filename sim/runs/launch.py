# SPDX-License-Identifier: Apache-2.0
"""Runs one simulation: builds what is stale, starts it, follows it, reads its result."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.build.design import soc_design
from sim.build.simulators import build_simulation, simulation_command
from sim.errors import RunError
from sim.faults.catalog import has_upsets
from sim.linux_peer.board import host_board
from sim.runs.ahead import Ahead
from sim.runs.config import RunConfig
from sim.runs.files import (
    ERROR_FILE,
    HANG_FILE,
    LOG_FILE,
    PARTIAL_FILE,
    REPORT_FILE,
    RESULT_FILE,
    RUN_FILE,
    RUN_VARIABLE,
)
from sim.runs.pipes import Pipes, Taker
from sim.runs.process import Started, end_session
from sim.runs.progress import PROGRESS_FD, Listener, Progress, ProgressReader
from sim.runs.record_pipe import RECORDS_FD
from sim.runs.verdict import write_verdict
from sim.runs.waves import WHOLE_RUN, Waves
from sim.whole_file import make_folder

if TYPE_CHECKING:
    from sim.referee.live import LiveReferee

Start = Callable[[Mapping[str, str], tuple[int, ...]], subprocess.Popen[bytes]]
"""Starts a simulator with variables of a run; the descriptors are those it has to inherit."""
Onlooker = Callable[[], Taker]
"""Makes what looks at the records of a run beside the referee, while the simulator starts."""
TEST_MODULE = "sim.inside.entry"
INTERRUPT_S = 20.0
"""How long an interrupted run may take to write down what it knows."""


def run(
    config: RunConfig,
    directory: Path,
    *,
    waves: Waves | None = None,
    listener: Listener | None = None,
    ahead: Ahead | None = None,
    since: float | None = None,
    onlooker: Onlooker | None = None,
) -> dict[str, Any]:
    """Run ``config`` in ``directory`` (created) and return its result.

    ``waves`` asks for a waveform; ``listener`` is called with the progress; ``ahead`` may have
    started the simulator already; ``since`` is the time (monotonic s) from which ``start_up_s`` of
    the result counts (None: from this call on); ``onlooker`` is called when the simulator has been
    started, and what it returns is given the records, where the run has a referee. Raises
    :class:`~sim.errors.AmpsimError` with one line when the run could not be made or broke down; the
    simulator process has ended in every case.
    """
    since = time.monotonic() if since is None else since
    _clear(directory)
    upsets = config.simulator == "verilator" and has_upsets(config.faults)
    design = soc_design(host_board(config.board, config.host, config.ring), upsets)
    build = build_simulation(
        design,
        config.simulator,
        waves.format if waves else None,
        lambda: listener(Progress(0, config.count, 0, "building")) if listener else None,
        config.port,
    )
    file = wave_file(directory, waves) if waves else None
    if file is not None:
        file.unlink(missing_ok=True)
    command = simulation_command(
        config.simulator,
        build,
        test_module=TEST_MODULE,
        port=config.port,
        wave_file=file,
        window=waves.window if waves else WHOLE_RUN,
    )

    def start(environment: Mapping[str, str], pipes: tuple[int, ...]) -> subprocess.Popen[bytes]:
        with (directory / LOG_FILE).open("wb") as log:
            return command.start(
                directory, log, config.seed, environment=environment, pass_fds=pipes
            )

    config.save(directory / RUN_FILE)
    started = ahead.take(command, config.seed, directory / RUN_FILE) if ahead and not file else None
    started = started or _start(directory, start)
    result = _run_process(started, config, directory, listener, since=since, onlooker=onlooker)
    if file is not None and file.exists():
        result["artifacts"]["waves"] = file.name
    return result


def wave_file(directory: Path, waves: Waves) -> Path:
    """Return where a run in ``directory`` writes its waveform."""
    return directory / f"waves.{waves.format}"


def run_started(
    config: RunConfig,
    directory: Path,
    start: Start,
    *,
    listener: Listener | None = None,
) -> dict[str, Any]:
    """Run ``config`` as :func:`run` does, in a process that ``start`` has started.

    It runs :data:`TEST_MODULE` in ``directory`` (created).
    """
    _clear(directory)
    config.save(directory / RUN_FILE)
    started = _start(directory, start)
    return _run_process(started, config, directory, listener, since=started.begin)


def _start(directory: Path, start: Start) -> Started:
    """Start the simulator, which reads there what it has to run."""
    begin = time.monotonic()
    pipes = Pipes()
    environment = {RUN_VARIABLE: str(directory / RUN_FILE), **pipes.environment()}
    try:
        return Started(start(environment, pipes.writers), pipes, begin)
    except BaseException:
        pipes.close()
        raise
    finally:
        pipes.started()


def _run_process(
    started: Started,
    config: RunConfig,
    directory: Path,
    listener: Listener | None,
    *,
    since: float,
    onlooker: Onlooker | None = None,
) -> dict[str, Any]:
    """Follow a run to its end, or end it; return its result.

    The referee looks on from here, on another CPU where there is one.
    """
    process, pipes = started.process, started.pipes
    progress = ProgressReader(listener)
    referee: LiveReferee | None = None
    try:
        if listener is not None:
            listener(Progress(0, config.count, 0, "starting"))
        takers: dict[str, Taker] = {PROGRESS_FD: progress.take}
        if config.referee:
            referee = _referee(config)
            takers[RECORDS_FD] = _both(referee.take, onlooker() if onlooker else None)
        pipes.follow(takers)
        process.wait()
    except KeyboardInterrupt:
        pipes.close()
        _interrupt(process)
        if referee is not None:
            write_verdict(directory, referee, interrupted=True)
        raise
    finally:
        pipes.close()
        end_session(process)
    if referee is not None:
        write_verdict(directory, referee)
    if progress.error is not None:
        raise RunError(progress.error)
    result = _result(directory, process.returncode)
    result["wall_time_s"] = round(time.monotonic() - started.begin, 3)
    if progress.first_start is not None:
        result["start_up_s"] = round(progress.first_start - since, 3)
    return result


def _both(first: Taker, second: Taker | None) -> Taker:
    """Return what gives the same to both."""
    if second is None:
        return first
    also = second

    def take(data: bytes) -> None:
        first(data)
        also(data)

    return take


def _referee(config: RunConfig) -> LiveReferee:
    """Return the referee of a run; imported while the simulator starts, and only for such a run."""
    from sim.referee.live import LiveReferee
    from sim.scenarios import find_scenario

    meant = find_scenario(config.scenario, config.host).breaks_rules
    return LiveReferee(host_board(config.board, config.host, config.ring), meant)


def _clear(directory: Path) -> None:
    """Make the folder, without the outcome of an earlier run."""
    make_folder(directory)
    for stale in (RESULT_FILE, ERROR_FILE, PARTIAL_FILE, HANG_FILE, REPORT_FILE):
        (directory / stale).unlink(missing_ok=True)


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """Have the simulator write down what is known; it may be in a state in which it cannot."""
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired, KeyboardInterrupt):
        process.send_signal(signal.SIGINT)
        process.wait(INTERRUPT_S)


def _result(directory: Path, exit_code: int) -> dict[str, Any]:
    path = directory / RESULT_FILE
    if not path.exists():
        log = directory / LOG_FILE
        raise RunError(f"the simulator ended without a result (exit code {exit_code}): see {log}")
    result: dict[str, Any] = json.loads(path.read_text())
    return result
