# SPDX-License-Identifier: Apache-2.0
"""Messages of the vhost-user protocol, as arch/um/drivers/vhost_user.h has them.

A message is a header ``u32 request, u32 flags, u32 size`` and ``size`` bytes, little-endian. File
descriptors come as ancillary data of the header's first byte.
"""

from __future__ import annotations

import array
import contextlib
import socket
import struct
from enum import IntEnum
from typing import NamedTuple

HEADER = struct.Struct("<III")
U64 = struct.Struct("<Q")
VRING_STATE = struct.Struct("<II")
VRING_ADDRESSES = struct.Struct("<IIQQQQ")
"""index, flags, desc, used, avail, log: four addresses after two words."""
REGION = struct.Struct("<QQQQ")
REGIONS_AT = 8
MAX_FDS = 2

VERSION, REPLY, NEED_REPLY = 1, 4, 8
"""Bits of the header's flags."""


class Request(IntEnum):
    """What the kernel asks of the device."""

    GET_FEATURES = 1
    SET_FEATURES = 2
    SET_OWNER = 3
    SET_MEM_TABLE = 5
    SET_VRING_NUM = 8
    SET_VRING_ADDR = 9
    SET_VRING_BASE = 10
    SET_VRING_KICK = 12
    SET_VRING_CALL = 13
    GET_PROTOCOL_FEATURES = 15
    SET_PROTOCOL_FEATURES = 16
    SET_VRING_ENABLE = 18
    SET_SLAVE_REQ_FD = 21
    VRING_KICK = 35


SLAVE_VRING_CALL = 4
"""The one request that goes the other way: an interrupt for a queue."""

REPLY_ACK, SLAVE_REQ, INBAND_NOTIFICATIONS = 1 << 3, 1 << 5, 1 << 14
"""Bits of the protocol's features; time-travel=ext needs these three."""
F_PROTOCOL_FEATURES = 1 << 30
"""Bit of the device's features that says there are protocol features."""


class Message(NamedTuple):
    """A message from the kernel with the descriptors that came with it."""

    request: int
    flags: int
    payload: bytes
    fds: tuple[int, ...] = ()

    def u64(self) -> int:
        """Return a payload of one 64-bit word."""
        value: int = U64.unpack(self.payload)[0]
        return value

    def state(self) -> tuple[int, int]:
        """Return (vring index, number)."""
        index, number = VRING_STATE.unpack(self.payload)
        return index, number


def receive(channel: socket.socket) -> Message | None:
    """Return the next message, None when the other end has closed the channel."""
    space = socket.CMSG_SPACE(MAX_FDS * 4)
    try:
        head, ancillary, _, _ = channel.recvmsg(HEADER.size, space, socket.MSG_WAITALL)
    except ConnectionResetError:
        return None
    if len(head) < HEADER.size:
        return None
    fds = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    request, flags, size = HEADER.unpack(head)
    payload = channel.recv(size, socket.MSG_WAITALL) if size else b""
    return Message(request, flags, payload, tuple(fds)) if len(payload) == size else None


def send(channel: socket.socket, request: int, flags: int, payload: bytes) -> None:
    """Send a message. That the other end is gone shows when something of it is to be received."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        channel.sendall(HEADER.pack(request, VERSION | flags, len(payload)) + payload)
