# SPDX-License-Identifier: Apache-2.0
"""Frames of the channel ``rpbuf-service`` (BSP drivers/rpbuf/rpbuf_internal.h).

A frame is 0xA, command u8, length u16, content, 0x5; at most 128 bytes.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import NamedTuple

NAME_SIZE = 32
"""Bytes of a buffer's name with its NUL."""
PREAMBLE, POSTAMBLE = 0xA, 0x5
SYNC_TRANSMIT = 1
"""Flag of TRANSMITTED: the sender waits for an ACK."""

_HEADER = Struct("<BBH")
_TRAILER_SIZE = 1


class Command(IntEnum):
    """What a frame says."""

    CREATED = 1
    DESTROYED = 2
    TRANSMITTED = 3
    ACK = 4


class FrameError(Exception):
    """A frame that is refused; ``of_core``: the core says so, not the service's device."""

    def __init__(self, text: str, *, of_core: bool = False) -> None:
        super().__init__(text)
        self.of_core = of_core


class Created(NamedTuple):
    """One side has allocated a buffer; pa and da are the master's."""

    name: bytes
    id: int
    len: int
    pa: int
    da: int
    is_available: int


class Destroyed(NamedTuple):
    """One side has freed a buffer."""

    id: int


class Transmitted(NamedTuple):
    """Data lies in a buffer for the other side."""

    id: int
    offset: int
    data_len: int
    flags: int


class Ack(NamedTuple):
    """The data of a buffer was taken."""

    id: int
    timediff: int


Content = Created | Destroyed | Transmitted | Ack

_STRUCTS: dict[Command, tuple[Struct, type[Content]]] = {
    Command.CREATED: (Struct("<32sIIQQB"), Created),
    Command.DESTROYED: (Struct("<I"), Destroyed),
    Command.TRANSMITTED: (Struct("<IIII"), Transmitted),
    Command.ACK: (Struct("<II"), Ack),
}
_COMMANDS = {kind: command for command, (_, kind) in _STRUCTS.items()}


def compose(content: Content) -> bytes:
    """The frame that carries ``content``."""
    command = _COMMANDS[type(content)]
    body = _STRUCTS[command][0].pack(*content)
    return _HEADER.pack(PREAMBLE, command, len(body)) + body + bytes((POSTAMBLE,))


def parse(frame: bytes) -> tuple[Command, Content]:
    """Command and content; FrameError with the kernel's text, checked in its order."""
    preamble, number, length = _HEADER.unpack_from(frame.ljust(_HEADER.size, b"\0"))
    if _HEADER.size + length + _TRAILER_SIZE != len(frame):
        raise FrameError("incorrecti rpbuf service message length")
    if preamble != PREAMBLE or frame[-1] != POSTAMBLE:
        raise FrameError("invalid received rpbuf service message")
    try:
        command = Command(number)
    except ValueError:
        raise FrameError("invalid rpbuf service command", of_core=True) from None
    layout, kind = _STRUCTS[command]
    if length != layout.size:
        raise FrameError(
            "rpbuf service message content length not match "
            f"(command: {number}, request: {layout.size}, actual: {length})"
        )
    content: Content = kind(*layout.unpack_from(frame, _HEADER.size))
    return command, content


def name_of(field: bytes) -> str:
    """The string in a name field."""
    return field.split(b"\0", 1)[0].decode("latin-1")


def name_field(name: str) -> bytes:
    """What strncpy() makes of a name."""
    return name.encode("latin-1")[:NAME_SIZE]
