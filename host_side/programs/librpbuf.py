# SPDX-License-Identifier: Apache-2.0
"""The vendor's librpbuf: a buffer of shared memory for a program."""

from __future__ import annotations

from host_side.fs.flags import O_RDWR
from host_side.kernel.errors import LinuxError
from host_side.programs.mapping import UserMapping
from host_side.programs.process import Process, strerror
from host_side.rpbuf import uapi
from host_side.rpbuf.layout import NAME_SIZE
from host_side.rpbuf.uapi import BufferInfo, Transfer


class RpbufBuffer:
    """An allocated buffer; get one from ``alloc_buffer``."""

    def __init__(
        self, process: Process, info: BufferInfo, ctrl_fd: int, buf_fd: int, memory: UserMapping
    ) -> None:
        self.info = info
        self.memory = memory
        self._process = process
        self._ctrl_fd = ctrl_fd
        self._buf_fd = buf_fd

    async def is_available(self) -> bool:
        """Both sides have allocated it."""
        flag = bytearray(1)
        await self._process.ioctl(self._buf_fd, uapi.CHECK_AVAIL, flag)
        return bool(flag[0])

    async def set_sync(self, sync: bool) -> None:
        """Have ``transmit`` wait until the remote has taken the data."""
        await self._process.ioctl(self._buf_fd, uapi.SET_SYNC_BUF, sync.to_bytes(4, "little"))

    async def transmit(self, offset: int, length: int) -> None:
        """Tell the remote of data in the buffer; LinuxError, which has been told."""
        argument = Transfer(offset, length, 0).pack()
        await self._ioctl("TRANSMIT_BUF", uapi.TRANSMIT_BUF, argument)

    async def receive(self, timeout_ms: int) -> Transfer:
        """Where the remote has put data.

        ``timeout_ms`` of the result is what is left of the time, or -ETIMEDOUT (-110).
        """
        argument = bytearray(Transfer(0, 0, timeout_ms).pack())
        await self._ioctl("RECEIVE_BUF", uapi.RECEIVE_BUF, argument)
        return Transfer.read(argument)

    async def free(self) -> None:
        """rpbuf_free_buffer(): close and destroy it."""
        process = self._process
        await process.close(self._buf_fd)
        await process.ioctl(self._ctrl_fd, uapi.DESTROY_BUF, self.info.pack())
        await process.close(self._ctrl_fd)

    async def _ioctl(self, name: str, command: int, argument: bytes | bytearray) -> None:
        try:
            await self._process.ioctl(self._buf_fd, command, argument)
        except LinuxError as error:
            text = f"buffer {self.info.name}: ioctl {name} failed ({strerror(error)})\n"
            await self._process.complain(text)
            raise


async def alloc_buffer(process: Process, ctrl: int, name: str, length: int) -> RpbufBuffer | None:
    """rpbuf_alloc_buffer(); None when it cannot be had, the reason on standard error."""
    if not 0 < len(name) < NAME_SIZE:
        valid = f"its length should be in range [1, {NAME_SIZE})"
        await process.complain(f'invalid buffer name "{name}", {valid}\n')
        return None
    info = BufferInfo(name, length)
    ctrl_fd = await _open(process, f"/dev/rpbuf_ctrl{ctrl}")
    if ctrl_fd is None:
        return None
    try:
        await process.ioctl(ctrl_fd, uapi.CREATE_BUF, info.pack())
    except LinuxError as error:
        await process.complain(f"buffer {name}: ioctl CREATE_BUF failed ({strerror(error)})\n")
        await process.close(ctrl_fd)
        return None
    buf_fd = await _open(process, f"/dev/rpbuf-{name}")
    if buf_fd is None:
        await process.close(ctrl_fd)
        return None
    memory = await process.mmap(buf_fd, length)
    return RpbufBuffer(process, info, ctrl_fd, buf_fd, memory)


async def _open(process: Process, path: str) -> int | None:
    try:
        return await process.open(path, O_RDWR)
    except LinuxError as error:
        await process.complain(f"failed to open {path} ({strerror(error)})\n")
        return None
