# SPDX-License-Identifier: Apache-2.0
"""Which signals a waveform opens with, in which groups, and how each is shown.

``*`` in a name stands for one part of it, ``axi.`` for the bus. Names are relative to the SoC's
scope, but for the lanes.
What a board or a simulator does not have is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sim.lanes import SCOPE

TEXT, ASCII, DECIMAL, HEX, BIT = "text", "ascii", "decimal", "hex", "bit"
"""How a signal is shown; any other word is the name of a table of value names."""
_AXI = "axi."

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("messages", ((f"{SCOPE}.linux_to_rtos", TEXT), (f"{SCOPE}.rtos_to_linux", TEXT),
                  (f"{SCOPE}.violations", TEXT))),
    ("threads", (("cluster.hart[*].shell.thread", ASCII),
                 ("cluster.hart[*].shell.operation", ASCII), ("cluster.running_q", BIT))),
    ("rings", ((f"{SCOPE}.ring*_idx", DECIMAL),)),
    ("mailbox", ((f"{SCOPE}.mailbox_*", "mailbox_state"),
                 ("msgbox_*.g_channel[*].channel.push_i", BIT),
                 ("msgbox_*.g_channel[*].channel.count_o", DECIMAL),
                 ("msgbox_*.g_channel[*].channel.data_o", HEX),
                 ("msgbox_*.read_irq_o", BIT), ("msgbox_*.write_irq_o", BIT),
                 ("cluster.hart[*].shell.lines_i", "interrupt_lines"))),
    ("bus", ((f"{SCOPE}.hart*_bus", TEXT), ("clk_i", BIT),
             ("axi.awvalid", BIT), ("axi.awready", BIT), ("axi.awid", DECIMAL),
             ("axi.awaddr", "address"), ("axi.wvalid", BIT), ("axi.wready", BIT),
             ("axi.wdata", HEX), ("axi.wstrb", HEX), ("axi.bvalid", BIT),
             ("axi.bresp", "axi_response"), ("axi.arvalid", BIT),
             ("axi.arready", BIT), ("axi.arid", DECIMAL), ("axi.araddr", "address"),
             ("axi.rvalid", BIT), ("axi.rdata", HEX), ("axi.rresp", "axi_response"),
             ("cluster.hart[*].shell.cmd_op_i", "core_operation"),
             ("*.u_write.state_q", "ram_write_state"))),
    ("registers", (("bridge.u_bridge.state_q", "apb_bridge_state"),
                   ("bridge.m_apb_psel", BIT), ("bridge.m_apb_pwrite", BIT),
                   ("bridge.m_apb_paddr", "address"), ("bridge.m_apb_pwdata", HEX),
                   ("bridge.m_apb_prdata", HEX), ("bridge.m_apb_pslverr", BIT))),
    ("uart", (("uart*.uart.txd_o", BIT), ("uart*.rx_valid_o", BIT),
              ("uart*.rx_data_o", "character"),
              ("uart*.uart.rxd_i", BIT), ("uart*.uart.u_rx.state_q", "uart_receiver_state"),
              ("uart*.tx_valid_i", BIT), ("uart*.tx_data_i", "character"))),
)  # fmt: skip
"""Groups from top to bottom. The AXI signals are those of the bus that was decoded."""


class Shown(NamedTuple):
    """A signal by its full name, and how it is shown."""

    name: str
    form: str


class Group(NamedTuple):
    """Signals under a heading."""

    name: str
    signals: list[Shown]


def groups_in(names: Iterable[str], root: str, bus: Mapping[str, str]) -> list[Group]:
    """Return the groups of what is among ``names``.

    ``root`` is the SoC's scope with its dot, ``bus`` the full names of the bus's signals by their
    AXI names.
    """
    known = list(names)
    found = []
    for title, entries in GROUPS:
        signals = [
            Shown(name, form)
            for pattern, form in entries
            for name in _like(pattern, known, root, bus)
        ]
        if signals:
            found.append(Group(title, signals))
    return found


def _like(pattern: str, names: list[str], root: str, bus: Mapping[str, str]) -> Iterator[str]:
    if pattern.startswith(_AXI):
        return iter([bus[name]] if (name := pattern.removeprefix(_AXI)) in bus else [])
    full = pattern if pattern.startswith(f"{SCOPE}.") else root + pattern
    expression = re.compile(re.escape(full).replace(r"\*", "[^.]*"))
    return (name for name in names if expression.fullmatch(name))


def short_name(name: str) -> str:
    """Return what tells a signal from its neighbours: its last two names.

    No dot stands between them: GTKWave would leave out what is before it.
    """
    parts = [part for part in name.split(".") if part not in ("shell", "uart", "channel", "u_rx")]
    return parts[-1] if parts[0] == SCOPE else " ".join(parts[-2:])
