# SPDX-License-Identifier: Apache-2.0
"""The channel ``sunxi,service``: calls of both cores over one link, both ways at once.

A call from the remote runs in a task of its own, so that answers are seen meanwhile and a service
may make calls itself.
"""

from __future__ import annotations

import errno
from collections.abc import Coroutine
from typing import Any, Protocol

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.rpmsg.core import RpmsgBus, RpmsgDevice, RpmsgDriver
from host_side.services.errors import (
    CallTimedOut,
    NoFunction,
    NoService,
    ServerDead,
    ServiceError,
    ServiceFailed,
)
from host_side.services.layout import Kind, Message, Status
from host_side.services.registry import Services

RUNNING_MAX = 16
"""Calls of the remote that run at a time; more are answered with FAILED."""
NS_PER_MS = 1_000_000

_ERRORS: dict[int, type[ServiceError]] = {
    Status.NOSERVICE: NoService,
    Status.NOFUNCTION: NoFunction,
    Status.FAILED: ServiceFailed,
}


class ServiceKernel(Platform, Protocol):
    """A kernel with tasks and an rpmsg bus (``LinuxKernel``)."""

    rpmsg: RpmsgBus

    def spawn(self, coro: Coroutine[Any, Any, Any], name: str) -> object:
        """Start a kernel thread."""


class _Pending:
    """A call that waits for its RETURN."""

    def __init__(self, name: bytes, function: int) -> None:
        self.name = name
        self.function = function
        self.answer: Message | None = None


class RemoteCalls:
    """Both ends of one channel on this core."""

    def __init__(self, kernel: ServiceKernel, rpdev: RpmsgDevice, services: Services) -> None:
        self._kernel = kernel
        self._rpdev = rpdev
        self._services = services
        self._answered = kernel.wait_queue("answer", "service call")
        self._pending: dict[int, _Pending] = {}
        self._sequence = 0
        self._running = 0
        self._dead = False

    async def hello(self) -> None:
        """Tell the remote Linux's address."""
        await self._send(Message(Kind.HELLO))

    # Client.

    async def call(self, name: str, function: int, data: bytes, timeout_ms: int) -> bytes:
        """As ``Services.call``, over the link. ERESTARTSYS when a signal interrupts it."""
        sequence = self._next_sequence()
        pending = self._pending[sequence] = _Pending(name.encode("ascii"), function)
        self._kernel.event("service_call", sequence, function)
        try:
            await self._ask(Message(Kind.CALL, sequence, function, pending.name, data), name)
            answered = await self._answered.wait(
                lambda: pending.answer is not None or self._dead,
                timeout_ms * NS_PER_MS,
                interruptible=True,
            )
        finally:
            del self._pending[sequence]
        answer = pending.answer
        if answer is None:
            if answered:
                raise ServerDead(name, function, errno.ECONNRESET)
            raise CallTimedOut(name, function)
        self._kernel.event("service_return", sequence, answer.status)
        if answer.status != Status.OK:
            raise _ERRORS.get(answer.status, ServiceFailed)(name, function)
        return answer.data

    def end(self) -> None:
        """The link is gone: whoever waits learns that the server is dead."""
        self._dead = True
        self._answered.wake_up()

    async def _ask(self, message: Message, name: str) -> None:
        try:
            await self._send(message)
        except LinuxError:
            raise ServerDead(name, message.function) from None

    def _next_sequence(self) -> int:
        while True:
            self._sequence = (self._sequence + 1) & 0xFFFF
            if self._sequence not in self._pending:
                return self._sequence

    # Both.

    async def received(self, raw: bytes) -> None:
        """A message; what is none is dropped, and so is an answer that nobody waits for."""
        message = Message.unpack(raw)
        if message is None:
            return
        if message.kind == Kind.RETURN:
            self._returned(message)
        elif message.kind == Kind.CALL:
            if self._running >= RUNNING_MAX:
                await self._answer(message, Status.FAILED, b"")
                return
            self._running += 1
            self._kernel.spawn(self._serve(message), f"service/{message.sequence}")

    def _returned(self, message: Message) -> None:
        pending = self._pending.get(message.sequence)
        if pending is None or pending.answer is not None:
            return
        if (pending.name, pending.function) == (message.name, message.function):
            pending.answer = message
            self._answered.wake_up()

    # Server.

    async def _serve(self, call: Message) -> None:
        status, result = Status.OK, b""
        try:
            name = call.name.decode("latin-1")
            result = await self._services.call_local(name, call.function, call.data)
        except NoService:
            status = Status.NOSERVICE
        except NoFunction:
            status = Status.NOFUNCTION
        except LinuxError:
            status = Status.FAILED
        finally:
            self._running -= 1
        await self._answer(call, status, result)

    async def _answer(self, call: Message, status: Status, data: bytes) -> None:
        answer = call._replace(kind=Kind.RETURN, status=status, data=data)
        try:
            await self._send(answer)
        except LinuxError:
            return  # the caller has gone with the link

    async def _send(self, message: Message) -> None:
        ept = self._rpdev.ept
        if ept is None or self._dead:
            raise LinuxError(errno.EPIPE)
        await ept.send(message.pack())


class ServiceChannel(RpmsgDriver):
    """The driver; its channel is where ``services`` looks for what is not on this core."""

    name = "sunxi_service"
    id_table = ("sunxi,service",)

    def __init__(self, kernel: ServiceKernel, services: Services) -> None:
        self._kernel = kernel
        self._services = services
        self._calls: dict[RpmsgDevice, RemoteCalls] = {}

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Say HELLO; LinuxError when that cannot be sent, or EBUSY for a second link."""
        if self._services.remote is not None:
            raise LinuxError(errno.EBUSY)
        calls = self._calls[rpdev] = RemoteCalls(self._kernel, rpdev, self._services)
        rpdev.announce = True
        try:
            await calls.hello()
        except LinuxError:
            del self._calls[rpdev]
            raise
        self._services.remote = calls

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """A call or an answer."""
        await self._calls[rpdev].received(data)

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """The link goes away: calls that wait fail with ServerDead."""
        self._services.remote = None
        self._calls.pop(rpdev).end()
