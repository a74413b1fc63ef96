# SPDX-License-Identifier: Apache-2.0
"""Requests to the remote's endpoint controller and the acks they wait for (rpmsg_master.c).

Kept as they are in the original: the id of an endpoint that could not be created stays used, and
clearing one name's group forgets every endpoint of the controller.
"""

from __future__ import annotations

import errno
from typing import Protocol

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.rpmsg.core import RpmsgDevice
from host_side.rpmsg.sunxi_layout import Ack, Command, control_message

ACK_TIMEOUT_NS = 500_000_000

_COMPLAINTS: dict[int, str] = {
    Ack.FAILED: "Operation failed",
    Ack.NOLISTEN: "Remote don't listen this name",
    Ack.BUSY: "Remote is busy",
    Ack.NOMEM: "Remote not enought memory",
    Ack.NOENT: "Remote is full",
}


class Say(Protocol):
    """Writes a line about the device to the kernel log."""

    def __call__(self, text: str, level: int = ERR) -> None:
        """One line, as dev_printk() writes it."""


class _Waiter:
    """struct rpmsg_ept_notify: an endpoint, and the ack that a request about it waits for."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.id = number
        self.ack: int | None = None


class ControllerRequests:
    """What one control channel asks of its remote; ``number`` is the control device's own id.

    LinuxError of all requests: ETIMEDOUT after 500 ms without ack, EFAULT for an ack that is not
    OK, and what sending raises.
    """

    def __init__(self, platform: Platform, rpdev: RpmsgDevice, number: int, say: Say) -> None:
        self._rpdev = rpdev
        self._number = number
        self._say = say
        self._acked = platform.wait_queue("answer", "rpmsg control request")
        self._controller = _Waiter("", 0)
        self._waiting: list[_Waiter] = [self._controller]
        self._endpoints: list[_Waiter] = []

    async def create(self, name: str, number: int) -> None:
        """Have the remote create the endpoint ``number`` for what it bound to ``name``."""
        waiter = _Waiter(name, number)
        self._waiting.insert(0, waiter)
        try:
            try:
                await self._send(name, number, Command.CREATE_CLIENT)
            except LinuxError:
                self._say("send data failed")
                raise LinuxError(errno.EFAULT) from None
            await self._wait(waiter, f"create {name} eptdev failed(timeout)")
        finally:
            self._waiting.remove(waiter)
        self._endpoints.insert(0, waiter)

    async def release(self, number: int) -> None:
        """Have the remote close endpoint ``number``; LinuxError ENODEV when it is unknown here.

        Once the request is sent the endpoint is forgotten, whatever comes back.
        """
        waiter = next((known for known in self._endpoints if known.id == number), None)
        if waiter is None:
            self._say(f"/dev/rpmsg{number} dev not exits ")
            raise LinuxError(errno.ENODEV)
        waiter.ack = None
        self._waiting.insert(0, waiter)
        try:
            await self._send(waiter.name, number, Command.CLOSE_CLIENT)
        except LinuxError:
            self._stop_waiting(waiter)
            raise
        try:
            await self._wait(waiter, f"close {waiter.name} eptdev failed(timeout)")
        finally:
            self._stop_waiting(waiter)
            if waiter in self._endpoints:
                self._endpoints.remove(waiter)

    async def clear(self, name: str) -> None:
        """Have the remote close every endpoint of ``name``."""
        await self._reset(name, Command.RESET_GRP_CLIENT, f"clear {name} group failed(timeout)")

    async def reset(self) -> None:
        """Have the remote close every endpoint."""
        await self._reset("", Command.RESET_ALL_CLIENT, "reset rpmsg_ctrl group failed(timeout)")

    def acknowledge(self, number: int, ack: int) -> None:
        """The remote's controller answered; LinuxError ENOENT when nobody waits for it."""
        waiter = next((known for known in self._waiting if known.id == number), None)
        if waiter is None:
            self._say(f"/dev/rpmsg{number} dev not exits ")
            raise LinuxError(errno.ENOENT)
        waiter.ack = ack
        self._acked.wake_up()

    async def _reset(self, name: str, command: Command, late: str) -> None:
        waiter = self._controller
        waiter.ack = None
        if waiter not in self._waiting:
            self._waiting.insert(0, waiter)
        sent = False
        try:
            await self._send(name, 0, command, wait=False)
            sent = True
            await self._wait(waiter, late)
        finally:
            self._stop_waiting(waiter)
            if sent and command == Command.RESET_GRP_CLIENT:
                self._endpoints.clear()

    async def _send(self, name: str, number: int, command: Command, *, wait: bool = True) -> None:
        ept = self._rpdev.ept
        if ept is None:
            raise LinuxError(errno.EINVAL)
        message = control_message(name, number, self._number, command)
        await (ept.send(message) if wait else ept.trysend(message))

    async def _wait(self, waiter: _Waiter, late: str) -> None:
        if not await self._acked.wait(lambda: waiter.ack is not None, ACK_TIMEOUT_NS):
            self._say(late)
            raise LinuxError(errno.ETIMEDOUT)
        if waiter.ack != Ack.OK:
            assert waiter.ack is not None
            if waiter.ack in _COMPLAINTS:
                self._say(_COMPLAINTS[waiter.ack])
            raise LinuxError(errno.EFAULT)

    def _stop_waiting(self, waiter: _Waiter) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
