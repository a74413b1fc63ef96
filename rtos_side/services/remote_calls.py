# SPDX-License-Identifier: Apache-2.0
# Service calls over the link, both ways at once: this core is client and server.
#
# One thread receives; it never waits for a service, so that an answer is seen while functions of
# this core run. Those run in a few threads of their own, which may make calls themselves.

from rtos_side.hal import const
from rtos_side.kernel.errors import EOK
from rtos_side.kernel.ipc import Mailbox, Semaphore
from rtos_side.kernel.thread import Thread
from rtos_side.rpmsg_lite.constants import RL_SUCCESS
from rtos_side.services import service_layout as layout
from rtos_side.services.channel import Channel
from rtos_side.services.errors import (
    CallTimedOut,
    NoFunction,
    NoService,
    ServerDead,
    ServiceFailed,
)
from rtos_side.services.names import SERVICE
from rtos_side.services.worker import SLICE, STACK_SIZE, serve

THREAD = "service"
PRIORITY = const(8)
WORKER = "srv_call%d"
WORKER_PRIORITY = const(9)

# Calls of Linux that run at the same time, that wait for their turn, and calls of this core that
# wait for an answer.
WORKERS = const(4)
QUEUED_MAX = const(16)
PENDING_MAX = const(16)

_STATUS = {
    layout.NOSERVICE: NoService,
    layout.NOFUNCTION: NoFunction,
    layout.FAILED: ServiceFailed,
}


# A service's name; one that is no text is no service's.
def _text(name):
    try:
        return name.decode()
    except UnicodeError:
        return ""


# A call that waits for its RETURN.
class _Pending:
    def __init__(self, kernel, name, function):
        self.name = name
        self.function = function
        self.done = Semaphore(kernel, "call", 0)
        # (status, data) of the answer; None when the server has died.
        self.answer = None


class RemoteCalls:
    def __init__(self, link, services):
        self._link = link
        self._services = services
        self._kernel = link.kernel
        self._channel = Channel(link, SERVICE)
        self._pending = {}
        self._sequence = 0
        self._calls = Mailbox(link.kernel, "srv_calls", QUEUED_MAX)
        self._ended = False

    async def start(self):
        kernel = self._kernel
        await self._channel.open()
        self._services.remote = self
        for i in range(WORKERS):
            await Thread(
                kernel, WORKER % i, self._worker, STACK_SIZE, WORKER_PRIORITY, SLICE
            ).startup()
        await serve(self._channel, THREAD, PRIORITY, self._message)

    # The link is gone: every waiting call fails, the threads end.
    async def end(self):
        self._services.remote = None
        self._ended = True
        for pending in list(self._pending.values()):
            await pending.done.release()
        await self._calls.delete()

    # Client ####################################################################

    # As Services.call(), for a service of the other core.
    async def call(self, name, function, data, timeout):
        if not await self._channel.wait_ready(timeout):
            raise ServerDead(name, function)
        if len(self._pending) >= PENDING_MAX:
            raise ServiceFailed(name, function)
        kernel = self._kernel
        sequence = self._next_sequence()
        pending = self._pending[sequence] = _Pending(kernel, name.encode(), function)
        try:
            message = layout.pack(layout.CALL, layout.OK, sequence, function, pending.name, data)
            if await self._channel.send(message) != RL_SUCCESS:
                raise ServerDead(name, function)
            status = await pending.done.take(kernel.tick_from_millisecond(timeout))
        finally:
            del self._pending[sequence]
            pending.done.unregister()
        if status != EOK:
            raise CallTimedOut(name, function)
        if pending.answer is None:
            raise ServerDead(name, function)
        result, answer = pending.answer
        if result != layout.OK:
            raise _STATUS.get(result, ServiceFailed)(name, function)
        return answer

    def _next_sequence(self):
        while True:
            self._sequence = (self._sequence + 1) & 0xFFFF
            if self._sequence not in self._pending:
                return self._sequence

    # Both ######################################################################

    # What is no message of this protocol is dropped, and so is an answer that nobody waits for.
    async def _message(self, message):
        fields = layout.unpack(message)
        if fields is None:
            return
        kind = fields[0]
        if kind == layout.RETURN:
            await self._returned(fields)
        elif kind == layout.CALL and await self._calls.send(fields) != EOK:
            await self._answer(fields, layout.FAILED, b"")

    async def _returned(self, fields):
        _, status, sequence, function, name, data = fields
        pending = self._pending.get(sequence)
        if pending is None or pending.name != name or pending.function != function:
            return
        if pending.answer is None:
            pending.answer = status, data
            await pending.done.release()

    # Server ####################################################################

    async def _worker(self):
        while not self._ended:
            status, fields = await self._calls.recv()
            if status == EOK:
                await self._serve(fields)

    async def _serve(self, fields):
        _, _, _, function, name, data = fields
        status = layout.OK
        result = b""
        try:
            result = await self._services.call_local(_text(name), function, data)
        except NoService:
            status = layout.NOSERVICE
        except NoFunction:
            status = layout.NOFUNCTION
        except ServiceFailed:
            status = layout.FAILED
        await self._answer(fields, status, result)

    async def _answer(self, fields, status, data):
        _, _, sequence, function, name, _ = fields
        message = layout.pack(layout.RETURN, status, sequence, function, name, data)
        await self._channel.send(message)
