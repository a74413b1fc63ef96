# SPDX-License-Identifier: Apache-2.0
# Sends RPBuf buffers back, and with the first part breaks the rules of frames and of buffers.

import struct

from rtos_side.apps import rpbuf_test
from rtos_side.hal import write_block
from rtos_side.rpbuf import layout

COMMAND = ("faulty_rpbuf", "sends buffers back, and breaks rules")
NEEDS_SERVICES = True

NAMELESS, OUTSIDE, NOBODY = 28, 29, 30
bounce = rpbuf_test.RpbufTest._bounce


def raw(command, content, length=None):
    size = len(content) if length is None else length
    return struct.pack("<BBH", 0x0A, command, size) + content + b"\x05"


def created(name, id, length, pa=0):
    return layout.pack(layout.CREATED, name, id, length, pa, pa, 1)


def frames(buffer):
    id = buffer.id
    return (
        raw(layout.DESTROYED, struct.pack("<I", NOBODY), 5),
        raw(layout.DESTROYED, struct.pack("<I", NOBODY))[:-1] + b"\x06",
        raw(9, b"1234"),
        raw(layout.DESTROYED, b"12345"),
        created(b"n" * 32, NAMELESS, 4),
        layout.pack(layout.TRANSMITTED, NOBODY, 0, 1, 0),
        layout.pack(layout.TRANSMITTED, id, buffer.length - 1, 2, 0),
        layout.pack(layout.ACK, id, 0),
        created(b"other", id, 4),
        created(b"outside", OUTSIDE, 4, 0x1000),
        created(buffer.name, id, buffer.length - 1),
    )


async def misbehave(rpbuf, buffer):
    # Announced once more as it is, then other data over it before anybody has read it.
    await rpbuf.transmit(buffer, 0, 16)
    await rpbuf.transmit(buffer, 0, 16)
    await buffer.write(0, b"too early")
    # Data with SYNC that changes before its ACK.
    await rpbuf._tell(layout.TRANSMITTED, buffer.id, 32, 16, layout.SYNC)
    await buffer.write(32, b"no ACK yet")
    # Where no buffer is.
    await write_block(buffer.address + buffer.length + 64, b"stray")
    for frame in frames(buffer):
        await rpbuf._channel.send(frame)


class Faulty(rpbuf_test.RpbufTest):
    # Linux has cleared its memory, nothing else.
    async def _allocated(self, name, length):
        await super()._allocated(name, length)
        await self._rpbuf.transmit(self._rpbuf.controller.find(name), 0, 4)

    async def _bounce(self, buffer, offset, length, asked):
        if not self.received:
            await misbehave(self._rpbuf, buffer)
        await bounce(self, buffer, offset, length, asked)


async def start(kernel, console):
    await Faulty(kernel, console).start()
