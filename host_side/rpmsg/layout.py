# SPDX-License-Identifier: Apache-2.0
"""Bytes of RPMsg: the message header and the name service message, as Linux defines them."""

from __future__ import annotations

from struct import Struct

HEADER = Struct("<IIIHH")
"""struct rpmsg_hdr: src, dst, reserved, len, flags; 16 bytes."""
HEADER_SIZE = HEADER.size

NS_MESSAGE = Struct("<32sII")
"""struct rpmsg_ns_msg: name, addr, flags; 40 bytes."""
NAME_SIZE = 32

NS_CREATE, NS_DESTROY = 0, 1
"""NS flags; only bit 0 is tested."""

ADDR_ANY = 0xFFFFFFFF
NS_ADDR = 53


def name_field(name: str) -> bytes:
    """A name as its 32-byte field: cut to 31 characters, padded with NUL (strscpy_pad)."""
    return name.encode("latin-1", "replace")[: NAME_SIZE - 1].ljust(NAME_SIZE, b"\0")


def field_name(field: bytes) -> str:
    """The name in a 32-byte field: at most 31 characters, up to the first NUL."""
    return field[: NAME_SIZE - 1].split(b"\0", 1)[0].decode("latin-1")


def signed(address: int) -> int:
    """An address as %d prints it: ADDR_ANY is -1."""
    return address - (1 << 32) if address & 0x80000000 else address
