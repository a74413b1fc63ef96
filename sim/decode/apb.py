# SPDX-License-Identifier: Apache-2.0
"""Puts the transfers of an APB bus together to accesses (AMBA APB, IHI 0024: access phases)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.decode.bus_access import BusAccess
from sim.decode.trace import Times, Trace

SIGNALS = ("psel", "penable", "pready", "pwrite", "paddr", "pwdata", "prdata", "pstrb", "pslverr")
REQUIRED = frozenset(("psel", "penable", "pwrite", "paddr", "pwdata", "prdata"))
_SLVERR = 2


def apb_accesses(traces: Mapping[str, Trace], edges: Times, hart: int) -> list[BusAccess]:
    """Return the accesses of a bus, all of them of one hart: APB has no ids."""
    always = Trace.constant(1)
    ready = traces.get("pready", always)
    done = (
        traces["psel"].before(edges) & traces["penable"].before(edges) & ready.before(edges)
    ) == 1
    times = edges[done]
    columns = {name: trace.before(times).tolist() for name, trace in traces.items()}
    count = len(times)
    strobes = columns.get("pstrb", [0xF] * count)
    errors = columns.get("pslverr", [0] * count)
    found = []
    for n, time in enumerate(times.tolist()):
        write = bool(columns["pwrite"][n])
        word = columns["pwdata" if write else "prdata"][n].to_bytes(8, "little")[:4]
        address, strobe = columns["paddr"][n] & -4, strobes[n] if write else 0xF
        lanes = [lane for lane in range(4) if strobe >> lane & 1]
        if lanes:
            first, last = lanes[0], lanes[-1] + 1
            data = word[first:last]
            response = _SLVERR if errors[n] else 0
            found.append(
                BusAccess(time, time, hart, write, address + first, data, len(data), response)
            )
    return found
