# SPDX-License-Identifier: Apache-2.0
"""Writes record streams of a made-up run of the VisionFive 2, message by message."""

from __future__ import annotations

import struct

from sim.boards import load_board
from sim.life.link import link_map
from sim.record_file import StreamHeader
from sim.records import Kind

BOARD = load_board("visionfive2")
LINK = link_map(BOARD)
LINUX, RTOS = LINK.linux, LINK.rtos
BUFFERS = BOARD.rpmsg.buffers.base


class Stream:
    """Record bytes; every call takes ``step`` clocks."""

    def __init__(self, step: int = 10) -> None:
        self.data = bytearray()
        self.cycle = 0
        self._step = step
        self._names: dict[str, int] = {}

    def record(self, kind, hart, *, address=0, length=0, value=0, span=0, size=0, payload=b""):
        self.cycle += self._step
        self.data += struct.pack(
            "<QIBBBBIIQ", self.cycle, span, kind, hart, 0, size, address, length, value
        )
        self.data += payload + bytes(-len(payload) % 8)

    def observed(self, hart: int, address: int, data: bytes) -> None:
        """A write as it passes at the memory, in the clock of the hart's request."""
        inline = len(data) <= 8
        value = int.from_bytes(data, "little") if inline else 0
        self.data += struct.pack(
            "<QIBBBBIIQ",
            self.cycle + self._step,
            3,
            Kind.MEMORY_WRITE,
            hart,
            0,
            8,
            address,
            len(data),
            value,
        )
        if not inline:
            self.data += data + bytes(-len(data) % 8)

    def file(self) -> bytes:
        """The stream as it stands in a file."""
        return StreamHeader("visionfive2", 10).pack() + bytes(self.data)

    def event(self, hart: int, name: str, a: int = 0, b: int = 0) -> int:
        if name not in self._names:
            self._names[name] = len(self._names)
            text = name.encode()
            number = self._names[name]
            self.record(Kind.NAME, 0, address=number, length=len(text), payload=text)
        self.record(Kind.EVENT, hart, address=self._names[name], value=a, length=b)
        return self.cycle

    def thread(self, hart: int, name: str) -> int:
        self.record(Kind.THREAD, hart, length=len(name), payload=name.encode())
        return self.cycle

    def store(self, hart: int, address: int, size: int, value: int, span: int = 4) -> int:
        self.observed(hart, address, value.to_bytes(size, "little"))
        self.record(Kind.STORE, hart, address=address, length=size, size=size, span=span)
        return self.cycle

    def write(self, hart: int, address: int, data: bytes) -> int:
        self.observed(hart, address, data)
        self.record(Kind.WRITE, hart, address=address, length=len(data), size=8, span=8)
        return self.cycle

    def lines(self, hart: int, level: int) -> int:
        self.record(Kind.LINES, hart, value=level)
        return self.cycle

    # What Linux does to send, and the RTOS to receive.

    def linux_sends(self, payload: bytes, index: int = 0, src: int = 0x400, dst: int = 0x4004):
        buffer = BUFFERS + 512 * index
        header = struct.pack("<IIIHH", src, dst, 0, len(payload), 0)
        self.event(LINUX, "msg_begin", 1, len(payload))
        self.event(LINUX, "msg_alloc", 1, index)
        self.write(LINUX, buffer, header + payload)
        self.event(LINUX, "msg_fill", 1, index)
        self.store(LINUX, LINK.descriptors[1] + 16 * index, 8, buffer)
        self.event(LINUX, "msg_send", 1, index)

    def linux_kicks(self) -> int:
        return self.store(LINUX, LINK.doorbell[1], 4, 1)

    def rtos_receives(self, payload: bytes, index: int = 0):
        buffer = BUFFERS + 512 * index
        self.event(RTOS, "msg_take", 1, index)
        self.event(RTOS, "msg_callback", 1, index)
        self.event(RTOS, "msg_recv", buffer + 16, len(payload))
        self.event(RTOS, "msg_free", 1, index)
