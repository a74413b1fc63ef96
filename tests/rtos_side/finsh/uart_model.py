# SPDX-License-Identifier: Apache-2.0
# A UART and a PLIC as the shell's drivers see them, for tests without RTL.
#
# Transmitted bytes are gone at once; received bytes lie in a FIFO until they are read.

RBR, IER, IIR, LCR, LSR = 0x00, 0x04, 0x08, 0x0C, 0x14
DLAB = 0x80


class UartModel:
    # set_level: function(level) called when the interrupt line changes
    def __init__(self, set_level):
        self._set_level = set_level
        self._fifo = []
        self._ier = 0
        self._lcr = 0
        self._level = False
        self.sent = bytearray()

    # Bytes arrive on the line.
    def receive(self, data):
        self._fifo.extend(data)
        self._update()

    # Bytes that nobody has read yet.
    def waiting(self):
        return len(self._fifo)

    def load(self, offset, size):
        assert size == 4
        if offset == RBR and not self._lcr & DLAB:
            byte = self._fifo.pop(0) if self._fifo else 0
            self._update()
            return byte
        if offset == IER:
            return self._ier
        if offset == IIR:
            return 0xC4 if self._level else 0xC1
        if offset == LSR:
            return 0x61 if self._fifo else 0x60
        return 0

    def store(self, offset, size, value):
        assert size == 4
        if offset == LCR:
            self._lcr = value
        elif self._lcr & DLAB:
            return
        elif offset == RBR:
            self.sent.append(value)
        elif offset == IER:
            self._ier = value
            self._update()

    def _update(self):
        level = bool(self._fifo) and bool(self._ier & 1)
        if level != self._level:
            self._level = level
            self._set_level(level)


# One source and one context of a PLIC. The gateway lets one request through at a time; a level that
# is still high at completion makes the next one.
class PlicModel:
    def __init__(self, source, context, set_line):
        self._source = source
        self._claim = 0x200000 + 0x1000 * context + 4
        self._set_line = set_line
        self._level = False
        self._pending = False
        self._claimed = False
        self._words = {}

    def set_level(self, level):
        self._level = level
        self._gateway()

    def _gateway(self):
        if self._level and not self._claimed:
            self._pending = True
        self._set_line(self._pending)

    def load(self, offset, size):
        assert size == 4
        if offset != self._claim:
            return self._words.get(offset, 0)
        if not self._pending:
            return 0
        self._pending = False
        self._claimed = True
        self._gateway()
        return self._source

    def store(self, offset, size, value):
        assert size == 4
        if offset != self._claim:
            self._words[offset] = value
        elif value == self._source:
            self._claimed = False
            self._gateway()
