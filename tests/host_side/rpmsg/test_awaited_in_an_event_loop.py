# SPDX-License-Identifier: Apache-2.0
"""The same protocol code without our kernel: awaited in an asyncio loop over a plain byte bus.

This is how a test bench of its own uses it: it gives a bus with ``read`` and ``write``, and what
waits and works in its event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from struct import pack
from typing import Any, NamedTuple, TypeVar

from host_side.kernel.dma import CoherentPool
from host_side.kernel.platform import WordBus, Work
from host_side.rpmsg import name_service, virtio_rpmsg_bus
from host_side.rpmsg.core import RpmsgBus, RpmsgDevice, RpmsgDriver
from host_side.virtio.device import VirtioBus
from host_side.virtio.layout import vring_layout
from host_side.virtio.virtqueue import Virtqueue

T = TypeVar("T")
RING0, RING1, POOL = 0x0000, 0x1000, 0x2000


class ReadAnswer(NamedTuple):
    """What cocotbext-axi answers to a read."""

    address: int
    data: bytes


class ByteMemory:
    """A bus that takes its time."""

    def __init__(self) -> None:
        self.bytes = bytearray(0x4000)

    async def read(self, address: int, length: int) -> Any:
        await asyncio.sleep(0)
        return ReadAnswer(address, bytes(self.bytes[address : address + length]))

    async def write(self, address: int, data: bytes) -> None:
        await asyncio.sleep(0)
        self.bytes[address : address + len(data)] = data


class LoopQueue:
    """A wait queue of an event loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    async def wait(
        self, predicate: Callable[[], object], timeout_ns: Any = None, interruptible: bool = False
    ) -> bool:
        while not predicate():
            self._event.clear()
            await self._event.wait()
        return True

    async def wait_for(
        self,
        attempt: Callable[[], Awaitable[T | None]],
        timeout_ns: Any = None,
        interruptible: bool = False,
    ) -> T | None:
        while (value := await attempt()) is None:
            self._event.clear()
            await self._event.wait()
        return value

    def wake_up(self) -> None:
        self._event.set()


class LoopMutex(asyncio.Lock):
    """A mutex of an event loop."""


class LoopPlatform:
    """The platform; it is a virtio transport as well, to keep the test short."""

    def __init__(self) -> None:
        self.memory = ByteMemory()
        self.bus = WordBus(self.memory)
        self.clock = self
        self.log: list[str] = []
        self.virtio = VirtioBus(self)
        self.rpmsg = RpmsgBus(self)
        self.dma = CoherentPool(POOL, 0x1000)
        self.vqs: list[Virtqueue] = []
        self.kicks: list[int] = []
        self.status = 0

    def now_ns(self) -> int:
        return 0

    def wait_queue(self, what: str = "", where: str = "") -> LoopQueue:
        return LoopQueue()

    def mutex(self, name: str = "") -> LoopMutex:
        return LoopMutex()

    def schedule_work(self, work: Work) -> bool:
        raise AssertionError("nothing here schedules work")

    async def cancel_work(self, work: Work) -> None:
        """No work, nothing to cancel."""

    async def spend(self, name: str) -> None:
        await asyncio.sleep(0)

    def printk(self, prefix: str, text: str, level: int = 6) -> None:
        self.log.append(text)

    def event(self, name: str, a: int = 0, b: int = 0) -> None:
        """Not recorded."""

    async def get_status(self) -> int:
        return self.status

    async def set_status(self, status: int) -> None:
        self.status = status

    async def get_features(self) -> int:
        return 1

    async def finalize_features(self, features: int) -> int:
        return features

    async def find_vqs(self, device: Any, names: Any, callbacks: Any) -> list[Virtqueue]:
        for index, base in enumerate((RING0, RING1)):
            layout = vring_layout(2, 16, base)
            self.vqs.append(
                Virtqueue(
                    self, names[index], index, layout, self._notify, callback=callbacks[index]
                )
            )
        return self.vqs

    async def del_vqs(self) -> None:
        self.vqs = []

    async def _notify(self, vq: Virtqueue) -> bool:
        self.kicks.append(vq.index)
        return True


class Echo(RpmsgDriver):
    """Sends back what it gets."""

    name = "echo"
    id_table = ("echo",)

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        await rpdev.ept.send(data)


def put_message(memory: bytearray, slot: int, dst: int, data: bytes) -> None:
    """The remote: message into rx buffer ``slot``, used entry, used.idx."""
    address = POOL + 512 * slot
    raw = pack("<IIIHH", 30, dst, 0, len(data), 0) + data
    memory[address : address + len(raw)] = raw
    used = vring_layout(2, 16, RING0).used
    memory[used + 4 + 8 * slot : used + 12 + 8 * slot] = pack("<II", slot, 512)
    memory[used + 2 : used + 4] = pack("<H", slot + 1)


def test_announce_and_echo() -> None:
    async def bench() -> LoopPlatform:
        platform = LoopPlatform()
        await name_service.init(platform)
        await virtio_rpmsg_bus.init(platform)
        await platform.rpmsg.register_driver(Echo())
        await platform.virtio.register_device(platform, 7)
        put_message(platform.memory.bytes, 0, 53, pack("<32sII", b"echo", 30, 0))
        assert await platform.vqs[0].interrupt()
        put_message(platform.memory.bytes, 1, 0x400, b"over a byte bus")
        assert await platform.vqs[0].interrupt()
        return platform

    platform = asyncio.run(bench())
    assert platform.log == ["rpmsg host is online", "creating channel echo addr 0x1e"]
    assert platform.status == 7
    assert platform.kicks == [0, 0, 1, 0]
    sent = bytes(platform.memory.bytes[POOL + 1024 : POOL + 1024 + 31])
    assert sent == pack("<IIIHH", 0x400, 30, 0, 15, 0) + b"over a byte bus"


def test_blocked_sender_is_woken_by_the_tx_interrupt() -> None:
    async def bench() -> list[bytes]:
        platform = LoopPlatform()
        await virtio_rpmsg_bus.init(platform)
        device = await platform.virtio.register_device(platform, 7)
        bus: Any = device.priv
        rpdev = platform.rpmsg.devices[0]
        await bus.send(rpdev, 1, 2, b"one", True)
        await bus.send(rpdev, 1, 2, b"two", True)
        third = asyncio.ensure_future(bus.send(rpdev, 1, 2, b"three", True))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not third.done()
        used = vring_layout(2, 16, RING1).used
        platform.memory.bytes[used + 2 : used + 12] = pack("<HII", 1, 1, 512)
        assert await platform.vqs[1].interrupt()
        await third
        return [bytes(platform.memory.bytes[POOL + 512 * n + 16 :][:5]) for n in (2, 3)]

    assert asyncio.run(bench()) == [b"one\0\0", b"three"]
