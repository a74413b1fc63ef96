# SPDX-License-Identifier: Apache-2.0
"""Runs one simulation: builds what is stale, starts it, follows it, reads its result."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim.build.design import soc_design
from sim.build.simulators import build_simulation, start_simulation
from sim.errors import RunError
from sim.faults.catalog import has_upsets
from sim.linux_peer.board import host_board
from sim.runs.config import RunConfig
from sim.runs.files import (
    ERROR_FILE,
    HANG_FILE,
    PARENT_VARIABLE,
    PARTIAL_FILE,
    REPORT_FILE,
    RESULT_FILE,
    RUN_FILE,
    RUN_VARIABLE,
)
from sim.runs.progress import PROGRESS_FD, Progress
from sim.runs.waves import WHOLE_RUN, Waves
from sim.whole_file import make_folder

Listener = Callable[[Progress], None]
TEST_MODULE = "sim.inside.entry"
INTERRUPT_S = 2.0
"""How long an interrupted run may take to write down what it knows."""


def run(
    config: RunConfig,
    directory: Path,
    *,
    waves: Waves | None = None,
    listener: Listener | None = None,
) -> dict[str, Any]:
    """Run ``config`` in ``directory`` (created) and return its result.

    ``waves`` asks for a waveform; ``listener`` is called with the progress. Raises
    :class:`~sim.errors.AmpsimError` with one line when the run could not be made or broke down; the
    simulator process has ended in every case.
    """
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

    def start(environment: Mapping[str, str], pipe: int) -> subprocess.Popen[bytes]:
        return start_simulation(
            design,
            config.simulator,
            build,
            test_module=TEST_MODULE,
            directory=directory,
            seed=config.seed,
            port=config.port,
            environment=environment,
            wave_file=file,
            window=waves.window if waves else WHOLE_RUN,
            pass_fds=(pipe,),
        )

    result = run_started(config, directory, start, listener=listener)
    if file is not None and file.exists():
        result["artifacts"]["waves"] = file.name
    return result


def wave_file(directory: Path, waves: Waves) -> Path:
    """Return where a run in ``directory`` writes its waveform."""
    return directory / f"waves.{waves.format}"


def run_started(
    config: RunConfig,
    directory: Path,
    start: Callable[[Mapping[str, str], int], subprocess.Popen[bytes]],
    *,
    listener: Listener | None = None,
) -> dict[str, Any]:
    """Run ``config`` as :func:`run` does, in a process that ``start`` has started.

    ``start`` is given the variables of the process and the descriptor it has to inherit; the
    process runs :data:`TEST_MODULE` in ``directory`` (created).
    """
    _clear(directory)
    config.save(directory / RUN_FILE)
    begin = time.monotonic()
    reader, writer = os.pipe()
    environment = {
        RUN_VARIABLE: str(directory / RUN_FILE),
        PARENT_VARIABLE: str(os.getpid()),
        PROGRESS_FD: str(writer),
    }
    try:
        process = start(environment, writer)
    finally:
        os.close(writer)
    if listener is not None:
        listener(Progress(0, config.count, 0, "starting"))
    try:
        error = _follow(reader, listener)
        process.wait()
    except KeyboardInterrupt:
        _interrupt(process)
        raise
    finally:
        os.close(reader)
        end_process_group(process)
    if error is not None:
        raise RunError(error)
    return _result(directory, process.returncode, time.monotonic() - begin)


def _clear(directory: Path) -> None:
    """Make the folder, without the outcome of an earlier run."""
    make_folder(directory)
    for stale in (RESULT_FILE, ERROR_FILE, PARTIAL_FILE, HANG_FILE, REPORT_FILE):
        (directory / stale).unlink(missing_ok=True)


def _follow(reader: int, listener: Listener | None) -> str | None:
    """Pass on progress until the simulator closes its end of the pipe; return its error if any."""
    pending = b""
    error: str | None = None
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while selector.select():
            data = os.read(reader, 65536)
            if not data:
                break
            *lines, pending = (pending + data).split(b"\n")
            errors = [line for line in lines if line.startswith(b'"')]
            progress = [line for line in lines if line.startswith(b"[")]
            if errors:
                error = json.loads(errors[0])
            if listener is not None and progress:
                listener(Progress.parse(progress[-1]))
    return error


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """Have the simulator write down what is known; it may be in a state in which it cannot."""
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired, KeyboardInterrupt):
        process.send_signal(signal.SIGINT)
        process.wait(INTERRUPT_S)


def end_process_group(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the simulator behind, whatever state it is in."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _result(directory: Path, exit_code: int, wall_s: float) -> dict[str, Any]:
    path = directory / RESULT_FILE
    if not path.exists():
        log = directory / "simulator.log"
        raise RunError(f"the simulator ended without a result (exit code {exit_code}): see {log}")
    result: dict[str, Any] = json.loads(path.read_text())
    result["wall_time_s"] = round(wall_s, 3)
    return result
