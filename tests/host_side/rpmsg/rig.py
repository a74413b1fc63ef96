# SPDX-License-Identifier: Apache-2.0
"""A Linux kernel with one rpmsg virtio device, and the remote end of its rings written anew.

The rings lie where the golden bytes have them. The remote knows rings as bytes only: it shares
no code with the driver under test.
"""

from __future__ import annotations

from struct import pack, unpack
from typing import Any

from host_side.kernel.dma import CoherentPool
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.platform import Work
from host_side.kernel.requests import SOFT
from host_side.rpmsg import name_service, virtio_rpmsg_bus
from host_side.virtio.layout import vring_layout
from host_side.virtio.virtqueue import Virtqueue
from tests.host_side.plain_machine import NODES, PlainMachine, boot, linux_on
from tests.host_side.tasks import Tasks

RING0, RING1, POOL = 0x4000_0000, 0x4000_8000, 0x4001_0000
HART = 1


class RemoteRing:
    """The device's end of one split ring (no event suppression)."""

    def __init__(self, machine: PlainMachine, base: int, num: int, align: int) -> None:
        self.memory = machine.memory
        self.base = base
        self.num = num
        self.avail = base + 16 * num
        self.used = (self.avail + 4 + 2 * num + 2 + align - 1) // align * align
        self.seen = 0
        self.used_idx = 0

    def take(self) -> tuple[int, int, int, int] | None:
        """The next available (id, address, length, flags)."""
        if self.memory.u16(self.avail + 2) == self.seen:
            return None
        head = self.memory.u16(self.avail + 4 + 2 * (self.seen % self.num))
        self.seen = (self.seen + 1) & 0xFFFF
        address, length, flags, _ = unpack("<QIHH", self.memory.read(self.base + 16 * head, 16))
        return head, address, length, flags

    def give(self, head: int, length: int) -> None:
        """Mark a descriptor as used."""
        slot = self.used + 4 + 8 * (self.used_idx % self.num)
        self.memory.write(slot, pack("<II", head, length))
        self.used_idx = (self.used_idx + 1) & 0xFFFF
        self.memory.put(self.used + 2, 2, self.used_idx)

    @property
    def avail_flags(self) -> int:
        return self.memory.u16(self.avail)

    @property
    def avail_idx(self) -> int:
        return self.memory.u16(self.avail + 2)

    @property
    def used_event(self) -> int:
        return self.memory.u16(self.avail + 4 + 2 * self.num)

    def suppress(self, on: bool = True) -> None:
        """used.flags NO_NOTIFY."""
        self.memory.put(self.used, 2, int(on))


class Transport:
    """A virtio transport with fixed rings; it notes what Linux does to status and doorbell."""

    def __init__(
        self, kernel: LinuxKernel, nums: tuple[int, int], align: int, features: int, pool: int
    ) -> None:
        self.dma = CoherentPool(POOL, pool)
        self.statuses: list[int] = []
        self.kicks: list[int] = []
        self.vqs: list[Virtqueue] = []
        self.created = 0
        self._kernel = kernel
        self._nums, self._align, self._features = nums, align, features

    async def get_status(self) -> int:
        return self.statuses[-1]

    async def set_status(self, status: int) -> None:
        self.statuses.append(int(status))

    async def get_features(self) -> int:
        return self._features

    async def finalize_features(self, features: int) -> int:
        return features

    async def find_vqs(self, device: Any, names: Any, callbacks: Any) -> list[Virtqueue]:
        for index, base in enumerate((RING0, RING1)):
            layout = vring_layout(self._nums[index], self._align, base)
            await self._kernel.bus.write(base, bytes(layout.size))
            self.vqs.append(
                Virtqueue(
                    self._kernel,
                    names[index],
                    index,
                    layout,
                    self._notify,
                    callback=callbacks[index],
                    event_idx=device.has_feature(29),
                    prefix=device.log_prefix,
                )
            )
        return list(self.vqs)

    async def del_vqs(self) -> None:
        self.vqs.clear()

    async def _notify(self, vq: Virtqueue) -> bool:
        self.kicks.append(vq.index)
        return True


