# SPDX-License-Identifier: Apache-2.0
"""The ioctl numbers and the argument layout of rpmsg's character devices (uapi/linux/rpmsg.h)."""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass

from host_side.kernel.errors import LinuxError

RPMSG_CREATE_EPT_IOCTL = 0x4028B501
RPMSG_DESTROY_EPT_IOCTL = 0xB502
RPMSG_CREATE_DEV_IOCTL = 0x4028B503
RPMSG_RELEASE_DEV_IOCTL = 0x4028B504
RPMSG_GET_OUTGOING_FLOWCONTROL = 0x8004B505
RPMSG_SET_INCOMING_FLOWCONTROL = 0x8004B506

RPMSG_ADDR_ANY = 0xFFFFFFFF
RPMSG_NAME_SIZE = 32

_LAYOUT = struct.Struct("<32sII")


@dataclass(frozen=True)
class EndpointInfo:
    """struct rpmsg_endpoint_info: name, local and remote address (RPMSG_ADDR_ANY: none)."""

    name: str
    src: int
    dst: int

    def pack(self) -> bytes:
        """The 40 bytes of the ioctl argument."""
        return _LAYOUT.pack(self.name.encode("latin-1"), self.src, self.dst)

    @classmethod
    def unpack(cls, memory: object) -> EndpointInfo:
        """Read it from user memory; LinuxError EFAULT when that is no 40 readable bytes.

        Byte 31 of the name is taken as its terminator whatever it holds.
        """
        if not isinstance(memory, bytes | bytearray) or len(memory) < _LAYOUT.size:
            raise LinuxError(errno.EFAULT)
        name, src, dst = _LAYOUT.unpack_from(memory)
        return cls(name[: RPMSG_NAME_SIZE - 1].split(b"\0")[0].decode("latin-1"), src, dst)


def signed32(address: int) -> int:
    """An address as ``%d`` prints it: RPMSG_ADDR_ANY is -1."""
    return address - (1 << 32) if address >= 1 << 31 else address
