# SPDX-License-Identifier: Apache-2.0
# One RPBuf buffer: what this side has allocated, where its memory is, and access to it.

from rtos_side.hal import const, read_block, write_block

# What a transmission that waits for its ACK has come to.
IDLE = const(0)
WAITING = const(1)
DONE = const(2)
RESET = const(3)


# What the other side has told about a buffer that this side has not allocated.
class RemoteBuffer:
    def __init__(self, id, length, pa, da):
        self.id = id
        self.length = length
        self.pa = pa
        self.da = da


class Buffer:
    # name: bytes. available, rx and destroyed: async functions, or None:
    # available(buffer), rx(buffer, offset, length), destroyed(buffer).
    def __init__(self, name, length, available=None, rx=None, destroyed=None, priv=None):
        self.name = name
        self.length = length
        self.available = available
        self.rx = rx
        self.destroyed = destroyed
        self.priv = priv
        self.id = -1
        self.pa = 0
        self.da = 0
        # Each transmission waits until the other side has taken it.
        self.sync = False
        self.state = IDLE
        # The other side waits for the ACK of what it told of last.
        self.asked = False
        # A semaphore while somebody waits.
        self.waiter = None

    # The master has given it memory.
    def place(self, pa, da):
        self.pa = pa
        self.da = da

    # Where this side sees the memory. The vendor's controller remaps an address of the master's;
    # on the V821 both cores see the same.
    @property
    def address(self):
        return self.da or self.pa

    # -> bytes. What reaches beyond the end goes on at the start, as in the vendor's cache calls.
    async def read(self, offset, length):
        first = min(length, self.length - offset)
        data = await read_block(self.address + offset, first)
        if first < length:
            data += await read_block(self.address, length - first)
        return data

    async def write(self, offset, data):
        view = memoryview(data)
        first = min(len(view), self.length - offset)
        await write_block(self.address + offset, view[:first])
        if first < len(view):
            await write_block(self.address, view[first:])
