# SPDX-License-Identifier: Apache-2.0
# RPBuf's service: the controller's changes told over the channel, and what Linux tells.
#
# Callbacks run in the service's thread. They must not wait for an ACK: it would come there too.

from rtos_side.hal import const
from rtos_side.kernel.ipc import Semaphore
from rtos_side.kernel.thread import Thread
from rtos_side.rpbuf import layout
from rtos_side.rpbuf.buffer import DONE, IDLE, RESET, WAITING, Buffer
from rtos_side.rpbuf.controller import Controller
from rtos_side.rpbuf.errors import EACCES, ECONNRESET, EINVAL, EIO, ENOENT, EOK
from rtos_side.rpmsg_lite.constants import RL_SUCCESS
from rtos_side.services.channel import Channel
from rtos_side.services.names import RPBUF

THREAD = "rpbuf"
PRIORITY = const(7)
STACK_SIZE = const(4096)
SLICE = const(20)


class RpbufService:
    def __init__(self, link):
        self._link = link
        self._channel = None
        self.controller = Controller()
        # async function(name, length), told of every buffer that only Linux has allocated.
        self.on_remote = None
        self._steps = {
            layout.CREATED: self._created,
            layout.DESTROYED: self._destroyed,
            layout.TRANSMITTED: self._transmitted,
            layout.ACK: self._acked,
        }

    async def start(self):
        kernel = self._link.kernel
        channel = self._channel = Channel(self._link, RPBUF)
        await channel.open()
        args = (channel,)
        await Thread(kernel, THREAD, self._entry, STACK_SIZE, PRIORITY, SLICE, args).startup()

    # The link is gone: nothing is available any more, and nobody acks.
    async def end(self):
        self._channel = None
        for buffer in self.controller.forget_remote():
            await self._reset(buffer)

    # The application ###########################################################

    # Allocate a buffer and tell Linux; waits until Linux listens, at most so many ms. -> the
    # Buffer, or None when it cannot be had. For the callbacks see Buffer.
    async def alloc(self, name, length, available=None, rx=None, destroyed=None, timeout=15000):
        channel = self._channel
        if channel is None or not await channel.wait_ready(timeout):
            return None
        buffer = Buffer(name, length, available, rx, destroyed)
        if self.controller.add(buffer) != EOK:
            return None
        live = self.controller.is_live(buffer)
        if await self._tell_created(buffer) != EOK:
            self.controller.remove(buffer)
            return None
        if live and buffer.available is not None:
            await buffer.available(buffer)
        return buffer

    # Give a buffer up, Linux is told first. The slave is to do so before the master. -> EOK or an
    # error
    async def free(self, buffer):
        status = await self._tell(layout.DESTROYED, buffer.id)
        if status == EOK:
            await self._reset(buffer, False)
            status = self.controller.remove(buffer)
        return status

    # Forget a buffer that Linux has given up, without telling anybody.
    def discard(self, buffer):
        return self.controller.remove(buffer)

    def is_available(self, buffer):
        return self.controller.is_live(buffer)

    # Tell Linux that there is something in a part of the buffer; in sync mode wait until Linux has
    # taken it. The part is not compared with the length, as on the V821. -> EOK, -EACCES when the
    # buffer is not available, -EINVAL when somebody waits already, -ECONNRESET when the buffer
    # went away meanwhile
    async def transmit(self, buffer, offset, length):
        if not self.controller.is_live(buffer):
            return -EACCES
        if not buffer.sync:
            return await self._tell(layout.TRANSMITTED, buffer.id, offset, length, 0)
        if buffer.waiter is not None:
            return -EINVAL
        waiter = buffer.waiter = Semaphore(self._link.kernel, "rpbuf", 0)
        buffer.state = WAITING
        status = await self._tell(layout.TRANSMITTED, buffer.id, offset, length, layout.SYNC)
        if status == EOK:
            await waiter.take()
            status = EOK if buffer.state == DONE else -ECONNRESET
        buffer.waiter = None
        buffer.state = IDLE
        waiter.unregister()
        return status

    async def _tell(self, command, *fields):
        channel = self._channel
        if channel is None:
            return -ENOENT
        message = layout.pack(command, *fields)
        return EOK if await channel.send(message) == RL_SUCCESS else -EIO

    def _tell_created(self, buffer):
        live = int(self.controller.is_live(buffer))
        return self._tell(
            layout.CREATED, buffer.name, buffer.id, buffer.length, buffer.pa, buffer.da, live
        )

    # Linux #####################################################################

    # A link that has come up again is told what this side still has.
    async def _entry(self, channel):
        await channel.wait_ready()
        for buffer in list(self.controller.local.values()):
            await self._tell_created(buffer)
        while True:
            message = await channel.recv()
            if message is None:
                return
            await self._link.kernel.spend(self._link.kernel.costs["app_loop"])
            parts = layout.unpack(message)
            status = -EINVAL if parts is None else await self._steps[parts[0]](*parts[1])
            if status < 0:
                await self._link.log("rpbuf: message refused: %d\n" % status)

    # When both have the buffer already, Linux has lost its part and allocates it anew: it is told
    # what it was, unless it says that it knows.
    async def _created(self, name, id, length, pa, da, available):
        name = layout.name_of(name)
        controller = self.controller
        buffer = controller.find(name)
        if buffer is not None and controller.is_live(buffer):
            return EOK if available else await self._tell_created(buffer)
        status, buffer = controller.created(name, id, length, pa, da)
        if buffer is not None and buffer.available is not None:
            await buffer.available(buffer)
        elif status == EOK and buffer is None and self.on_remote is not None:
            await self.on_remote(name, length)
        return status

    async def _destroyed(self, id):
        status, buffer = self.controller.destroyed(id)
        if buffer is not None:
            await self._reset(buffer)
        return status

    # Whoever waits for the buffer's ACK waits in vain.
    async def _reset(self, buffer, tell=True):
        if buffer.state == WAITING:
            buffer.state = RESET
            await buffer.waiter.release()
        if tell and buffer.destroyed is not None:
            await buffer.destroyed(buffer)

    # A part that cannot be in the buffer is refused; the original hands it on.
    async def _transmitted(self, id, offset, length, flags):
        status, buffer = self.controller.lookup(id)
        if status != EOK:
            return status
        if offset >= buffer.length or length > buffer.length:
            return -EINVAL
        asked = buffer.asked = bool(flags & layout.SYNC)
        if buffer.rx is not None:
            await buffer.rx(buffer, offset, length)
        if asked:
            return await self._tell(layout.ACK, id, 0)
        return EOK

    async def _acked(self, id, time_difference):
        status, buffer = self.controller.lookup(id)
        if status != EOK:
            return status
        if buffer.state != WAITING:
            return -EINVAL
        buffer.state = DONE
        await buffer.waiter.release()
        return EOK
