# SPDX-License-Identifier: Apache-2.0
"""Linux with RPBuf, and a slave of the test's own: it knows frames as bytes and shared memory."""

from __future__ import annotations

from collections.abc import Callable, Generator
from struct import pack, unpack
from typing import Any

from host_side.devicetree import DeviceNode
from host_side.kernel.platform_bus import PlatformDevice
from host_side.rpbuf.sunxi_controller import register
from host_side.rpbuf.uapi import BufferInfo
from tests.host_side.rpmsg.rig import RING0
from tests.host_side.shell.user_rig import UserRig

CARVEOUT, CARVEOUT_SIZE = RING0 + 0x10_0000, 0x6_0000
SERVICE = 0x440
CREATED, DESTROYED, TRANSMITTED, ACK = 1, 2, 3, 4
CREATE_BUF, DESTROY_BUF = 0x4024B801, 0x4024B802
CHECK, TRANSMIT, RECEIVE, SYNC, PERF = 0x8001B901, 0x400CB902, 0xC00CB903, 0x400CB904, 0x4008B905
CTRL_PREFIX = "sunxi-rpbuf-controller soc:rpbuf_controller@0: "


class RemoteProcessor:
    """What the transport belongs to."""

    name = "e907_rproc"


def frame(command: int, content: bytes) -> bytes:
    return pack("<BBH", 0xA, command, len(content)) + content + b"\x05"


class RpbufRig(UserRig):
    """The slave answers a CREATED of a name in ``wants`` with its own; ``echo`` sends data back."""

    def __init__(self, announce: bool = True, properties: dict[str, Any] | None = None) -> None:
        super().__init__(num=8, pool=0x2_0000, extra=((CARVEOUT, CARVEOUT_SIZE),))
        self.wants: dict[bytes, int] = {}
        self.acks = True
        self.echo = False
        self.frames: list[tuple[int, tuple[Any, ...]]] = []
        self.told: list[bytes] = []
        self.linux_address = 0
        self.on_frame: Callable[[int, tuple[Any, ...]], None] = lambda command, content: None
        self._live: dict[int, tuple[bytes, int]] = {}
        self.transport.rproc = RemoteProcessor()
        node = DeviceNode(
            "/soc/rpbuf_controller@0",
            ("allwinner,rpbuf-controller",),
            {
                "remoteproc": "e907_rproc",
                "ctrl_id": 0,
                "memory-region": {"e907_rpbuf": (CARVEOUT, CARVEOUT_SIZE)},
                **(properties or {}),
            },
        )
        self.kernel.platform_bus.devices.append(PlatformDevice(node))
        self.call(register(self.kernel, self.user.fs))
        self.machine.start(4, self._run())
        if announce:
            self.come_up()

    def come_up(self) -> None:
        """The remote announces its service."""
        self.linux_address = 0
        self.announce(b"rpbuf-service", SERVICE)
        self.machine.run(lambda: self.linux_address)

    def go_away(self) -> None:
        """It takes the service back."""
        self._live.clear()
        self.announce(b"rpbuf-service", SERVICE, 1)
        self.settle()

    def _run(self) -> Generator[Any, Any, None]:
        while True:
            yield (4, 300, 0)
            for _, dst, data in self.give_back():
                if dst == 53:
                    self.linux_address = unpack("<32sII", data)[1]
                else:
                    self._take(data)

    def _take(self, data: bytes) -> None:
        start, command, length = unpack("<BBH", data[:4])
        assert (start, length, data[-1]) == (0xA, len(data) - 5, 5)
        layout = {CREATED: "<32sIIQQB", DESTROYED: "<I", TRANSMITTED: "<IIII", ACK: "<II"}[command]
        content = unpack(layout, data[4:-1])
        self.frames.append((command, content))
        self.on_frame(command, content)
        if command == CREATED:
            self._created(content)
        elif command == DESTROYED:
            self._live.pop(content[0], None)
        elif command == TRANSMITTED:
            self._transmitted(content)

    def _created(self, content: tuple[Any, ...]) -> None:
        name = content[0].rstrip(b"\0")
        if name in self.wants:
            number = self.wants[name]
            known = number in self._live
            self._live[number] = (name, content[3])
            if not known and not content[5]:
                self.say_created(name, content[2], number)

    def _transmitted(self, content: tuple[int, ...]) -> None:
        number, offset, length, flags = content
        if flags & 1 and self.acks:
            self.tell(frame(ACK, pack("<II", number, 0)))
        if self.echo:
            self.tell(frame(TRANSMITTED, pack("<IIII", number, offset, length, 0)))

    def tell(self, data: bytes) -> None:
        """Send to Linux's service from within the remote."""
        self.told.append(data)
        self.deliver(self.linux_address, data, src=SERVICE, interrupt=False)
        self.raise_interrupt(0)

    def say(self, data: bytes) -> None:
        """Send a frame and let Linux handle it."""
        self.deliver(self.linux_address, data, src=SERVICE)

    def say_created(self, name: bytes, length: int, number: int, available: int = 0) -> None:
        """The remote has allocated a buffer."""
        fields = pack("<32sIIQQB", name, number, length, 0, 0, available)
        self.tell(frame(CREATED, fields))

    def create(self, name: str, length: int) -> Any:
        """The control device's file that made /dev/rpbuf-<name>."""
        file = self.open("/dev/rpbuf_ctrl0")
        self.call(file.ioctl(CREATE_BUF, BufferInfo(name, length).pack()))
        return file

    def buffer(self, name: str = "b", length: int = 64, number: int = 3) -> Any:
        """An open, available buffer."""
        self.wants[name.encode()] = number
        self.create(name, length)
        return self.open(f"/dev/rpbuf-{name}")
