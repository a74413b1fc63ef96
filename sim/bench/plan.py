# SPDX-License-Identifier: Apache-2.0
"""How much is measured: the whole report, or the quick look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FULL_REPEAT = 5
QUICK_REPEAT = 3
FEW, ONCE = 3, 1
"""Samples of what takes most of a minute, and of what is not compared with anything as well."""
LONG_RUN = 100_000
SMALL, LARGE, BLOCK = 16, 496, 0x1_0000


@dataclass(frozen=True)
class Plan:
    """What is measured, ``repeat`` times each; what takes very long less often, and says so.

    ``payloads`` (bytes) go through every way, ``blocks`` through the bench and the C++ harness;
    ``budget_ns`` is the wall time of one sample of a payload. ``echo_counts`` are the messages of
    the full-stack runs on each simulator (none: no such runs). ``waves`` measures with a waveform
    being written. ``options_count`` is the messages of the full-stack runs with waves and with
    recording; ``vcd_window`` measures a run outside of the window of a VCD, too;
    ``masters_count`` those of the same software on masters of cocotbext-axi, which take
    most of a minute to boot; ``rpbuf_count`` the buffers of 64 KiB that RPBuf moves (all on
    Verilator; 0: no such runs).
    """

    simulators: tuple[str, ...]
    repeat: int
    quick: bool
    payloads: tuple[int, ...]
    blocks: tuple[int, ...]
    budget_ns: int
    echo_counts: Mapping[str, tuple[int, ...]]
    waves: bool
    options_count: int = 0
    vcd_window: bool = False
    masters_count: int = 0
    rpbuf_count: int = 0

    def plain(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        return asdict(self)


def make_plan(simulators: tuple[str, ...], *, quick: bool, repeat: int | None = None) -> Plan:
    """Return the plan for these simulators; ``repeat`` overrides the plan's own repetitions.

    Icarus takes most of a minute for one full-stack run: a quick look leaves it out.
    """
    verilator = "verilator" in simulators
    counts: dict[str, tuple[int, ...]] = {}
    if verilator:
        counts["verilator"] = (500,) if quick else (100, 1000, 10000, LONG_RUN)
    if "icarus" in simulators and not quick:
        counts["icarus"] = (100,)
    return Plan(
        simulators=simulators,
        repeat=repeat or (QUICK_REPEAT if quick else FULL_REPEAT),
        quick=quick,
        payloads=(SMALL, LARGE) if quick else (SMALL, 128, LARGE),
        blocks=() if quick else (BLOCK,),
        budget_ns=60_000_000 if quick else 200_000_000,
        echo_counts=counts,
        waves=not quick,
        options_count=1000 if verilator and not quick else 0,
        vcd_window=verilator and not quick,
        masters_count=60 if verilator and not quick else 0,
        rpbuf_count=100 if verilator and not quick else 0,
    )
