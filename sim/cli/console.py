# SPDX-License-Identifier: Apache-2.0
"""``ampsim console``: the live bench, finsh and a Linux shell on two ptys."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from sim.cli.run import add_run_options, boot_options
from sim.cli.viewers import finish_waveform
from sim.cli.waves import chosen_waves
from sim.inside.live import CONSOLE_FILE
from sim.runs import launch
from sim.runs.prepare import prepare_run
from sim.runs.progress import Progress

SCENARIO = "console"


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("console", help="live bench: finsh and a Linux shell on two ptys")
    add_run_options(parser)
    parser.set_defaults(handler=handle)


def handle(arguments: argparse.Namespace) -> int:
    """Run until interrupted; print where the ptys are as soon as they are there."""
    waves = chosen_waves(arguments)
    console = Console()
    directory = arguments.out or Path("out") / SCENARIO
    (directory / CONSOLE_FILE).unlink(missing_ok=True)
    config = prepare_run(
        SCENARIO,
        arguments.board,
        arguments.simulator,
        directory,
        seed=arguments.seed,
        app=arguments.app,
        firmware=arguments.firmware,
        profile=arguments.profile,
        console=True,
        host=arguments.host,
        ring=arguments.ring,
        **boot_options(arguments),
    )
    with Live(Text("building ..."), console=console, refresh_per_second=4) as live:
        display = _Display(console, live, directory)
        try:
            launch.run(config, directory.resolve(), waves=waves, listener=display.progress)
        except KeyboardInterrupt:
            live.update(Text("ended"))
    if waves is not None and (file := launch.wave_file(directory.resolve(), waves)).exists():
        files = {"waves": file.name}
        finish_waveform(directory, {"artifacts": files, "violations": None})
        names = ", ".join(files.values())
        console.print(f"\nwaveform in {directory}: {names}", highlight=False)
    return 0


class _Display:
    """Prints the ptys once, then shows how far simulated time is."""

    def __init__(self, console: Console, live: Live, directory: Path) -> None:
        self._console = console
        self._live = live
        self._file = directory / CONSOLE_FILE
        self._announced = False

    def progress(self, progress: Progress) -> None:
        """Take the progress of the run."""
        if not self._announced and self._file.exists():
            self._announced = True
            paths = json.loads(self._file.read_text())
            for system, title in (("linux", "Linux shell "), ("rtos", "finsh (RTOS)")):
                self._console.print(f"{title}  {paths[system]}", highlight=False)
            self._console.print(f"open one with: pyserial-miniterm {paths['rtos']} 115200")
        seconds = progress.sim_time_ns / 1e9
        self._live.update(Text(f"{progress.stage}, {seconds:.3f} s simulated, Ctrl-C ends"))
