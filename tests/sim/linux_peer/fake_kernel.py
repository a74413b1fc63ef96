# SPDX-License-Identifier: Apache-2.0
"""The kernel's end of its two sockets, played by a test: asks like virtio_uml.c and time.c."""

import socket
import struct
from pathlib import Path

HEADER = struct.Struct("<III")
CLOCK = struct.Struct("<IIQ")


class FakeDriver:
    """virtio_uml's end: sends requests, reads answers."""

    def __init__(self, path: Path) -> None:
        self.channel = socket.socket(socket.AF_UNIX)
        self.channel.settimeout(5)
        self.channel.connect(str(path))

    def ask(self, request: int, payload: bytes = b"", *, flags: int = 1 | 8, fds: tuple = ()):
        message = HEADER.pack(request, flags, len(payload)) + payload
        socket.send_fds(self.channel, [message], list(fds))

    def answer(self) -> tuple[int, int, int]:
        """(request, flags, value) of an answer of one 64-bit word."""
        data = self.channel.recv(20, socket.MSG_WAITALL)
        request, flags, size = HEADER.unpack(data[:12])
        assert size == 8
        return request, flags, int.from_bytes(data[12:], "little")


class FakeClock:
    """The end of arch/um/kernel/time.c."""

    def __init__(self, path: Path) -> None:
        self.channel = socket.socket(socket.AF_UNIX)
        self.channel.settimeout(5)
        self.channel.connect(str(path))

    def say(self, op: int, sequence: int, time_ns: int = 0) -> None:
        self.channel.sendall(CLOCK.pack(op, sequence, time_ns))

    def hear(self) -> tuple[int, int, int]:
        return CLOCK.unpack(self.channel.recv(CLOCK.size, socket.MSG_WAITALL))
