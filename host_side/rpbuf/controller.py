# SPDX-License-Identifier: Apache-2.0
"""Linux's controller: the master, who allocates the memory (rpbuf_core.c).

A buffer that only Linux has allocated waits in ``local_dummy``, one that only the remote has
allocated in ``remote_dummy``; once both have, under the same name and with the same length, it is
in ``buffers`` and can be transmitted.

Where the original would hang it differs: the lock is given back when memory runs out, and a sender
that waits for an ACK gets ECONNRESET when the remote goes away, not only when it frees the buffer.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR, INFO
from host_side.rpbuf.buffer import Buffer, BufferUser, State, valid_name
from host_side.rpbuf.layout import NAME_SIZE, SYNC_TRANSMIT, Ack, Destroyed, Transmitted
from host_side.rpbuf.link import Link
from host_side.rpbuf.memory import PayloadMemory


class Controller:
    """``check_range`` refuses data outside a buffer, which the original lets pass."""

    def __init__(
        self, platform: Platform, prefix: str, memory: PayloadMemory, *, check_range: bool = False
    ) -> None:
        self.prefix = prefix
        self.memory = memory
        self.check_range = check_range
        self.ready = platform.wait_queue("rpbuf link")
        self.remote_dummy: list[Buffer] = []
        self.local_dummy: list[Buffer] = []
        self.buffers: dict[int, Buffer] = {}
        self._platform = platform
        self._link: Link | None = None

    @property
    def link(self) -> Link:
        """What it is registered at."""
        assert self._link is not None
        return self._link

    @link.setter
    def link(self, link: Link) -> None:
        self._link = link

    def new_buffer(self, name: str, length: int, user: BufferUser | None = None) -> Buffer | None:
        """A buffer without memory; None, with the kernel's message, for a bad name."""
        if not valid_name(name):
            valid = f"its length should be in range [1, {NAME_SIZE})"
            self.say(f'invalid buffer name "{name}", {valid}')
            self.say("rpbuf_alloc_buffer_instance failed")
            return None
        return Buffer(name, length, self._platform.wait_queue("rpbuf buffer", name), user)

    # What a buffer's user calls.

    async def alloc(self, name: str, length: int, user: BufferUser) -> Buffer | None:
        """rpbuf_alloc_buffer(): None, with the reason in the log, when it cannot be had.

        The user's ``available`` is called when the remote has allocated it too, now or later.
        """
        buffer = self.new_buffer(name, length, user)
        if buffer is None:
            return None
        try:
            async with self.link.controller_lock:
                available = await self._enter(buffer)
        except LinuxError:
            return None
        try:
            await self.link.notify(buffer.created(available))
        except LinuxError as error:
            self.say(f"rpbuf_notify_by_link BUFFER_CREATED failed: {-error.errno}")
            await self._free(buffer, tell=False)
            return None
        if available:
            await user.available(buffer)
        return buffer

    async def free(self, buffer: Buffer) -> None:
        """rpbuf_free_buffer(); LinuxError EINVAL for one that is not allocated, ERESTARTSYS."""
        await self._free(buffer, tell=True)

    def is_available(self, buffer: Buffer) -> bool:
        """Both sides have allocated it."""
        known = self.buffers.get(buffer.id)
        if known is not None and known is not buffer:
            self.say("unexpected buffer ptr 0x(ptrval), it should be 0x(ptrval)")
        return known is buffer

    async def transmit(self, buffer: Buffer, offset: int, length: int) -> None:
        """rpbuf_transmit_buffer(): tell the remote of data, and with ``sync`` wait for its ACK.

        LinuxError EACCES when the buffer is not available, ECONNRESET when it goes away while
        waiting, ERESTARTSYS, and what sending raises. The range is not checked, as in the original,
        unless the board asks for it: then EINVAL.
        """
        if not self.is_available(buffer):
            self.say("buffer not available")
            raise LinuxError(errno.EACCES)
        if self.check_range and offset + length > buffer.len:
            self.say(f"range {offset}+{length} is outside the buffer's {buffer.len} bytes")
            raise LinuxError(errno.EINVAL)
        if buffer.sync:
            buffer.state &= ~State.GETNOTIFY
        flags = SYNC_TRANSMIT if buffer.sync else 0
        try:
            await self.link.notify(Transmitted(buffer.id, offset, length, flags))
        except LinuxError as error:
            self.say(f"rpbuf_notify_by_link BUFFER_TRANSMITTED failed: {-error.errno}")
            raise
        if buffer.sync:
            try:
                await self._wait_ack(buffer)
            except LinuxError as error:
                failed = f"BUFFER_ACK failed: {-error.errno}"
                self.say(f"rpbuf_wait_for_remotebuffer_complete {failed}")
                raise

    async def acknowledge(self, buffer: Buffer) -> None:
        """rpbuf_notify_remotebuffer_complete(): send the ACK that the remote waits for, if any."""
        if not buffer.need_ack:
            return
        buffer.need_ack = False
        await self.link.notify(Ack(buffer.id, 0))

    # The remote goes away.

    async def reset(self) -> None:
        """rpbuf_reset_controller(): available buffers wait for the remote to come back."""
        for number, buffer in list(self.buffers.items()):
            del self.buffers[number]
            buffer.offline = True
            buffer.state |= State.DESTROYED
            buffer.wait.wake_up()
            self.local_dummy.append(buffer)
            moved = "buffers -> local_dummy_buffers"
            self.say(f'buffer "{buffer.name}" (id:{number}): {moved}', INFO)
        for buffer in self.remote_dummy:
            if buffer.allocated:
                self.memory.free(buffer)
            self.say(f'buffer "{buffer.name}": remote_dummy_buffers -> NULL', INFO)
        self.remote_dummy.clear()

    async def destroy(self) -> None:
        """rpbuf_destroy_controller(): free the memory of all buffers."""
        for buffer in (*self.remote_dummy, *self.local_dummy, *self.buffers.values()):
            if buffer.allocated:
                self.memory.free(buffer)
        self.remote_dummy.clear()
        self.local_dummy.clear()
        self.buffers.clear()

    def say(self, text: str, level: int = ERR) -> None:
        """dev_printk() of the controller's device."""
        self._platform.printk(self.prefix, text, level)

    # Inside.

    async def _enter(self, buffer: Buffer) -> bool:
        """Put a new buffer where it belongs; True when it is available. LinuxError if it cannot."""
        name = buffer.name
        if by_name(self.local_dummy, name) is not None:
            self.say(f"buffer \"{name}\" already exists in 'local_dummy_buffers'")
            raise LinuxError(errno.EEXIST)
        if by_name(self.buffers.values(), name) is not None:
            self.say(f"buffer \"{name}\" already exists in 'buffers'")
            raise LinuxError(errno.EEXIST)
        dummy = by_name(self.remote_dummy, name)
        if dummy is not None:
            await self._match(buffer, dummy)
            return True
        await self._allocate(buffer)
        self.local_dummy.append(buffer)
        self.say(f'buffer "{name}": NULL -> local_dummy_buffers', INFO)
        return False

    async def _match(self, buffer: Buffer, dummy: Buffer) -> None:
        if buffer.len != dummy.len:
            lengths = f"(local: {buffer.len}, remote: {dummy.len})"
            self.say(f"buffer length not match with remote {lengths}")
            raise LinuxError(errno.EINVAL)
        if dummy.id in self.buffers:
            self.say(f"idr_alloc for new id {dummy.id} failed: {-errno.ENOSPC}")
            raise LinuxError(errno.ENOSPC)
        if dummy.allocated:
            buffer.take_over(dummy)
        else:
            await self._allocate(buffer)
        buffer.id = dummy.id
        self.buffers[buffer.id] = buffer
        self.remote_dummy.remove(dummy)
        self.say(f'buffer "{buffer.name}" (id:{buffer.id}): remote_dummy_buffers -> buffers', INFO)

    async def _allocate(self, buffer: Buffer) -> None:
        try:
            await self.memory.allocate(buffer)
        except LinuxError:
            self.say("rpbuf_alloc_buffer_payload_memory failed")
            raise

    async def _free(self, buffer: Buffer, *, tell: bool) -> None:
        buffer.state |= State.DESTROYED
        if tell:
            try:
                await self.link.notify(Destroyed(buffer.id))
            except LinuxError as error:
                self.say(f"rpbuf_notify_by_link BUFFER_DESTROYED failed: {-error.errno}")
        await buffer.wait.wait(lambda: not buffer.state & State.WORKING, interruptible=True)
        async with self.link.controller_lock:
            self._leave(buffer)

    def _leave(self, buffer: Buffer) -> None:
        if buffer in self.local_dummy:
            self.local_dummy.remove(buffer)
            if buffer.allocated:
                self.memory.free(buffer)
            self.say(f'buffer "{buffer.name}": local_dummy_buffers -> NULL', INFO)
            return
        if self.buffers.get(buffer.id) is not buffer:
            self.say("buffer not found, maybe it is not allocated?")
            raise LinuxError(errno.EINVAL)
        del self.buffers[buffer.id]
        dummy = by_name(self.remote_dummy, buffer.name)
        if dummy is not None:
            overwritten = "(unexpected) overwrite information in 'remote_dummy_buffers'"
            self.say(f'buffer "{buffer.name}": {overwritten}', INFO)
            dummy.len = buffer.len
            dummy.take_over(buffer)
            return
        # Its memory stays until the remote frees it as well.
        dummy = Buffer(buffer.name, buffer.len, self._platform.wait_queue("rpbuf buffer"))
        dummy.take_over(buffer)
        self.remote_dummy.append(dummy)
        moved = "buffers -> remote_dummy_buffers"
        self.say(f'buffer "{buffer.name}" (id:{buffer.id}): {moved}', INFO)

    async def _wait_ack(self, buffer: Buffer) -> None:
        await buffer.wait.wait(
            lambda: buffer.state & (State.GETNOTIFY | State.DESTROYED), interruptible=True
        )
        buffer.state &= ~State.GETNOTIFY
        if buffer.state & State.DESTROYED:
            raise LinuxError(errno.ECONNRESET)


def by_name(buffers: Iterable[Buffer], name: str) -> Buffer | None:
    """The first buffer of that name."""
    return next((buffer for buffer in buffers if buffer.name == name), None)
