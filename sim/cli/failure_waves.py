# SPDX-License-Identifier: Apache-2.0
"""The options for a waveform of a run that fails: it is run again, and recorded then."""

from __future__ import annotations

import argparse

from sim.cli.waves import time_option, wave_format
from sim.errors import AmpsimError
from sim.runs.waves import WAVE_FORMATS, FailureWaves, make_window, parse_time

DEFAULT_LAST = "2ms"


def add_failure_wave_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--waves-on-failure`` and ``--waves-last``."""
    parser.add_argument(
        "--waves-on-failure",
        nargs="?",
        const=True,
        choices=WAVE_FORMATS,
        help="when the run fails, run it again with a waveform of the time before",
    )
    parser.add_argument(
        "--waves-last", metavar="T", help=f"how much of it (default: {DEFAULT_LAST})"
    )


def chosen_failure_waves(arguments: argparse.Namespace) -> FailureWaves | None:
    """Return what is to be recorded when the run fails, None when nothing is."""
    last = time_option("--waves-last", arguments)
    chosen = arguments.waves_on_failure
    if chosen is None:
        if last is not None:
            raise AmpsimError("--waves-last: expected --waves-on-failure with it")
        return None
    if last == 0:
        raise AmpsimError("--waves-last: expected some time, found 0")
    if arguments.waves is not None:
        raise AmpsimError("--waves-on-failure: expected no --waves, which records every run")
    begin, end = (time_option(name, arguments) for name in ("--waves-from", "--waves-to"))
    window = None if begin is None and end is None else make_window(begin or 0, end)
    if window is not None and last is not None:
        raise AmpsimError("--waves-last: expected no --waves-from or --waves-to with it")
    return FailureWaves(
        wave_format(chosen, arguments.simulator),
        window,
        parse_time(DEFAULT_LAST) if last is None else last,
    )
