# SPDX-License-Identifier: Apache-2.0
"""``ampsim run``: one scenario on one board, with a live progress display and a result table."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from sim import kept_modules
from sim.boot.storage import Kind
from sim.build.simulators import SIMULATORS
from sim.cli.failure_waves import add_failure_wave_options, chosen_failure_waves
from sim.cli.live import follow_run
from sim.cli.repro import repro_run, tell_repetition, wants_exports
from sim.cli.values import output_file, output_folder, positive, span_ns, whole_number
from sim.cli.viewers import finish_waveform
from sim.cli.waves import add_wave_options, chosen_waves
from sim.errors import AmpsimError, RunError
from sim.faults.catalog import parse_fault
from sim.micropython.choice import EMITTERS
from sim.ports import PORTS
from sim.ports.choice import port_hint
from sim.runs import launch
from sim.runs.ahead import Ahead
from sim.runs.config import RTOS, RunConfig
from sim.runs.files import INTERRUPTED
from sim.runs.lanes import LanesOfRun
from sim.runs.prepare import prepare_run
from sim.runs.waves import FailureWaves, Waves, time_text
from sim.scenarios import OTHERS
from sim.whole_file import CANNOT_WRITE, make_folder, write_json


def add_boot_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that decide what a board boots from."""
    parser.add_argument(
        "--chips",
        type=Path,
        metavar="DIR",
        help="find the firmware as the SDK does (firmware which)",
    )
    parser.add_argument(
        "--medium", choices=[kind.value for kind in Kind], help="what the board boots from"
    )
    parser.add_argument(
        "--secure", action="store_true", help="signed images, verified by each stage"
    )
    parser.add_argument("--flash", type=Path, metavar="FILE", help="contents of the medium")


def boot_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return those options as :func:`~sim.runs.prepare.prepare_run` takes them."""
    names = ("chips", "medium", "secure", "flash", "rtos", "rtos_heap", "rtos_emit")
    return {name: getattr(arguments, name) for name in names}


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that decide what is run, shared by ``run`` and ``console``."""
    parser.add_argument("--board", default="visionfive2", help="default: %(default)s")
    parser.add_argument("--sim", default="verilator", choices=SIMULATORS, dest="simulator")
    parser.add_argument("--seed", type=whole_number, default=1, help="drives everything random")
    parser.add_argument("--app", type=Path, metavar="FILE", help="RTOS app to run instead")
    parser.add_argument("--firmware", type=Path, metavar="ELF", help="RTOS firmware to load")
    parser.add_argument(
        "--host",
        default="model",
        choices=("model", "linux"),
        help="who is the master: the model of Linux, or a real kernel (default: %(default)s)",
    )
    parser.add_argument(
        "--ring",
        type=whole_number,
        metavar="N",
        help="entries of the real kernel's rings, 2 to 256",
    )
    parser.add_argument("--profile", type=Path, metavar="FILE", help="timing constants to override")
    parser.add_argument(
        "--rtos",
        default="cpython",
        choices=RTOS,
        help="what runs the RTOS side (same result; default: %(default)s)",
    )
    parser.add_argument(
        "--rtos-heap", type=positive, metavar="BYTES", help="size of MicroPython's heap"
    )
    parser.add_argument(
        "--rtos-emit",
        choices=EMITTERS,
        help="what MicroPython compiles to (same result; default: native where it can)",
    )
    add_boot_options(parser)
    add_wave_options(parser)
    parser.add_argument(
        "--out", type=output_folder, metavar="DIR", help="folder for all files of the run"
    )


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("run", help="build what is stale, run a scenario, show the result")
    parser.add_argument("scenario", nargs="?", help="see ampsim list")
    parser.add_argument("--count", type=positive, metavar="N", help="messages or measurements")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the result here")
    parser.add_argument("--record", action="store_true", help="keep the record stream")
    parser.add_argument(
        "--referee",
        action=argparse.BooleanOptionalAction,
        help="check the protocol's rules on the bus traffic (default: yes)",
    )
    parser.add_argument(
        "--exports",
        action=argparse.BooleanOptionalAction,
        help="write report.html and the messages for other tools (default: with --out)",
    )
    parser.add_argument("--repro", type=Path, metavar="FILE", help="repeat the run of a repro.json")
    parser.add_argument(
        "--hang-after",
        type=span_ns,
        default=0,
        metavar="SPAN",
        help="explain and end a run without progress for so long: 50ms, 2s, off (simulated time)",
    )
    parser.add_argument(
        "--fault",
        action="append",
        type=parse_fault,
        default=[],
        dest="faults",
        metavar="NAME[:K=V,...]",
        help="plant a fault (see ampsim list)",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="print all log lines")
    parser.add_argument(
        "--every-clock",
        action="store_true",
        help="simulate clocks in which nothing can change, too (same result, slower)",
    )
    parser.add_argument(
        "--port",
        default="extension",
        choices=PORTS,
        help="how software reaches the core shells (same result; default: %(default)s)",
    )
    add_run_options(parser)
    add_failure_wave_options(parser)
    parser.set_defaults(handler=handle)


