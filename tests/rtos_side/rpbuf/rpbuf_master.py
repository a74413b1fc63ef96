# SPDX-License-Identifier: Apache-2.0
# Linux's RPBuf, the master, as far as a test wants it: messages by hand, memory in the carveout.

import struct

CHANNEL = "rpbuf-service"
ADDR = 1200
MEMORY = 0x81646000

CREATED, DESTROYED, TRANSMITTED, ACK = 1, 2, 3, 4
FORMATS = {CREATED: "<32sIIQQB", DESTROYED: "<I", TRANSMITTED: "<IIII", ACK: "<II"}


def frame(command, *fields):
    content = struct.pack(FORMATS[command], *fields)
    return struct.pack("<BBH", 0x0A, command, len(content)) + content + b"\x05"


class RpbufMaster:
    def __init__(self, bench):
        self.bench = bench
        self.linux = bench.linux
        self.next = MEMORY

    async def start(self):
        await self.bench.connect()
        self.linux.announce(CHANNEL, ADDR)
        await self.bench.ms(2)

    async def tell(self, command, *fields):
        self.linux.send_to(CHANNEL, ADDR, frame(command, *fields))
        await self.bench.ms(2)

    # Tell that Linux has allocated a buffer. -> its address
    async def create(self, name, length, id=0, available=0):
        address = self.next
        self.next += (length + 4095) & ~4095
        await self.tell(CREATED, name, id, length, address, address, available)
        return address

    # The remote's next message: (command, fields), the name without its padding; or None.
    def take(self):
        message = self.linux.take(ADDR)
        if message is None:
            return None
        preamble, command, length = struct.unpack("<BBH", message[:4])
        assert preamble == 0x0A and message[-1] == 0x05 and length == len(message) - 5
        fields = list(struct.unpack(FORMATS[command], message[4:-1]))
        if command == CREATED:
            fields[0] = fields[0].rstrip(b"\0")
        return command, tuple(fields)
