# SPDX-License-Identifier: Apache-2.0
"""``ampsim bench``: measures the bench itself on this machine, beside the other ways to do it."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.bench.comparison import ratios
from sim.bench.figures import Figures
from sim.bench.following import all_processes_end, follow_bench
from sim.bench.machine import describe_machine
from sim.bench.measure import Measurement
from sim.bench.plan import FULL_REPEAT, QUICK_REPEAT, Plan, make_plan
from sim.bench.profile_echo import COUNT as PROFILE_COUNT
from sim.bench.profile_echo import print_profile, profile_echo
from sim.bench.report import Report, print_report
from sim.build.simulators import SIMULATORS
from sim.build.toolchain import available_simulators, find_tool
from sim.cli.values import output_file, positive
from sim.errors import AmpsimError
from sim.whole_file import make_folder, write_json


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "bench",
        help="measure the bench itself on this machine",
        description=(
            "Moves the same echo-like traffic over the same RTL in several ways (this bench, "
            "cocotbext-axi masters, edge by edge in Python, C++ without Python), then runs the "
            "whole stack. The ways take turns; every figure is a median."
        ),
    )
    parser.add_argument("--sim", choices=SIMULATORS, dest="simulator", help="default: all found")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a minute in place of ten or more, rougher figures",
    )
    parser.add_argument(
        "--repeat",
        type=positive,
        metavar="N",
        help=(
            f"samples of each figure (default: {FULL_REPEAT}, {QUICK_REPEAT} with --quick); "
            "what takes very long has fewer"
        ),
    )
    parser.add_argument(
        "--json",
        type=output_file,
        metavar="FILE",
        help="write figures and samples here, plots (SVG) beside it",
    )
    parser.add_argument(
        "--profile-echo",
        type=positive,
        nargs="?",
        const=PROFILE_COUNT,
        metavar="N",
        help=f"sample instead where the time of one echo goes, of N (default: {PROFILE_COUNT})",
    )
    parser.set_defaults(handler=handle)


def handle(arguments: argparse.Namespace) -> int:
    """Measure, print the tables, write the JSON file and the plots."""
    console = Console()
    if arguments.json:
        make_folder(arguments.json.parent)
    if arguments.profile_echo:
        return _profile(console, arguments.profile_echo, arguments.json)
    plan = make_plan(
        chosen_simulators(arguments.simulator), quick=arguments.quick, repeat=arguments.repeat
    )
    machine = describe_machine()
    figures, broken = _measure(console, plan)
    if figures.most:
        why = "" if broken is None else str(broken) or "interrupted"
        _tell(console, Report(machine, plan, figures, ratios(figures), why), arguments.json)
    if broken is not None:
        raise broken
    return 0


def _measure(console: Console, plan: Plan) -> tuple[Figures, BaseException | None]:
    """Return what could be measured, and what has ended it before its end."""
    with (
        all_processes_end(),
        tempfile.TemporaryDirectory(prefix="ampsim-bench-") as folder,
        follow_bench(console) as say,
    ):
        measurement = Measurement(plan, Path(folder), say)
        try:
            return measurement.run(), None
        except (AmpsimError, KeyboardInterrupt) as error:
            return measurement.figures, error


def _tell(console: Console, report: Report, path: Path | None) -> None:
    """Print the tables; write the JSON file and the plots."""
    print_report(console, report)
    if path:
        write_json(path, report.plain())
        from sim.bench.plots import write_plots

        for plot in write_plots(path, report.figures, report.ratios):
            console.print(f"plot: {plot}", highlight=False, soft_wrap=True)


def _profile(console: Console, count: int, path: Path | None) -> int:
    """Sample where the time of one echo goes."""
    with tempfile.TemporaryDirectory(prefix="ampsim-bench-") as folder, console.status("sampling"):
        profile = profile_echo(count, Path(folder))
    print_profile(console, profile)
    if path:
        write_json(path, {"machine": describe_machine(), "profile": profile.plain()})
    return 0


def chosen_simulators(wanted: str | None) -> tuple[str, ...]:
    """Return the simulators to measure; all found when none is named.

    Raises :class:`~sim.build.toolchain.ToolError` when the one named is missing.
    """
    if wanted == "icarus":
        find_tool("iverilog")
        find_tool("vvp")
    return (wanted,) if wanted else tuple(available_simulators())
