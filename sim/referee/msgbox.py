# SPDX-License-Identifier: Apache-2.0
"""Allwinner's message box: FIFOs of words both ways, a word names the ring that has news."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from sim.referee import doorbell_rules as rules
from sim.referee.deadlines import Deadline, Deadlines
from sim.referee.lines import Bell
from sim.referee.setup import MessageFifos
from sim.referee.side import Side
from sim.referee.violations import Report
from sim.referee.watch import Watch

ANSWER_WITHIN_NS = 50_000_000
"""How long a side may take to read a word."""
ENABLE, STATUS, DATA = 0x20, 0x24, 0x70
CHANNELS, DEPTH = 4, 8
SLOT_STRIDE = 0x100
WORD_ALL = 0xFFFFFFFF
WORD_STOP = 0xF3F30301
OTHER_WORDS = (WORD_ALL, WORD_STOP)


class MessageBox:
    """The FIFOs by the address of their data register.

    `kick(side, address, word)` is called with a word that is sent on the channel of the link.
    """

    def __init__(
        self,
        setup: MessageFifos,
        report: Report,
        deadlines: Deadlines,
        kick: Callable[[Side, int, int], None],
        bells: Mapping[Side, Bell],
    ) -> None:
        self._report = report
        self._deadlines = deadlines
        self._kick = kick
        self._bells = bells
        self._reader: dict[int, Side] = {}
        self._kicks: set[int] = set()
        self._slots: dict[int, Side] = {}
        self._enabled = dict.fromkeys(Side, 0)
        for base, side in setup.blocks.items():
            slot = base + setup.slot * SLOT_STRIDE
            self._slots[slot] = side
            self._reader.update({slot + DATA + 4 * number: side for number in range(CHANNELS)})
            self._kicks.add(slot + DATA + 4 * setup.channel)
        self._fifo: dict[int, deque[int]] = {address: deque() for address in self._reader}

    def watch(self, watch: Watch) -> None:
        """Look at the data registers."""
        for at, reader in self._reader.items():
            watch.field(reader, False, at, 4, (self._receive, at))
            watch.field(reader, True, at, 4, (self._wrong_write, at))
            watch.field(reader.other, False, at, 4, (self._wrong_read, at))
            watch.field(reader.other, True, at, 4, (self._send, at))
        for slot, reader in self._slots.items():
            watch.field(reader, True, slot + ENABLE, 4, (self._enable, reader))
            watch.field(reader, True, slot + STATUS, 4, (self._clear, reader))

    def waiting(self, reader: Side) -> bool:
        """Tell whether there are words that a side has not read."""
        return any(fifo and self._reader[at] == reader for at, fifo in self._fifo.items())

    def _enable(self, reader: int, bits: int) -> None:
        """The reader chooses the channels whose words interrupt it, bit 2n for channel n."""
        self._enabled[Side(reader)] = bits
        bell = self._bells.get(Side(reader))
        if bell is not None and not bits:
            bell.taken()

    def _clear(self, reader: int, _bits: int) -> None:
        """The reader clears its interrupt; it stays where there are words still."""
        bell = self._bells.get(Side(reader))
        if bell is not None and not self.waiting(Side(reader)):
            bell.answered()

    def _wrong_write(self, at: int, _word: int) -> None:
        side = self._reader[at]
        self._report.add(rules.MSGBOX_SIDE, at, f"a write from {side.other.name}", side.name)

    def _wrong_read(self, at: int, _word: int) -> None:
        side = self._reader[at]
        self._report.add(rules.MSGBOX_SIDE, at, f"a read from {side.name}", side.other.name)

    def _send(self, at: int, word: int) -> None:
        fifo, reader = self._fifo[at], self._reader[at]
        if len(fifo) >= DEPTH:
            self._report.add(rules.MSGBOX_FULL, at, f"less than {DEPTH} words", f"{len(fifo)}")
        else:
            fifo.append(word)
        self._wait(at, reader)
        self._ring(at, reader)
        if at in self._kicks:
            self._kick(reader.other, at, word)

    def _ring(self, at: int, reader: Side) -> None:
        """A word was sent: it interrupts the reader, if he wants that."""
        bell = self._bells.get(reader)
        if bell is not None:
            channel = (at - DATA & SLOT_STRIDE - 1) >> 2
            bell.enabled = bool(self._enabled[reader] >> 2 * channel & 1)
            bell.rung(at)

    def _receive(self, at: int, word: int) -> None:
        fifo = self._fifo[at]
        self._deadlines.met(("msgbox", at))
        if not fifo:
            self._report.add(rules.MSGBOX_EMPTY, at, "a word", "none")
            return
        expected = fifo.popleft()
        if word != expected:
            self._report.add(rules.MSGBOX_ALTERED, at, f"0x{expected:x}", f"0x{word:x}")
        if fifo:
            self._wait(at, self._reader[at])
        elif self._reader[at] in self._bells:
            self._bells[self._reader[at]].taken()

    def _wait(self, at: int, reader: Side) -> None:
        self._deadlines.start(
            ("msgbox", at),
            Deadline(
                self._report.time_ns + ANSWER_WITHIN_NS,
                reader,
                rules.MSGBOX_UNANSWERED,
                at,
                f"{reader.name} to read it within {ANSWER_WITHIN_NS // 1_000_000} ms",
                f"{len(self._fifo[at])} words still",
            ),
        )
