# SPDX-License-Identifier: Apache-2.0
"""Messages of the channel ``sunxi,service``, little endian, at most 496 bytes.

type u8 | status u8 | sequence u16 | function u16 | length u16 | name[16] | data[length]. A HELLO
has an empty name and no data; a RETURN repeats sequence, function and name of its CALL.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import NamedTuple

NAME_SIZE = 16
_HEADER = Struct(f"<BBHHH{NAME_SIZE}s")
DATA_MAX = 496 - _HEADER.size


class Kind(IntEnum):
    """Type of a message."""

    CALL = 1
    RETURN = 2
    HELLO = 3


class Status(IntEnum):
    """How a call went."""

    OK = 0
    NOSERVICE = 1
    NOFUNCTION = 2
    FAILED = 3


class Message(NamedTuple):
    """One message; ``kind`` and ``status`` may be numbers that have no name."""

    kind: int
    sequence: int = 0
    function: int = 0
    name: bytes = b""
    data: bytes = b""
    status: int = Status.OK

    def pack(self) -> bytes:
        """As it goes over the channel."""
        fields = (self.kind, self.status, self.sequence, self.function, len(self.data), self.name)
        return _HEADER.pack(*fields) + self.data

    @classmethod
    def unpack(cls, raw: bytes) -> Message | None:
        """A message, None for bytes that are none: too short, or another length than they say."""
        if len(raw) < _HEADER.size:
            return None
        kind, status, sequence, function, length, name = _HEADER.unpack_from(raw)
        data = raw[_HEADER.size :]
        if length != len(data):
            return None
        return cls(kind, sequence, function, name.split(b"\0", 1)[0], data, status)
