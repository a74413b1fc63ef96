# SPDX-License-Identifier: Apache-2.0
# Counterpart of rpbuf_test: takes every buffer that Linux allocates, and sends back what arrives.
#
# A part that Linux transmits is read, checked, written back and transmitted with the same offset
# and length, and with a wait for the ACK if Linux waits for one. Its last 16 bytes are the MD5 of
# the others (vendor's rpbuf_test); up to 16 bytes have none. The event "rpbuf_rx" gives length and
# CRC-32 of what was read, "rpbuf_reset" the length of an answer whose buffer Linux freed instead of
# acknowledging it.

import binascii
import hashlib

from rtos_side.hal import const
from rtos_side.kernel.errors import EOK
from rtos_side.kernel.ipc import Mailbox
from rtos_side.kernel.thread import Thread
from rtos_side.rpbuf.errors import ECONNRESET
from rtos_side.services.checksum import DIGEST_SIZE, charge_md5

COMMAND = ("rpbuf_test", "send rpbuf buffers of linux back")
NEEDS_SERVICES = True

PRIORITY = const(10)
STACK_SIZE = const(4096)
SLICE = const(20)

# What is copied at a time, and how many parts may wait for their turn.
CHUNK = const(2048)
QUEUED_MAX = const(32)


class RpbufTest:
    def __init__(self, kernel, console):
        self._kernel = kernel
        self._console = console
        self._rpbuf = kernel.amp.rpbuf
        self._parts = Mailbox(kernel, "rpbuf_test", QUEUED_MAX)
        self.received = 0
        self.failed = 0
        self.dropped = 0

    async def start(self):
        self._rpbuf.on_remote = self._allocated
        for name, buffer in list(self._rpbuf.controller.remote.items()):
            await self._allocated(name, buffer.length)
        await Thread(self._kernel, COMMAND[0], self._entry, STACK_SIZE, PRIORITY, SLICE).startup()

    # Linux has a new buffer: allocate the same.
    async def _allocated(self, name, length):
        await self._rpbuf.alloc(name, length, rx=self._rx, destroyed=self._destroyed)

    # The thread of the service must not wait: it hands the part on.
    async def _rx(self, buffer, offset, length):
        if await self._parts.send((buffer, offset, length, buffer.asked)) != EOK:
            self.dropped += 1

    # Linux has given the buffer up, so this side does; Linux keeps its memory until told.
    async def _destroyed(self, buffer):
        if await self._rpbuf.free(buffer) != EOK:
            self._rpbuf.discard(buffer)

    async def _entry(self):
        while True:
            status, part = await self._parts.recv()
            if status != EOK:
                return
            if self._rpbuf.is_available(part[0]):
                await self._bounce(*part)

    async def _bounce(self, buffer, offset, length, asked):
        good, crc = await self._copy(buffer, offset, length)
        self.received += 1
        self._kernel.hart.event("rpbuf_rx", length, crc)
        if not good:
            self.failed += 1
            text = "rpbuf_test: %s: checksum error\n" % buffer.name.decode()
            await self._console.write(text)
        buffer.sync = asked
        if await self._rpbuf.transmit(buffer, offset, length) == -ECONNRESET:
            self._kernel.hart.event("rpbuf_reset", length, 0)

    # Read the part and write it back. -> (whether the checksum is right, CRC-32)
    async def _copy(self, buffer, offset, length):
        digest = hashlib.md5()
        body = length - DIGEST_SIZE
        crc = 0
        position = 0
        tail = b""
        while position < length:
            at = (offset + position) % buffer.length
            data = await buffer.read(at, min(CHUNK, length - position))
            crc = binascii.crc32(data, crc)
            if position < body:
                digest.update(data[: body - position])
                await charge_md5(self._kernel, len(data))
            tail = (tail + data)[-DIGEST_SIZE:]
            await buffer.write(at, data)
            position += len(data)
        return body <= 0 or digest.digest() == tail, crc


async def start(kernel, console):
    if kernel.amp is None or kernel.amp.rpbuf is None:
        await console.write("rpbuf_test: this board has no rpbuf\n")
        return
    if kernel.amp.rpbuf.on_remote is not None:
        await console.write("rpbuf_test: running already\n")
        return
    await RpbufTest(kernel, console).start()
