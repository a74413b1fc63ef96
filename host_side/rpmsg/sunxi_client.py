# SPDX-License-Identifier: Apache-2.0
"""/dev/rpmsgN of an endpoint that the remote created on request (Allwinner's rpmsg_client.c).

The first message on a ``sunxi,rpmsg_client`` channel names the device; Linux makes it and acks. All
further messages are data.
"""

from __future__ import annotations

import errno

from host_side.fs.dynamic_majors import AW_RPMSG_MAJOR
from host_side.fs.file import IoctlArgument, OpenFile
from host_side.fs.node import CharDevice
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR, INFO, WARNING, RateLimit
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver
from host_side.rpmsg.message_file import MessageFile
from host_side.rpmsg.sunxi_layout import (
    CTRL_ACK,
    CTRL_MESSAGE,
    RPMSG_EPTDEV_DELIVER_PERF_DATA_IOCTL,
    Ack,
    Command,
)
from host_side.rpmsg.sunxi_numbers import SunxiNumbers
from host_side.rpmsg.uapi import signed32
from host_side.sysfs import RpmsgSysfs

RX_QUEUE_MAX_LEN = 32
"""A message that finds more than this many in the queue is dropped, so 33 can wait."""


class SunxiEptdev(MessageFile):
    """One endpoint; ``id`` is 0 until the remote has named it.

    Unlike the mainline device it may be open several times, keeps its messages over a close, and
    does not turn a lack of buffers into EAGAIN.
    """

    def __init__(self, platform: Platform, rpdev: RpmsgDevice) -> None:
        super().__init__(platform)
        self.id = 0
        self._rpdev = rpdev
        self._ept = rpdev.ept
        self._lock = platform.mutex("rpmsg client")
        self._full = RateLimit()
        self._references = 1
        self.on_release = _nothing
        """Called when the device is gone and its last file is closed."""

    @property
    def name(self) -> str:
        """Name of the device below /dev."""
        return f"rpmsg{self.id}"

    async def receive(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """Endpoint callback: queue a copy of the message unless too many wait, wake the reader."""
        if len(self._queue) > RX_QUEUE_MAX_LEN:
            if self._full.allow(self._platform.clock.now_ns()):
                self.say("rx queue is full.", INFO)
        else:
            await self._spend("copy")
            self._queue.append(bytes(data))
        self._readers.wake_up()

    async def shut_down(self) -> None:
        """The channel goes away: what was not read is lost, readers get EPIPE."""
        async with self._lock:
            self._queue.clear()
        self._ept = None
        self._readers.wake_up()
        self._put()

    async def open(self, file: OpenFile) -> None:
        """Any number of times."""
        self._references += 1

    async def release(self, file: OpenFile) -> None:
        """Messages wait for the next one who opens the device."""
        self._put()

    async def write(self, file: OpenFile, data: bytes) -> int:
        """Send one message to the channel's remote address; all of it or an error."""
        await self._spend("copy")
        async with self._lock:
            ept = self._ept
            if ept is None:
                raise LinuxError(errno.EPIPE)
            await (ept.trysend(data) if file.nonblocking else ept.send(data))
        return len(data)

    async def ioctl(self, file: OpenFile, command: int, argument: IoctlArgument) -> int:
        """Delivery of performance data is not built in: EFAULT; EINVAL for anything else."""
        if command == RPMSG_EPTDEV_DELIVER_PERF_DATA_IOCTL:
            raise LinuxError(errno.EINVAL if argument == 0 else errno.EFAULT)
        self.say(f"Undown konw cmd=0x{command:x}", WARNING)
        raise LinuxError(errno.EINVAL)

    def say(self, text: str, level: int = ERR) -> None:
        """dev_printk() of the device."""
        self._platform.printk(f"rpmsg {self.name}", text, level)

    def _put(self) -> None:
        self._references -= 1
        if not self._references:
            self.on_release()


class SunxiClient(RpmsgDriver):
    """The driver of ``sunxi,rpmsg_client`` channels."""

    name = "sunxi,rpmsg_client"
    id_table = ("sunxi,rpmsg_client",)

    def __init__(
        self, platform: Platform, fs: FileSystem, sysfs: RpmsgSysfs, numbers: SunxiNumbers
    ) -> None:
        self._platform = platform
        self._fs = fs
        self._sysfs = sysfs
        self._numbers = numbers
        self._eptdevs: dict[RpmsgDevice, SunxiEptdev] = {}

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Announce the channel back, then wait for the remote to name the device."""
        self._eptdevs[rpdev] = SunxiEptdev(self._platform, rpdev)
        rpdev.announce = True

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """rpmsg_eptdev_temp_cb(): anything but a CREATE_CLIENT message is ignored."""
        if len(data) != CTRL_MESSAGE.size:
            return
        _, number, _, command = CTRL_MESSAGE.unpack(data)
        if command != Command.CREATE_CLIENT:
            return
        eptdev, ept = self._eptdevs[rpdev], rpdev.ept
        assert ept is not None
        ack = Ack.OK if self._create(rpdev, eptdev, number) else Ack.NOMEM
        if ack == Ack.OK:
            ept.callback = eptdev.receive
        await ept.send(CTRL_ACK.pack(number, ack))

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """Take the device away."""
        eptdev = self._eptdevs.pop(rpdev)
        if eptdev.id:
            self._fs.remove(f"/dev/{eptdev.name}")
            self._sysfs.remove_class_device(rpdev, eptdev.name)
        await eptdev.shut_down()

    def _create(self, rpdev: RpmsgDevice, eptdev: SunxiEptdev, number: int) -> bool:
        minor = self._numbers.minors.alloc()
        try:
            self._fs.add(f"/dev/rpmsg{number}", CharDevice(eptdev, AW_RPMSG_MAJOR, minor))
        except LinuxError as error:
            self._numbers.minors.free(minor)
            text = f"cdev_device_add failed: {-error.errno}"
            self._platform.printk(f"rpmsg rpmsg{number}", text, ERR)
            return False
        eptdev.id = number

        def release() -> None:
            self._numbers.minors.free(minor)
            self._numbers.free_endpoint(number)

        eptdev.on_release = release
        attributes = {
            "name": lambda: f"rpmsg{number}\n",
            "src": lambda: f"{signed32(rpdev.src)}\n",
            "dst": lambda: f"{signed32(rpdev.dst)}\n",
        }
        self._sysfs.add_class_device(rpdev, f"rpmsg{number}", attributes)
        return True


def _nothing() -> None:
    """A device that was never named has no numbers to give back."""