class Rig(Tasks):
    """Booted kernel, its device and the remote's rings ``rx`` (Linux receives) and ``tx``."""

    def __init__(
        self,
        num: int = 4,
        align: int = 16,
        features: int = 1,
        pool: int = 0x4_0000,
        drivers: tuple[Any, ...] = (),
        tx_num: int | None = None,
        extra: tuple[tuple[int, int], ...] = (),
    ) -> None:
        tx_num = tx_num or num
        self.machine = PlainMachine((1, 2, 3, 4), (RING0, 0x8_0000), *extra)
        self.kernel = linux_on(self.machine, nodes=NODES[:1])
        self.transport = Transport(self.kernel, (num, tx_num), align, features, pool)
        self.rx = RemoteRing(self.machine, RING0, num, align)
        self.tx = RemoteRing(self.machine, RING1, tx_num, align)
        self.device: Any = None
        self._works = [Work(lambda i=i: self._interrupt(i), f"vq{i}") for i in range(2)]
        self._wanted = 0
        self.taken = 0
        self.kernel.add_initcall(name_service.init)
        self.kernel.add_initcall(virtio_rpmsg_bus.init)
        for driver in drivers:
            self.kernel.add_initcall(lambda kernel, d=driver: kernel.rpmsg.register_driver(d))
        self.kernel.add_initcall(self._register)
        self.kernel.set_amp_handler(self._ipi)
        boot(self.machine, self.kernel)

    async def _register(self, kernel: LinuxKernel) -> None:
        self.device = await kernel.virtio.register_device(self.transport, 7)

    async def _ipi(self) -> None:
        wanted, self._wanted = self._wanted, 0
        for index, work in enumerate(self._works):
            if wanted >> index & 1:
                self.kernel.schedule_work(work)

    async def _interrupt(self, index: int) -> None:
        if self.transport.vqs:
            await self.transport.vqs[index].interrupt()
        self.taken += 1

    @property
    def bus(self) -> Any:
        return self.device.priv

    def raise_interrupt(self, *queues: int) -> None:
        """Interrupt Linux for the queues; returns at once."""
        self._wanted = sum(1 << index for index in queues)
        self.machine.harts[HART].lines[0] |= SOFT

    def interrupt(self, *queues: int) -> None:
        """Interrupt Linux for the queues and wait until it has handled that."""
        goal = self.taken + len(queues)
        self.raise_interrupt(*queues)
        self.machine.run(lambda: self.taken >= goal)

    def deliver(
        self,
        dst: int,
        data: bytes,
        src: int = 0x1E,
        used: int = 512,
        length: int | None = None,
        interrupt: bool = True,
    ) -> int:
        """Send a message to Linux; the id of the descriptor it went through."""
        entry = self.rx.take()
        assert entry is not None
        head, address, _, _ = entry
        length = len(data) if length is None else length
        self.machine.memory.write(address, pack("<IIIHH", src, dst, 0, length, 0) + data)
        self.rx.give(head, used)
        if interrupt:
            self.interrupt(0)
        return head

    def announce(self, name: bytes, addr: int, flags: int = 0, interrupt: bool = True) -> int:
        """Send a name service message."""
        return self.deliver(53, pack("<32sII", name, addr, flags), interrupt=interrupt)

    def sent(self) -> list[tuple[int, int, bytes]]:
        """Take what Linux has sent: (src, dst, payload); buffers stay with the remote."""
        messages = []
        while (entry := self.tx.take()) is not None:
            raw = self.machine.memory.read(entry[1], entry[2])
            src, dst, reserved, length, flags = unpack("<IIIHH", raw[:16])
            assert (reserved, flags, len(raw), entry[3]) == (0, 0, 16 + length, 0)
            messages.append((src, dst, raw[16:]))
        return messages

    def log(self) -> list[str]:
        """Lines of the kernel log, without time."""
        return [record.text for record in self.kernel.log.records]
