# SPDX-License-Identifier: Apache-2.0
"""virtio_rpmsg_bus: RPMsg over a pair of virtqueues (drivers/rpmsg/virtio_rpmsg_bus.c)."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Protocol

from host_side.kernel.errors import ERESTARTSYS, KernelOops, LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR, INFO, WARNING, RateLimit
from host_side.rpmsg.core import EndpointCallback, RpmsgBus, RpmsgDevice, RpmsgEndpoint
from host_side.rpmsg.layout import (
    ADDR_ANY,
    HEADER,
    HEADER_SIZE,
    NAME_SIZE,
    NS_ADDR,
    NS_CREATE,
    NS_DESTROY,
    NS_MESSAGE,
    name_field,
)
from host_side.virtio.device import VirtioBus, VirtioDevice
from host_side.virtio.virtqueue import Virtqueue

EINVAL, EMSGSIZE, ENOMEM, ENOSPC = 22, 90, 12, 28

VIRTIO_ID_RPMSG = 7
F_NS = 0
MAX_BUFFERS = 512
BUFFER_SIZE = 512
MTU = BUFFER_SIZE - HEADER_SIZE
FIRST_DYNAMIC_ADDRESS = 1024
TX_TIMEOUT_NS = 15_000_000_000


class VirtioRpmsgBus:
    """One rpmsg virtio device (struct virtproc_info): buffers, endpoints and channels."""

    def __init__(
        self,
        platform: Platform,
        rpmsg: RpmsgBus,
        vdev: VirtioDevice,
        rvq: Virtqueue,
        svq: Virtqueue,
    ) -> None:
        self.vdev = vdev
        self.num_bufs = min(2 * rvq.num, MAX_BUFFERS)
        self.buffers = 0
        """Address of the pool: the rx half, then the tx half."""
        self.rx_buffer = 0
        """Address of the message being delivered, for callbacks that write into it."""
        self._platform = platform
        self._rpmsg = rpmsg
        self._rvq = rvq
        self._svq = svq
        self._half = self.num_bufs // 2
        self._tx_half = 0
        self._last_sbuf = 0
        self._sleepers = 0
        self._tx_lock = platform.mutex("tx_lock")
        self._sendq = platform.wait_queue("tx buffer", vdev.name)
        self._endpoints: dict[int, RpmsgEndpoint] = {}
        self._children: list[RpmsgDevice] = []
        self._no_recipient = RateLimit()
        self._prefix = vdev.log_prefix

    @property
    def sysfs_path(self) -> str:
        """Directory of the virtio device below /sys/devices."""
        return self.vdev.sysfs_path

    @property
    def rings(self) -> tuple[Virtqueue, Virtqueue]:
        """The receive and the send queue."""
        return self._rvq, self._svq

    @property
    def pool_size(self) -> int:
        """Bytes of the buffer pool."""
        return self.num_bufs * BUFFER_SIZE

    # Coming and going.

    async def start(self) -> None:
        """rpmsg_probe() from the buffer pool on. LinuxError ENOMEM when the pool is too small."""
        vdev, rvq = self.vdev, self._rvq
        pool = vdev.transport.dma.allocate(self.pool_size)
        if pool is None:
            raise LinuxError(ENOMEM)
        self.buffers = pool
        self._tx_half = pool + self.pool_size // 2
        await self._platform.bus.write(pool, bytes(self.pool_size))
        for index in range(self._half):
            address = pool + index * BUFFER_SIZE
            await rvq.add_inbuf(address, BUFFER_SIZE, address)
        await self._svq.disable_cb()
        vdev.priv = self
        await self._register("rpmsg_ctrl", 0, 0, False)
        if vdev.has_feature(F_NS):
            await self._register("rpmsg_ns", NS_ADDR, NS_ADDR, False)
        notify = await rvq.kick_prepare()
        await vdev.ready()
        if notify:
            await rvq.notify()
        self._platform.printk(self._prefix, "rpmsg host is online", INFO)

    async def stop(self) -> None:
        """rpmsg_remove(): reset, remove the children in order of creation, free queues and pool."""
        await self.vdev.reset()
        for child in list(self._children):
            self._children.remove(child)
            await self._rpmsg.unregister_device(child)
        await self.vdev.transport.del_vqs()
        self.vdev.transport.dma.free(self.buffers, self.pool_size)

    # Channels.

    async def create_channel(self, name: str, src: int, dst: int) -> RpmsgDevice | None:
        """Make a channel; None (and the kernel's message) if a similar one exists."""
        if self.find_channel(name, src, dst) is not None:
            text = f"channel {name}:{src:x}:{dst:x} already exist"
            self._platform.printk(self._prefix, text, ERR)
            return None
        return await self._register(name, src, dst, src != ADDR_ANY)

    async def release_channel(self, name: str, src: int, dst: int) -> None:
        """Remove the first channel that matches; LinuxError EINVAL when none does."""
        rpdev = self.find_channel(name, src, dst)
        if rpdev is None:
            raise LinuxError(EINVAL)
        self._children.remove(rpdev)
        await self._rpmsg.unregister_device(rpdev)

    def find_channel(self, name: str, src: int, dst: int) -> RpmsgDevice | None:
        """The first child with this name and these addresses (ANY matches every one)."""
        return next((child for child in self._children if child.matches(name, src, dst)), None)

    async def announce_create(self, rpdev: RpmsgDevice) -> None:
        """Tell the remote's name service of a channel that Linux made itself."""
        await self._announce(rpdev, NS_CREATE)

    async def announce_destroy(self, rpdev: RpmsgDevice) -> None:
        """Tell the remote's name service that such a channel goes away."""
        await self._announce(rpdev, NS_DESTROY)

    async def _announce(self, rpdev: RpmsgDevice, flags: int) -> None:
        ept = rpdev.ept
        if not rpdev.announce or ept is None or not self.vdev.has_feature(F_NS):
            return
        try:
            await ept.sendto(NS_MESSAGE.pack(name_field(rpdev.name), ept.addr, flags), NS_ADDR)
        except LinuxError as error:
            text = f"failed to announce service {-error.errno}"
            self._platform.printk(rpdev.log_prefix, text, ERR)
            raise

    async def _register(self, name: str, src: int, dst: int, announce: bool) -> RpmsgDevice:
        name = name[: NAME_SIZE - 1]
        rpdev = RpmsgDevice(self, self.vdev.name, name, src, dst, announce=announce)
        self._children.append(rpdev)
        await self._rpmsg.register_device(rpdev)
        return rpdev

    # Endpoints.

    async def create_ept(
        self,
        callback: EndpointCallback,
        name: str,
        src: int,
        dst: int,
        rpdev: RpmsgDevice,
    ) -> RpmsgEndpoint:
        """Bind ``src`` (ANY: the lowest free address from 1024) to ``callback``.

        LinuxError ENOSPC when it is taken, EINVAL above 0x7fffffff, with the kernel's message.
        """
        endpoints = self._endpoints
        if src == ADDR_ANY:
            src = FIRST_DYNAMIC_ADDRESS
            while src in endpoints:
                src += 1
        elif src & 0x80000000 or src in endpoints:
            errno = EINVAL if src & 0x80000000 else ENOSPC
            self._platform.printk(rpdev.log_prefix, f"idr_alloc failed: {-errno}", ERR)
            raise LinuxError(errno)
        ept = RpmsgEndpoint(self, rpdev, callback, name, src)
        endpoints[src] = ept
        return ept

    async def destroy_ept(self, ept: RpmsgEndpoint) -> None:
        """Free the address and take the callback away."""
        if self._endpoints.get(ept.addr) is ept:
            del self._endpoints[ept.addr]
        ept.callback = None

    # Sending.

    async def send(self, rpdev: RpmsgDevice, src: int, dst: int, data: bytes, wait: bool) -> None:
        """rpmsg_send_offchannel_raw(): see ``RpmsgEndpoint`` for the errors."""
        platform = self._platform
        if ADDR_ANY in (src, dst):
            text = f"invalid addr (src 0x{src:x}, dst 0x{dst:x})"
            platform.printk(rpdev.log_prefix, text, ERR)
            raise LinuxError(EINVAL)
        length = len(data)
        if length > MTU:
            platform.printk(rpdev.log_prefix, f"message is too big ({length})", ERR)
            raise LinuxError(EMSGSIZE)
        platform.event("msg_begin", self._svq.index, length)
        await platform.spend("rpmsg_call")
        buffer = await self._get_tx_buffer()
        if buffer is None:
            if not wait:
                raise LinuxError(ENOMEM)
            platform.event("msg_wait", self._svq.index, length)
            buffer = await self._wait_tx_buffer(rpdev)
        platform.event("rpmsg_tx", dst, length)
        # The four steps of seed 002, each with the ring's and the descriptor's index. The first two
        # name the descriptor that is next: a sender that comes in between may take it.
        svq = self._svq
        index = svq.index
        platform.event("msg_alloc", index, svq.free_head)
        await platform.bus.write(buffer, HEADER.pack(src, dst, 0, length, 0) + data)
        platform.event("msg_fill", index, svq.free_head)
        self._tell_lock_wait()
        async with self._tx_lock:
            head = svq.free_head
            try:
                await svq.add_outbuf(buffer, HEADER_SIZE + length, buffer)
            except LinuxError as error:
                text = f"virtqueue_add_outbuf failed: {-error.errno}"
                platform.printk(rpdev.log_prefix, text, ERR)
                raise
            platform.event("msg_send", index, head)
            if await svq.kick_prepare():
                platform.event("msg_kick", index, head)
                await svq.notify()

    async def _get_tx_buffer(self) -> int | None:
        """A buffer to send in: fresh ones first, without a look at the ring, then used ones."""
        self._tell_lock_wait()
        async with self._tx_lock:
            if self._last_sbuf < self._half:
                self._last_sbuf += 1
                return self._tx_half + BUFFER_SIZE * (self._last_sbuf - 1)
            used = await self._svq.get_buf()
        if used is None:
            return None
        buffer = used[0]
        assert isinstance(buffer, int)
        return buffer

    def _tell_lock_wait(self) -> None:
        """A sender that finds the lock taken says so to the bench."""
        if self._tx_lock.locked():
            self._platform.event("lock_wait tx_lock")

    async def _wait_tx_buffer(self, rpdev: RpmsgDevice) -> int:
        """Sleep with tx-complete interrupts on; a signal only makes it try again at once."""
        while True:
            await self._count_sleeper(1)
            try:
                buffer = await self._sendq.wait_for(
                    self._get_tx_buffer, TX_TIMEOUT_NS, interruptible=True
                )
            except LinuxError:
                await self._count_sleeper(-1)
                continue
            await self._count_sleeper(-1)
            if buffer is not None:
                return buffer
            self._platform.printk(rpdev.log_prefix, "timeout waiting for a tx buffer", ERR)
            raise LinuxError(ERESTARTSYS)

    async def _count_sleeper(self, step: int) -> None:
        """First sleeper in: ask for tx-complete interrupts; last one out: no more of them."""
        async with self._tx_lock:
            self._sleepers += step
            if step > 0 and self._sleepers == 1:
                await self._svq.enable_cb()
            elif step < 0 and self._sleepers == 0:
                await self._svq.disable_cb()

    async def tx_done(self, svq: Virtqueue) -> None:
        """rpmsg_xmit_done(): a buffer came back, somebody may sleep for it."""
        self._sendq.wake_up()

    # Receiving.

    async def rx_done(self, rvq: Virtqueue) -> None:
        """rpmsg_recv_done(): deliver every message, then one kick for all returned buffers."""
        used = await rvq.get_buf()
        if used is None:
            text = "uhm, incoming signal, but no used buffer ?"
            self._platform.printk(self._prefix, text, ERR)
            return
        received = 0
        while used is not None:
            if not await self._receive(rvq, used[0], used[1]):
                break
            received += 1
            used = await rvq.get_buf()
        if received:
            await rvq.kick()

    async def _receive(self, rvq: Virtqueue, buffer: object, used_length: int) -> bool:
        """Deliver one message and return its buffer; False ends the batch."""
        assert isinstance(buffer, int)
        platform = self._platform
        ring, head = rvq.index, rvq.last_head
        platform.event("msg_take", ring, head)
        src, dst, _, length, _ = HEADER.unpack(await platform.bus.read(buffer, HEADER_SIZE))
        # Unsigned as in C: below 16 bytes used, the subtraction wraps and any length passes.
        if used_length > BUFFER_SIZE or length > (used_length - HEADER_SIZE) & 0xFFFFFFFF:
            text = f"inbound msg too big: ({used_length}, {length})"
            platform.printk(self._prefix, text, WARNING)
            return False
        await platform.spend("rpmsg_call")
        platform.event("rpmsg_rx", src, length)
        ept = self._endpoints.get(dst)
        if ept is None:
            if self._no_recipient.allow(platform.clock.now_ns()):
                platform.printk(self._prefix, "msg received with no recipient", WARNING)
        elif ept.callback is not None:
            payload = buffer + HEADER_SIZE
            data = await platform.bus.read(payload, length) if length else b""
            self.rx_buffer = buffer
            platform.event("msg_callback", ring, head)
            # Linux may call back into what the driver's remove() frees at that moment.
            if (callback := ept.callback) is not None and not ept.rpdev.leaving:
                with suppress(LinuxError):  # the bus ignores what a callback returns
                    await callback(ept.rpdev, data, src)
        try:
            await rvq.add_inbuf(buffer, BUFFER_SIZE, buffer)
        except LinuxError as error:
            text = f"failed to add a virtqueue buffer: {-error.errno}"
            platform.printk(self._prefix, text, ERR)
            return False
        platform.event("msg_free", ring, head)
        return True


class RpmsgHost(Platform, Protocol):
    """A platform with the buses that the driver connects."""

    virtio: VirtioBus
    rpmsg: RpmsgBus


class VirtioRpmsgDriver:
    """The virtio driver ``virtio_rpmsg_bus``."""

    name = "virtio_rpmsg_bus"
    device_id = VIRTIO_ID_RPMSG
    features: Sequence[int] = (F_NS,)

    def __init__(self, platform: Platform, rpmsg: RpmsgBus) -> None:
        self._platform = platform
        self._rpmsg = rpmsg

    async def probe(self, device: VirtioDevice) -> None:
        """rpmsg_probe(): queues, buffers, helper devices, DRIVER_OK, first kick."""

        def rx_done(rvq: Virtqueue) -> Awaitable[None]:
            return _bus_of(device).rx_done(rvq)

        def tx_done(svq: Virtqueue) -> Awaitable[None]:
            return _bus_of(device).tx_done(svq)

        rvq, svq = await device.transport.find_vqs(device, ("input", "output"), (rx_done, tx_done))
        bus = VirtioRpmsgBus(self._platform, self._rpmsg, device, rvq, svq)
        try:
            await bus.start()
        except LinuxError:
            await device.transport.del_vqs()
            raise

    async def remove(self, device: VirtioDevice) -> None:
        """rpmsg_remove().

        Nothing there waits for a worker that is delivering messages at that moment, and vdev->priv
        keeps pointing to what has been freed: such a worker finds it as it was, without endpoints.
        """
        await _bus_of(device).stop()


def _bus_of(device: VirtioDevice) -> VirtioRpmsgBus:
    """What vdev->priv points to; before the probe has set it, an interrupt is an oops."""
    if not isinstance(device.priv, VirtioRpmsgBus):
        raise KernelOops(
            "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000"
        )
    return device.priv


async def init(kernel: RpmsgHost) -> None:
    """Initcall: register the virtio driver."""
    await kernel.virtio.register_driver(VirtioRpmsgDriver(kernel, kernel.rpmsg))
