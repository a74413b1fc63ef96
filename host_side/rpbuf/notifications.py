# SPDX-License-Identifier: Apache-2.0
"""What the remote tells of its buffers, and what that does to Linux's (rpbuf_core.c)."""

from __future__ import annotations

import errno

from host_side.kernel.errors import LinuxError
from host_side.kernel.printk import INFO, WARNING
from host_side.rpbuf.buffer import Buffer, State
from host_side.rpbuf.controller import Controller, by_name
from host_side.rpbuf.layout import (
    SYNC_TRANSMIT,
    Ack,
    Content,
    Created,
    Destroyed,
    Transmitted,
    name_of,
)
from host_side.rpbuf.link import Link


class Notifications:
    """Handlers of a controller's frames; LinuxError is what the original returns."""

    def __init__(self, controller: Controller, link: Link) -> None:
        self._controller = controller
        self._link = link
        self._say = controller.say

    async def handle(self, content: Content) -> None:
        """Do what a frame asks for."""
        if isinstance(content, Created):
            await self._created(content)
        elif isinstance(content, Destroyed):
            await self._destroyed(content)
        elif isinstance(content, Transmitted):
            await self._transmitted(content)
        else:
            await self._acked(content)

    # CREATED.

    async def _created(self, content: Created) -> None:
        controller, name = self._controller, name_of(content.name)
        async with self._link.controller_lock:
            known = by_name(controller.buffers.values(), name)
            if known is None:
                buffer = await self._enter(name, content)
        if known is not None:
            again = f'(unexpected) remote re-allocating buffer "{name}"'
            self._say(f"{again} (available: {content.is_available})", INFO)
            if not content.is_available:
                await self._tell(known)
            return
        if buffer is None:
            return
        if buffer.offline:
            buffer.offline = False
            await self._tell(buffer)
        if buffer.user is not None:
            buffer.state = State.WORKING
            await buffer.user.available(buffer)
            self._work_done(buffer)

    async def _enter(self, name: str, content: Created) -> Buffer | None:
        """Complete Linux's buffer of that name, or note the remote's; what became available."""
        buffer = by_name(self._controller.local_dummy, name)
        if buffer is None:
            self._note(name, content)
            return None
        await self._complete(buffer, content)
        return buffer

    async def _complete(self, buffer: Buffer, content: Created) -> None:
        controller = self._controller
        if buffer.len != content.len:
            lengths = f"(local: {buffer.len}, remote: {content.len})"
            self._say(f"buffer length not match with remote {lengths}")
            raise LinuxError(errno.EINVAL)
        if not buffer.allocated:
            try:
                await controller.memory.allocate(buffer)
            except LinuxError:
                self._say("rpbuf_alloc_buffer_payload_memory failed")
                raise
        if content.id in controller.buffers:
            self._say(f"idr_alloc for id {content.id} failed: {-errno.ENOSPC}")
            raise LinuxError(errno.ENOSPC)
        buffer.id = content.id
        controller.buffers[buffer.id] = buffer
        controller.local_dummy.remove(buffer)
        moved = "local_dummy_buffers -> buffers"
        self._say(f'buffer "{buffer.name}" (id:{buffer.id}): {moved}', INFO)

    def _note(self, name: str, content: Created) -> None:
        controller = self._controller
        dummy = by_name(controller.remote_dummy, name)
        if dummy is not None:
            overwritten = "(unexpected) overwrite information in 'remote_dummy_buffers'"
            self._say(f'buffer "{name}": {overwritten}', INFO)
            self._forget_memory(dummy)
        else:
            dummy = controller.new_buffer(name, content.len)
            if dummy is None:
                self._say("rpbuf_alloc_buffer_instance failed")
                raise LinuxError(errno.ENOMEM)
            controller.remote_dummy.append(dummy)
            self._say(f'buffer "{name}": NULL -> remote_dummy_buffers', INFO)
        dummy.len, dummy.id = content.len, content.id
        dummy.pa, dummy.da = content.pa, content.da

    def _forget_memory(self, dummy: Buffer) -> None:
        """The original overwrites the address and keeps ``allocated``: that memory would be lost,
        and the next buffer of the name would lie where the remote says. Here it is freed."""
        if dummy.allocated:
            self._controller.memory.free(dummy)

    async def _tell(self, buffer: Buffer) -> None:
        try:
            await self._link.notify(buffer.created(True))
        except LinuxError as error:
            self._say(f"rpbuf_notify_by_link BUFFER_CREATED failed: {-error.errno}")
            raise

    # DESTROYED.

    async def _destroyed(self, content: Destroyed) -> None:
        controller = self._controller
        async with self._link.controller_lock:
            dummy = next(
                (known for known in controller.remote_dummy if known.id == content.id), None
            )
            if dummy is not None:
                controller.remote_dummy.remove(dummy)
                if dummy.allocated:
                    controller.memory.free(dummy)
                self._say(f'buffer "{dummy.name}": remote_dummy_buffers -> NULL', INFO)
                return
            buffer = controller.buffers.pop(content.id, None)
            if buffer is None:
                self._say("buffer not found, nothing handled with BUFFER_DESTROYED")
                raise LinuxError(errno.EINVAL)
            controller.local_dummy.append(buffer)
            moved = "buffers -> local_dummy_buffers"
            self._say(f'buffer "{buffer.name}" (id:{content.id}): {moved}', INFO)
            buffer.state |= State.WORKING
        if buffer.user is not None:
            await buffer.user.destroyed(buffer)
        buffer.state = (buffer.state & ~State.WORKING) | State.DESTROYED
        buffer.wait.wake_up()

    # TRANSMITTED.

    async def _transmitted(self, content: Transmitted) -> None:
        async with self._link.controller_lock:
            buffer = self._find(content.id)
            buffer.state |= State.WORKING
        try:
            await self._take(buffer, content)
        finally:
            self._work_done(buffer)

    async def _take(self, buffer: Buffer, content: Transmitted) -> None:
        if buffer.state & State.DESTROYED:
            raise LinuxError(errno.ECONNREFUSED)
        offset, length = content.offset, content.data_len
        if self._controller.check_range and offset + length > buffer.len:
            outside = f"range {offset}+{length} is outside the buffer's {buffer.len} bytes"
            self._say(f'"{buffer.name}" received: {outside}', WARNING)
            raise LinuxError(errno.EINVAL)
        user = buffer.user
        if content.flags & SYNC_TRANSMIT:
            buffer.need_ack = True
        if user is not None:
            await user.received(buffer, offset, length)
        if content.flags & SYNC_TRANSMIT and not (user is not None and user.acknowledges):
            try:
                await self._controller.acknowledge(buffer)
            except LinuxError:
                failed = f'buffer "{buffer.name}" (id:{buffer.id}) notify remote failed'
                self._say(failed, WARNING)
                raise LinuxError(errno.EFAULT) from None

    # ACK.

    async def _acked(self, content: Ack) -> None:
        async with self._link.controller_lock:
            buffer = self._find(content.id)
            buffer.state |= State.GETNOTIFY
        buffer.wait.wake_up()

    def _find(self, number: int) -> Buffer:
        buffer = self._controller.buffers.get(number)
        if buffer is None:
            self._say(f"no buffer with id {_signed(number)} in local", WARNING)
            raise LinuxError(errno.ENOENT)
        return buffer

    def _work_done(self, buffer: Buffer) -> None:
        buffer.state &= ~State.WORKING
        if buffer.state & State.DESTROYED:
            buffer.wait.wake_up()


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number
