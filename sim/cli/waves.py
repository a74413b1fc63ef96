# SPDX-License-Identifier: Apache-2.0
"""The options for waveforms: format and window."""

from __future__ import annotations

import argparse
import sys

from sim.errors import AmpsimError
from sim.runs.waves import WAVE_FORMATS, Waves, best_format, make_window, parse_time


def add_wave_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--waves``, ``--waves-from`` and ``--waves-to``."""
    parser.add_argument(
        "--waves",
        nargs="?",
        const=True,
        choices=WAVE_FORMATS,
        help="record a waveform (default: fst where it can be written, else vcd)",
    )
    parser.add_argument(
        "--waves-from", metavar="T", help="record from here on: simulated time, ns or with unit"
    )
    parser.add_argument("--waves-to", metavar="T", help="record up to here, such as 2.5us or 40ms")


def chosen_waves(arguments: argparse.Namespace) -> Waves | None:
    """Return what is to be recorded, None without waves; a window asks for waves by itself.

    Raises :class:`~sim.errors.AmpsimError` for what is no time or no window. Says in one line on
    stderr when FST was not possible.
    """
    begin, end = time_option("--waves-from", arguments), time_option("--waves-to", arguments)
    on_failure = getattr(arguments, "waves_on_failure", None) is not None
    if on_failure or (arguments.waves is None and begin is None and end is None):
        return None
    window = make_window(begin or 0, end)
    return Waves(wave_format(arguments.waves, arguments.simulator), window)


def wave_format(chosen: str | bool | None, simulator: str) -> str:
    """Return the format that an option says, or else the best one there is."""
    if chosen not in WAVE_FORMATS:
        chosen = best_format(simulator)
        if chosen != "fst":
            print(
                "ampsim: lz4.h not found, so the waveform is VCD: for FST install the package "
                "liblz4-dev",
                file=sys.stderr,
            )
    return str(chosen)


def time_option(option: str, arguments: argparse.Namespace) -> int | None:
    """Return the ns of an option that takes a simulated time, None where it is not given."""
    text = getattr(arguments, option.removeprefix("--").replace("-", "_"))
    try:
        return None if text is None else parse_time(text)
    except ValueError as error:
        raise AmpsimError(f"{option}: {error}") from None
