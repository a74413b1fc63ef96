# SPDX-License-Identifier: Apache-2.0
"""ioctl numbers and arguments of RPBuf's devices (BSP include/uapi/linux/rpbuf.h, 32 bits)."""

from __future__ import annotations

import errno
from struct import Struct
from typing import NamedTuple

from host_side.fs.file import IoctlArgument
from host_side.kernel.errors import LinuxError
from host_side.rpbuf.layout import NAME_SIZE, name_field, name_of

CTRL_MAGIC, BUF_MAGIC = 0xB8, 0xB9
CREATE_BUF = 0x4024B801
DESTROY_BUF = 0x4024B802
CHECK_AVAIL = 0x8001B901
TRANSMIT_BUF = 0x400CB902
RECEIVE_BUF = 0xC00CB903
SET_SYNC_BUF = 0x400CB904
GET_PERF_DATA = 0x4008B905

_INFO = Struct(f"<{NAME_SIZE}sI")
_XFER = Struct("<IIi")
_U32 = Struct("<I")


def magic(command: int) -> int:
    """_IOC_TYPE of an ioctl number."""
    return command >> 8 & 0xFF


def copy_from_user(argument: IoctlArgument, size: int) -> bytes:
    """``size`` bytes of user memory; LinuxError EIO (as these drivers say) for a bad pointer."""
    if not isinstance(argument, bytes | bytearray) or len(argument) < size:
        raise LinuxError(errno.EIO)
    return bytes(argument[:size])


def copy_to_user(argument: IoctlArgument, data: bytes) -> None:
    """Write user memory; LinuxError EIO for a bad pointer."""
    if not isinstance(argument, bytearray) or len(argument) < len(data):
        raise LinuxError(errno.EIO)
    argument[: len(data)] = data


class BufferInfo(NamedTuple):
    """struct rpbuf_buffer_info."""

    name: str
    len: int

    @classmethod
    def read(cls, argument: IoctlArgument) -> BufferInfo:
        """From user memory; LinuxError EIO."""
        name, length = _INFO.unpack(copy_from_user(argument, _INFO.size))
        return cls(name_of(name), length)

    def pack(self) -> bytes:
        """As it lies in user memory."""
        return _INFO.pack(name_field(self.name), self.len)


class Transfer(NamedTuple):
    """struct rpbuf_buffer_xfer; -1 in offset and length reads as 0xffffffff."""

    offset: int
    data_len: int
    timeout_ms: int

    @classmethod
    def read(cls, argument: IoctlArgument) -> Transfer:
        """From user memory; LinuxError EIO."""
        return cls(*_XFER.unpack(copy_from_user(argument, _XFER.size)))

    def pack(self) -> bytes:
        """As it lies in user memory."""
        return _XFER.pack(self.offset & 0xFFFFFFFF, self.data_len & 0xFFFFFFFF, self.timeout_ms)


def read_flag(argument: IoctlArgument) -> bool:
    """A u32 of user memory as a truth value; LinuxError EIO."""
    return bool(_U32.unpack(copy_from_user(argument, _U32.size))[0])
