# SPDX-License-Identifier: Apache-2.0
"""The part of a run's simulated time that a waveform is recorded of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from sim.build.toolchain import has_fst
from sim.errors import AmpsimError

WAVE_FORMATS = ("fst", "vcd")
CLOCK_0_NS = 165
"""Where clock 0 of records, logs and results is in a waveform, which has the power-on reset as
well: 16 clocks of it and half a clock (hdl_models/soc/bench_clock.svh)."""

_UNITS_NS = {"": 1, "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_TIME = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s|)", re.ASCII)


class Window(NamedTuple):
    """A span of simulated time in ns, its ends inside; ``to_ns`` None is the end of the run."""

    from_ns: int = 0
    to_ns: int | None = None


WHOLE_RUN = Window()


class Waves(NamedTuple):
    """What to record: a format (``"fst"`` or ``"vcd"``) and a window."""

    format: str
    window: Window = WHOLE_RUN


class FailureWaves(NamedTuple):
    """What to record of a run that has failed, when it is run again.

    Without a ``window`` it is the last ``last_ns`` before the failure.
    """

    format: str
    window: Window | None
    last_ns: int

    def around(self, outcome: Mapping[str, Any]) -> Waves:
        """Return what to record of a run with this outcome, given as its result.

        It has failed at its first violation that is an error, or else at its end; where not even
        that time is known, all of it is recorded.
        """
        if self.window is not None:
            return Waves(self.format, self.window)
        errors = [v["time_ns"] for v in outcome["violations"] or () if v["severity"] == "error"]
        end = outcome.get("sim_time_ns")
        if errors:
            return Waves(self.format, Window(*_span(min(errors) + CLOCK_0_NS, self.last_ns)))
        return Waves(self.format, Window(max(end - self.last_ns, 0)) if end else WHOLE_RUN)


def _span(failure_ns: int, last_ns: int) -> tuple[int, int]:
    """Return where a waveform around a violation begins and ends: a little shows what followed."""
    return max(failure_ns - last_ns, 0), failure_ns + last_ns // 10 + 1


def make_window(from_ns: int, to_ns: int | None) -> Window:
    """Return the window; raises :class:`AmpsimError` when it does not end after it begins."""
    if to_ns is not None and to_ns <= from_ns:
        raise AmpsimError(
            f"--waves-to {to_ns} ns: expected a time after --waves-from ({from_ns} ns)"
        )
    return Window(from_ns, to_ns)


def best_format(simulator: str) -> str:
    """Return ``"fst"`` where this machine can write it with ``simulator``, else ``"vcd"``."""
    return "fst" if simulator == "icarus" or has_fst() else "vcd"


def time_text(nanoseconds: int) -> str:
    """Return a time in ms for people."""
    return f"{nanoseconds / 1e6:.6f}".rstrip("0").rstrip(".") + " ms"


def parse_time(text: str) -> int:
    """Return the ns of a simulated time such as ``1500``, ``1500ns``, ``2.5us``, ``3ms``, ``1s``.

    Raises ValueError when it is none, or no whole number of ns.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"expected a time such as 1500, 2.5us or 3ms, found {text!r}")
    nanoseconds = Decimal(match[1]) * _UNITS_NS[match[2]]
    if nanoseconds != int(nanoseconds):
        raise ValueError(f"expected a whole number of ns, found {text!r}")
    return int(nanoseconds)
