# SPDX-License-Identifier: Apache-2.0
# The MSGBOX of a V821 as its registers behave, with both sides' blocks; written from the register
# table alone.

DEPTH = 8


# One side's block: four FIFOs that the other side fills.
class Side:
    def __init__(self, set_level):
        self.fifos = [[] for _ in range(4)]
        self.enabled = 0
        self.status = 0
        self.writes = []
        self._set_level = set_level

    def push(self, channel, word):
        assert len(self.fifos[channel]) < DEPTH, "a word is lost in a full FIFO"
        self.fifos[channel].append(word)
        self.status |= 1 << 2 * channel
        self._update()

    def _update(self):
        for channel in range(4):
            if self.fifos[channel]:
                self.status |= 1 << 2 * channel
        self._set_level(bool(self.status & self.enabled))

    def load(self, offset, size):
        assert size == 4, "registers are words"
        if offset == 0x20:
            return self.enabled
        if offset == 0x24:
            return self.status
        channel = offset >> 2 & 3
        if 0x60 <= offset < 0x70:
            return len(self.fifos[channel])
        assert 0x70 <= offset < 0x80, f"load at offset 0x{offset:x}"
        word = self.fifos[channel].pop(0) if self.fifos[channel] else 0
        self._update()
        return word

    def store(self, offset, size, value):
        assert size == 4, "registers are words"
        self.writes.append((offset, value))
        if offset == 0x20:
            self.enabled = value
        elif offset == 0x24:
            self.status &= ~value
        else:
            assert 0x70 <= offset < 0x80, f"store at offset 0x{offset:x}"
            self.push(offset >> 2 & 3, value)
        self._update()
