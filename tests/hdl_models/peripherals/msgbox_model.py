# SPDX-License-Identifier: Apache-2.0
"""What software must see of a message box, written without a look at its RTL."""

from __future__ import annotations

from collections import deque

CHANNELS, DEPTH = 4, 8
READ_ENABLE, READ_STATUS, WRITE_ENABLE, WRITE_STATUS = 0x20, 0x24, 0x30, 0x34
FIFO_STATUS, MESSAGE_STATUS, MESSAGE, THRESHOLD = 0x50, 0x60, 0x70, 0x80
READ_BITS, WRITE_BITS = 0x55, 0xAA
BITS = {
    READ_ENABLE: READ_BITS,
    READ_STATUS: READ_BITS,
    WRITE_ENABLE: WRITE_BITS,
    WRITE_STATUS: WRITE_BITS,
}


class MsgboxModel:
    """One box: ``read`` and ``write`` are bus accesses, ``read_irq`` and ``write_irq`` lines."""

    def __init__(self) -> None:
        self.fifos: list[deque[int]] = [deque() for _ in range(CHANNELS)]
        self.codes = [0] * CHANNELS
        self.enabled = 0
        self.status = 0
        self._settle()

    def write(self, offset: int, value: int) -> None:
        group, channel = offset & ~0xF, offset >> 2 & 3
        if offset in (READ_ENABLE, WRITE_ENABLE):
            self.enabled = self.enabled & ~BITS[offset] | value & BITS[offset]
        elif offset in (READ_STATUS, WRITE_STATUS):
            self.status &= ~(value & BITS[offset])
        elif group == MESSAGE and len(self.fifos[channel]) < DEPTH:
            self.fifos[channel].append(value)
        elif group == THRESHOLD:
            self.codes[channel] = value & 3
        self._settle()

    def read(self, offset: int) -> int:
        group, channel = offset & ~0xF, offset >> 2 & 3
        fifo = self.fifos[channel]
        if offset in (READ_ENABLE, WRITE_ENABLE):
            return self.enabled & BITS[offset]
        if offset in (READ_STATUS, WRITE_STATUS):
            return self.status & BITS[offset]
        if group == FIFO_STATUS:
            return int(len(fifo) == DEPTH)
        if group == MESSAGE_STATUS:
            return len(fifo)
        if group == THRESHOLD:
            return self.codes[channel]
        word = fifo.popleft() if fifo else 0
        self._settle()
        return word

    @property
    def read_irq(self) -> bool:
        return bool(self.enabled & self.status & READ_BITS)

    @property
    def write_irq(self) -> bool:
        return bool(self.enabled & self.status & WRITE_BITS)

    def _settle(self) -> None:
        """A condition that holds sets its bit, whatever was cleared."""
        for channel, fifo in enumerate(self.fifos):
            if fifo:
                self.status |= 1 << 2 * channel
            if DEPTH - len(fifo) >= 1 << self.codes[channel]:
                self.status |= 2 << 2 * channel
