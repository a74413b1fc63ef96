# SPDX-License-Identifier: Apache-2.0
"""Messages and ioctl arguments of Allwinner's rpmsg services (BSP drivers/rpmsg/rpmsg_master.h)."""

from __future__ import annotations

import errno
from enum import IntEnum
from struct import Struct
from typing import NamedTuple

from host_side.fs.file import IoctlArgument
from host_side.kernel.errors import LinuxError

NAME_SIZE = 32

RPMSG_CREATE_EPT_IOCTL = 0x4028B501
RPMSG_DESTROY_EPT_IOCTL = 0xB502
RPMSG_REST_EPT_GRP_IOCTL = 0xB503
RPMSG_DESTROY_ALL_EPT_IOCTL = 0xB504
RPMSG_CREATE_AF_EPT_IOCTL = 0x4028B505
RPMSG_EPTDEV_DELIVER_PERF_DATA_IOCTL = 0x4004B601


class Command(IntEnum):
    """What the master tells the remote's controller (``cmd``)."""

    CREATE_CLIENT = 0x13141413
    CLOSE_CLIENT = 0x13141414
    RELEASE_CLIENT = 0x13141415
    RESET_GRP_CLIENT = 0x12131516
    RESET_ALL_CLIENT = 0x14151617


class Ack(IntEnum):
    """Answer to a command."""

    OK = 0x13131411
    FAILED = 0x13131412
    NOLISTEN = 0x13131413
    BUSY = 0x13131414
    NOMEM = 0x13131415
    NOENT = 0x13131416


CTRL_MESSAGE = Struct("<32sIII")
"""struct rpmsg_ctrl_msg: name, id, ctrl_id, cmd."""
CTRL_ACK = Struct("<II")
"""struct rpmsg_ctrl_msg_ack: id (0 is the controller itself), ack."""
HEARTBEAT = Struct("<32sI")
"""struct hearbeat_packet: name of the remote processor, tick."""
_EPT_INFO = Struct("<32sI")


def text_of(field: bytes) -> str:
    """The string in a char array: up to the first NUL."""
    return field.split(b"\0", 1)[0].decode("latin-1")


def field_of(text: str) -> bytes:
    """What strncpy() copies of a string into a char[32]."""
    return text.encode("latin-1")[:NAME_SIZE]


def control_message(name: str, number: int, ctrl: int, command: Command) -> bytes:
    """A request to the remote's controller, 44 bytes."""
    return CTRL_MESSAGE.pack(field_of(name), number, ctrl, command)


class EptInfo(NamedTuple):
    """struct rpmsg_ept_info, 36 bytes: the argument of the control device's ioctls.

    The ioctl numbers carry the size 40 of the mainline struct; the driver copies 36 bytes.
    """

    name: str
    id: int

    @classmethod
    def unpack(cls, argument: IoctlArgument) -> EptInfo:
        """Read it from user memory; LinuxError EFAULT when that is no 36 readable bytes."""
        if not isinstance(argument, bytes | bytearray) or len(argument) < _EPT_INFO.size:
            raise LinuxError(errno.EFAULT)
        name, number = _EPT_INFO.unpack_from(argument)
        return cls(text_of(name), number)

    def pack(self) -> bytes:
        """As it lies in user memory."""
        return _EPT_INFO.pack(field_of(self.name), self.id)

    def copy_to(self, argument: IoctlArgument) -> None:
        """Write it to user memory; LinuxError EFAULT when that cannot be written."""
        if not isinstance(argument, bytearray):
            raise LinuxError(errno.EFAULT)
        argument[: _EPT_INFO.size] = self.pack()
