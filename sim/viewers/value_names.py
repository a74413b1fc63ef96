# SPDX-License-Identifier: Apache-2.0
"""The tables that turn values into words in a viewer, each from the source that defines it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.core import EXTERNAL, SOFT, TIMER
from sim.referee.mailbox import State
from sim.referee.referee import RESPONSES
from sim.viewers.access_lanes import MAILBOX_BITS
from sim.viewers.addresses import AddressNames
from sim.viewers.rtl_constants import prefixed, states

ERROR = "red"
_CONTROL = (
    "nul soh stx etx eot enq ack bel bs tab lf vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb"
)
_CONTROL_NAMES = (*_CONTROL.split(), "can", "em", "sub", "esc", "fs", "gs", "rs", "us")


@dataclass(frozen=True)
class ValueNames:
    """Words for the values of a signal of ``bits`` bits; those in ``errors`` are shown in red."""

    name: str
    bits: int
    words: dict[int, str]
    errors: frozenset[int] = frozenset()


def all_value_names(addresses: AddressNames) -> dict[str, ValueNames]:
    """Return all tables by name, for a board with these addresses."""
    tables = [
        ValueNames("axi_response", 2, dict(enumerate(RESPONSES)), frozenset((2, 3))),
        ValueNames("core_operation", 2, prefixed("core/core_shell.sv", 2, "Op")),
        ValueNames("apb_bridge_state", 3, states("fabric/apb_bridge.sv", 3, "IDLE")),
        ValueNames("ram_write_state", 2, states("fabric/axi_ram_write.sv", 2, "IDLE")),
        ValueNames("uart_receiver_state", 3, states("peripherals/uart_rx.sv", 3, "IDLE")),
        ValueNames("interrupt_lines", 3, _lines()),
        ValueNames("mailbox_state", MAILBOX_BITS, {state.value: state.name for state in State}),
        ValueNames("character", 8, {code: _character(code) for code in range(256)}),
        ValueNames("address", 32, dict(sorted(addresses.exact.items()))),
    ]
    return {table.name: table for table in tables}


def _lines() -> dict[int, str]:
    """Return the combinations of a hart's interrupt lines."""
    names = {SOFT: "soft", TIMER: "timer", EXTERNAL: "external"}
    return {
        lines: "+".join(name for line, name in names.items() if lines & line) or "-"
        for lines in range(8)
    }


def _character(code: int) -> str:
    if code < 32:
        return _CONTROL_NAMES[code]
    if code in (32, 127):
        return "space" if code == 32 else "del"
    return chr(code) if code < 127 else f"0x{code:02x}"
