# SPDX-License-Identifier: Apache-2.0
"""The core port through plain signals: one wake-up of cocotb a command or beat.

For simulators that have neither DPI-C nor VPI system tasks, and as the reference: the design is
built with hdl_models/core/core_mailbox.sv. The requests are those of the C core port, driven here
in the order in which core_cluster.sv calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cocotb
from cocotb.handle import Immediate

from sim.ports.ctypes_port import CtypesPort
from sim.ports.observers import observers

_OP_WRITE = 0b101  # bits 63..61 of a command word: valid, write
_NAMED = 1 << 48
_LINES_BITS, _CHARACTER_BITS = 3, 9
_HART_EVENTS = 6  # of a hart in the word of events, then 2 of a terminal


class _Answers:
    """A register of the mailbox with one field a hart or terminal."""

    def __init__(self, handle: Any, width: int) -> None:
        self._handle = handle
        self._width = width
        self._word = 0
        self._changed = False

    def put(self, index: int, value: int) -> None:
        """Set a field; it reaches the design at :meth:`write`."""
        shift = index * self._width
        field = (1 << self._width) - 1
        self._word = self._word & ~(field << shift) | (value & field) << shift
        self._changed = True

    def write(self) -> None:
        """Hand the register over in this time step, if it has changed."""
        if self._changed:
            self._handle.value = Immediate(self._word)
            self._changed = False


class CocotbPort(CtypesPort):
    """The core port at the mailbox of the running design; started by :meth:`configure`."""

    def configure(self, **callbacks: Any) -> None:
        """Set the callbacks, see :meth:`CtypesPort.configure`; serves the mailbox from now on."""
        super().configure(**callbacks)
        top: Any = cocotb.top
        soc = top.soc if hasattr(top, "soc") else top
        box = soc.cluster.mailbox
        self._box = box
        self._command = _Answers(box.command, 64)
        self._wdata = _Answers(box.wdata, 64)
        self._thread = _Answers(box.thread, 128)
        self._character = _Answers(box.character, _CHARACTER_BITS)
        self._hart_count = len(box.lines) // _LINES_BITS
        self._terminal_count = len(box.character) // _CHARACTER_BITS
        for wake, tell in ((box.wake_q, self._edge), *observers(soc, self.library)):
            cocotb.start_soon(self._serve(wake, tell))

    async def _serve(self, wake: Any, tell: Callable[[], None]) -> None:
        while True:
            await wake.value_change
            tell()

    def _edge(self) -> None:
        """Do everything that the core port is told at the coming clock edge, in the RTL's order."""
        now, events = self._read("cycle"), self._read("events")
        for hart in range(self._hart_count):
            told = [events >> hart + self._hart_count * kind & 1 for kind in range(_HART_EVENTS)]
            if any(told):
                self._serve_hart(hart, now, told)
        events >>= _HART_EVENTS * self._hart_count
        for number in range(self._terminal_count):
            self._serve_terminal(number, now, events >> number)
        for answers in (self._command, self._wdata, self._thread, self._character):
            answers.write()

    def _serve_hart(self, hart: int, now: int, told: list[int]) -> None:
        lines_changed, rbeat, wnext, starts, ends, stops = told
        library = self.library
        if lines_changed:
            library.core_port_lines(hart, now, self._field("lines", hart, _LINES_BITS))
        if rbeat:
            library.core_port_rbeat(hart, self._field("rdata", hart, 64))
        if wnext:
            self._wdata.put(hart, library.core_port_wbeat(hart))
        if starts:
            address = self._field("boot_address", hart, 32)
            self._hand_over(hart, library.core_port_start(hart, now, address))
        elif ends:
            response, left = self._field("resp", hart, 2), self._field("left", hart, 32)
            self._hand_over(hart, library.core_port_done(hart, now, response, left))
        elif stops:
            library.core_port_stop(hart, now)

    def _hand_over(self, hart: int, command: int) -> None:
        self._command.put(hart, command)
        if command >> 61 == _OP_WRITE:
            self._wdata.put(hart, self.library.core_port_wbeat(hart))
        if command & _NAMED:
            first, second = (self.library.core_port_thread(hart, half) for half in range(2))
            self._thread.put(hart, first << 64 | second)

    def _serve_terminal(self, number: int, now: int, events: int) -> None:
        """Pass on a received character (bit 0), fetch one to send when the RTL polls."""
        if events & 1:
            data = self._field("rx_data", number, 8)
            self.library.core_port_terminal_rx(number, now, data)
        if events >> self._terminal_count & 1:
            self._character.put(number, self.library.core_port_terminal_tx(number, now))

    def _read(self, name: str) -> int:
        """Return a signal of the mailbox; unknown bits are 0, as in a two-state simulator."""
        return int(getattr(self._box, name).value.resolve("zeros"))

    def _field(self, name: str, index: int, width: int) -> int:
        return self._read(name) >> index * width & ((1 << width) - 1)