def handle(arguments: argparse.Namespace) -> int:
    """Run the scenario; 0 when all its checks hold, 1 when not."""
    waves, on_failure = chosen_waves(arguments), chosen_failure_waves(arguments)
    if arguments.repro is None:
        repro = None
        config, directory = _chosen_run(arguments)
    else:
        repro, config, directory = repro_run(arguments)
    exports = wants_exports(arguments)
    try:
        result = _run(config, directory.resolve(), waves, on_failure, arguments.ahead)
    except BrokenRun as broken:
        try:
            _keep(config, directory.resolve(), broken.known, exports=exports)
        except AmpsimError as error:
            if CANNOT_WRITE not in str(broken.error):  # else it is the same full disk
                print(f"ampsim: {error}", file=sys.stderr)
        if repro is not None:
            tell_repetition(repro, broken.known)
        raise broken.error from None
    kept_modules.save()
    _show(result, directory, arguments.verbose)
    result["artifacts"] = _keep(config, directory.resolve(), result, exports=exports)
    if arguments.json:
        write_result(result, directory, arguments.json)
    if "report" in result["artifacts"]:
        print(f"report {directory / result['artifacts']['report']}")
    same = repro is None or tell_repetition(repro, result)
    return 0 if result["passed"] and same else 1


def _chosen_run(arguments: argparse.Namespace) -> tuple[RunConfig, Path]:
    """Return the run that the options describe, and its folder."""
    if arguments.scenario is None:
        raise AmpsimError("expected a scenario, or --repro FILE (see ampsim run --help)")
    if arguments.scenario in OTHERS:
        raise AmpsimError(
            f"{arguments.scenario}: expected a scenario of ampsim list, found a command of its own"
        )
    directory = arguments.out or Path("out") / arguments.scenario
    hint = port_hint(arguments.port)
    if hint:
        print(f"ampsim: {hint}", file=sys.stderr)
    config = prepare_run(
        arguments.scenario,
        arguments.board,
        arguments.simulator,
        directory,
        seed=arguments.seed,
        count=arguments.count,
        app=arguments.app,
        firmware=arguments.firmware,
        profile=arguments.profile,
        verbose=arguments.verbose,
        record=arguments.record or wants_exports(arguments),
        referee=arguments.referee is not False,
        hang_after_ns=arguments.hang_after,
        faults=arguments.faults,
        skipping=not arguments.every_clock,
        port=arguments.port,
        host=arguments.host,
        ring=arguments.ring,
        **boot_options(arguments),
    )
    return config, directory


class BrokenRun(Exception):
    """A run that broke down or was interrupted: why, and what is known of it."""

    def __init__(self, error: RunError | KeyboardInterrupt, known: dict[str, Any]) -> None:
        super().__init__(str(error))
        self.error = error
        self.known = known


def _run(
    config: RunConfig,
    directory: Path,
    waves: Waves | None,
    on_failure: FailureWaves | None,
    ahead: Ahead | None,
) -> dict[str, Any]:
    """Run; a run that fails is run again where a waveform of the failure is wanted."""
    try:
        outcome = _run_once(config, directory, waves, ahead)
    except BrokenRun as broken:
        if on_failure is None or isinstance(broken.error, KeyboardInterrupt):
            raise
        outcome = broken.known
    if on_failure is None or outcome["passed"]:
        return outcome
    waves = on_failure.around(outcome)
    begin, end = waves.window.from_ns, waves.window.to_ns
    until = "its end" if end is None else time_text(end)
    again = f"running it again with a waveform from {time_text(begin)} to {until}"
    print(f"ampsim: the run has failed: {again}", file=sys.stderr)
    return _run_once(config, directory, waves)


def _run_once(
    config: RunConfig, directory: Path, waves: Waves | None, ahead: Ahead | None = None
) -> dict[str, Any]:
    lanes = LanesOfRun.of(config, waves)
    try:
        with follow_run(config) as listener, lanes or nullcontext():
            result = launch.run(
                config, directory, waves=waves, listener=listener, ahead=ahead, onlooker=lanes
            )
    except (RunError, KeyboardInterrupt) as error:
        from sim.report.keep import known_outcome

        reason = INTERRUPTED if isinstance(error, KeyboardInterrupt) else str(error)
        known = known_outcome(config, directory, reason)
        if waves is not None and (file := launch.wave_file(directory, waves)).exists():
            known["artifacts"]["waves"] = file.name
            finish_waveform(directory, known)
        raise BrokenRun(error, known) from None
    finish_waveform(directory, result, lanes)
    return result


def _keep(
    config: RunConfig, directory: Path, outcome: dict[str, Any], *, exports: bool
) -> dict[str, str]:
    """Write what stays of the run, and return all its artifacts."""
    if outcome["passed"] and not exports:
        return dict(outcome["artifacts"])
    from sim.report.keep import keep_run

    def say(line: str) -> None:
        print(f"ampsim: {line}", file=sys.stderr)

    return keep_run(config, directory, outcome, exports=exports, say=say)


def _show(result: dict[str, Any], directory: Path, verbose: bool) -> None:
    """Print the result, after the program's own lines if wanted."""
    from rich.console import Console

    from sim.cli.report import print_result

    console = Console()
    if verbose and "log" in result["artifacts"]:
        console.print((directory / result["artifacts"]["log"]).read_text(), end="", highlight=False)
    print_result(console, result, directory)
    if "hang" in result["artifacts"]:
        from sim.cli.hang import print_hang

        print_hang(console, directory / result["artifacts"]["hang"])


def write_result(result: dict[str, Any], directory: Path, path: Path) -> None:
    """Write the result file whole or not at all; its artifact paths are relative to its folder."""
    folder = path.resolve().parent
    make_folder(folder)
    artifacts = {
        name: os.path.relpath(directory.resolve() / file, folder)
        for name, file in result["artifacts"].items()
    }
    write_json(path, {**result, "artifacts": artifacts})
