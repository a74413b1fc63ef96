# SPDX-License-Identifier: Apache-2.0
"""Allwinner's message box: FIFOs of words both ways, a word names the ring that has news."""

from __future__ import annotations

from collections import deque

from sim.referee import doorbell_rules as rules
from sim.referee.access import Access, Side
from sim.referee.deadlines import Deadline, Deadlines
from sim.referee.violations import Report

ANSWER_WITHIN_NS = 50_000_000
"""How long a side may take to read a word."""
DATA, CHANNELS, DEPTH = 0x70, 4, 8
SLOT_STRIDE = 0x100
WORD_ALL = 0xFFFFFFFF
WORD_STOP = 0xF3F30301
OTHER_WORDS = (WORD_ALL, WORD_STOP)


class MessageBox:
    """The FIFOs by the address of their data register; `kick` is called with a word that is sent.

    `blocks` gives the side that reads each register block, by its address.
    """

    def __init__(
        self,
        blocks: dict[int, Side],
        slot: int,
        channel: int,
        report: Report,
        deadlines: Deadlines,
    ) -> None:
        self._report = report
        self._deadlines = deadlines
        self._reader: dict[int, Side] = {}
        self._kick: set[int] = set()
        for base, side in blocks.items():
            for number in range(CHANNELS):
                self._reader[base + slot * SLOT_STRIDE + DATA + 4 * number] = side
            self._kick.add(base + slot * SLOT_STRIDE + DATA + 4 * channel)
        self._fifo: dict[int, deque[int]] = {address: deque() for address in self._reader}

    def waiting(self, reader: Side) -> bool:
        """Tell whether there are words that a side has not read."""
        return any(fifo and self._reader[at] == reader for at, fifo in self._fifo.items())

    def access(self, access: Access) -> int | None:
        """Follow an access to a register. -> the word, where one is sent on the link's channel."""
        reader = self._reader.get(access.address)
        if reader is None:
            return None
        if (access.side == reader) == access.write:
            expected = f"a {'write' if access.write else 'read'} from {access.side.other.name}"
            self._report.add(rules.MSGBOX_SIDE, access.address, expected, access.side.name)
            return None
        if access.write:
            return self._send(access, reader)
        self._receive(access)
        return None

    def _send(self, access: Access, reader: Side) -> int | None:
        fifo, at, word = self._fifo[access.address], access.address, access.word()
        if len(fifo) >= DEPTH:
            self._report.add(rules.MSGBOX_FULL, at, f"less than {DEPTH} words", f"{len(fifo)}")
        else:
            fifo.append(word)
        self._wait(at, reader)
        return word if at in self._kick else None

    def _receive(self, access: Access) -> None:
        fifo, at, word = self._fifo[access.address], access.address, access.word()
        self._deadlines.met(("msgbox", at))
        if not fifo:
            self._report.add(rules.MSGBOX_EMPTY, at, "a word", "none")
            return
        expected = fifo.popleft()
        if word != expected:
            self._report.add(rules.MSGBOX_ALTERED, at, f"0x{expected:x}", f"0x{word:x}")
        if fifo:
            self._wait(at, access.side)

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
