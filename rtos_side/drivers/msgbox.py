# SPDX-License-Identifier: Apache-2.0
# MSGBOX of the V821 and its relatives: words through FIFOs, four channels to each side.
#
# Each side has a register block of its own. A word is sent by writing it into the block of the
# receiver, in the part that belongs to the sender's slot, and received by reading one's own block.
# Offsets in the part of a slot (0x100 bytes each), p a channel:
#
#   +0x20 receive interrupts enabled | +0x24 pending, write 1 to clear: bit 2p
#   +0x60+4p words waiting, 0 to 8   | +0x70+4p the FIFO
#
# A pending bit only goes away once the FIFO is empty.

from rtos_side.hal import LOAD, STORE, const, coroutine
from rtos_side.kernel.errors import EBUSY, EINVAL, EOK

CHANNELS = const(4)
FIFO_DEPTH = const(8)

# How often a send looks for room (the vendor's driver), unless the board says otherwise.
SEND_TRIES = const(10000000)

_SLOT = const(0x100)
_RD_IRQ_EN = const(0x20)
_RD_IRQ_STATUS = const(0x24)
_COUNT = const(0x60)
_FIFO = const(0x70)


class Msgbox:
    # properties: local and remote (base addresses), slot of this side's partner in the own block
    # and of this side in the partner's; send_tries.
    def __init__(self, properties):
        slot = _SLOT * properties.get("slot", 0)
        local = properties["local"] + slot
        remote = properties["remote"] + slot
        self._enable = local + _RD_IRQ_EN
        self._status = local + _RD_IRQ_STATUS
        self._load_status = (LOAD, local + _RD_IRQ_STATUS, 4)
        self._load_count = [(LOAD, local + _COUNT + 4 * p, 4) for p in range(CHANNELS)]
        self._load_fifo = [(LOAD, local + _FIFO + 4 * p, 4) for p in range(CHANNELS)]
        self._load_room = [(LOAD, remote + _COUNT + 4 * p, 4) for p in range(CHANNELS)]
        self._remote_fifo = [remote + _FIFO + 4 * p for p in range(CHANNELS)]
        self._tries = properties.get("send_tries", SEND_TRIES)
        self._callbacks = [None] * CHANNELS
        # Receive interrupts that are asked for.
        self.enabled = 0
        # Channel in which a send waits for room, -1 for none.
        self.no_room = -1
        # Words that found no room, and words that nobody wanted.
        self.lost = 0
        self.unclaimed = 0

    # No channel interrupts until somebody listens.
    @coroutine
    def init(self):
        self.enabled = 0
        yield (STORE, self._enable, 4, 0)

    # Listen on a channel: `async callback(word)` is called in the receive interrupt. What is in the
    # FIFO already was meant for whoever ran here before and is thrown away.
    @coroutine
    def listen(self, channel, callback):
        if not 0 <= channel < CHANNELS:
            return -EINVAL
        self._callbacks[channel] = callback
        while (yield self._load_count[channel]):
            yield self._load_fifo[channel]
        yield (STORE, self._status, 4, 1 << 2 * channel)
        self.enabled |= 1 << 2 * channel
        yield (STORE, self._enable, 4, self.enabled)
        return EOK

    # Stop listening.
    @coroutine
    def ignore(self, channel):
        self._callbacks[channel] = None
        self.enabled &= ~(1 << 2 * channel)
        yield (STORE, self._enable, 4, self.enabled)

    # Send a word. Waits for room by looking again and again, in interrupts too. -> EOK, or -EBUSY
    # when the partner has not taken anything for so long: the word is lost
    @coroutine
    def send(self, channel, word):
        room = self._load_room[channel]
        tries = self._tries
        while (yield room) >= FIFO_DEPTH:
            self.no_room = channel
            tries -= 1
            if tries <= 0:
                self.lost += 1
                return -EBUSY
        self.no_room = -1
        yield (STORE, self._remote_fifo[channel], 4, word)
        return EOK

    # The receive interrupt: every waiting word of every channel that listens, channel 0 first.
    @coroutine
    def handle(self):
        pending = (yield self._load_status) & self.enabled
        channel = 0
        while pending:
            if pending & 1:
                count = self._load_count[channel]
                fifo = self._load_fifo[channel]
                while (yield count):
                    word = yield fifo
                    callback = self._callbacks[channel]
                    if callback is None:
                        self.unclaimed += 1
                    else:
                        yield from callback(word)
                yield (STORE, self._status, 4, 1 << 2 * channel)
            pending >>= 2
            channel += 1
