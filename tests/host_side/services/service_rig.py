# SPDX-License-Identifier: Apache-2.0
"""Linux with service calls, and a remote of the test's own: messages as bytes."""

from __future__ import annotations

from collections.abc import Generator
from struct import pack, unpack
from typing import Any

from host_side.services.channel import ServiceChannel
from tests.host_side.shell.user_rig import UserRig

ADDRESS = 0x450
CALL, RETURN, HELLO = 1, 2, 3

Fields = tuple[int, int, int, int, bytes, bytes]
"""type, status, sequence, function, name, data."""


def message(fields: Fields) -> bytes:
    kind, status, sequence, function, name, data = fields
    return pack("<BBHHH16s", kind, status, sequence, function, len(data), name) + data


class ServiceRig(UserRig):
    """The remote serves ``upper`` (function 0) and keeps what else it is asked in ``asked``."""

    def __init__(self, announce: bool = True) -> None:
        super().__init__(num=8, pool=0x2_0000)
        self.linux_address = 0
        self.asked: list[Fields] = []
        self.silent = False
        self.status: int | None = None
        self.services = self.user.services
        self.call(self.kernel.rpmsg.register_driver(ServiceChannel(self.kernel, self.services)))
        self.machine.start(4, self._run())
        if announce:
            self.come_up()

    def come_up(self) -> None:
        self.linux_address = 0
        self.announce(b"sunxi,service", ADDRESS)
        self.machine.run(lambda: self.linux_address)

    def go_away(self) -> None:
        self.announce(b"sunxi,service", ADDRESS, 1)
        self.settle()

    def _run(self) -> Generator[Any, Any, None]:
        while True:
            yield (4, 300, 0)
            for src, dst, data in self.give_back():
                if dst == ADDRESS:
                    self._take(src, data)

    def _take(self, src: int, raw: bytes) -> None:
        kind, status, sequence, function, length, name = unpack("<BBHHH16s", raw[:24])
        assert length == len(raw) - 24 and len(raw) <= 496
        fields = (kind, status, sequence, function, name.rstrip(b"\0"), raw[24:])
        if kind == HELLO:
            self.linux_address = src
        self.asked.append(fields)
        if kind == CALL and not self.silent:
            self.tell(self._answer(fields))

    def _answer(self, call: Fields) -> Fields:
        _, _, sequence, function, name, data = call
        status = self.status
        if status is None:
            status = 1 if name != b"upper" else 2 if function else 0
        return RETURN, status, sequence, function, name, b"" if status else data.upper()

    def tell(self, fields: Fields) -> None:
        """Send to Linux from within the remote."""
        self.raw(message(fields))

    def raw(self, data: bytes) -> None:
        self.deliver(self.linux_address, data, src=ADDRESS, interrupt=False)
        self.raise_interrupt(0)
