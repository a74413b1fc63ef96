# SPDX-License-Identifier: Apache-2.0
"""The boot package: OpenSBI, U-Boot and certificates in one image (sbrom_toc1 of the vendor)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from sim.boot.boot_head import stamped_sum
from sim.firmware.errors import BootError

_NAME = b"sunxi-package"
_MAGIC = 0x89119800
_END, _ITEM_END = b"MIE;", b"IIE;"
_HEAD = struct.Struct("<16sIIIIIIII12x4s")
_ITEM = struct.Struct("<64sIIIIII276x4s")
_SUM_AT = 20
_ALIGN = 0x400
HEAD_BYTES = _HEAD.size
MAX_BYTES = 0xE0000  # from its place on the medium to the partition table
MAX_ITEMS = 32

# Types of items.
KEY_CERTIFICATE, SIGNATURE, BINARY = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Item:
    """An item: name, type, address to run at (binaries), place and length in the package."""

    name: str
    type: int
    run_address: int
    offset: int
    length: int


def pack_package(items: list[tuple[str, int, int, bytes]]) -> bytes:
    """Return the package of (name, type, run address, contents)."""
    at = -(-(_HEAD.size + _ITEM.size * len(items)) // _ALIGN) * _ALIGN
    table, body = b"", b""
    for number, (name, kind, address, contents) in enumerate(items):
        place = (at + len(body), len(contents), 0, kind, address, number)
        table += _ITEM.pack(name.encode(), *place, _ITEM_END)
        body += contents + bytes(-len(contents) % _ALIGN)
    head = _HEAD.pack(_NAME, _MAGIC, 0, 0, 0, len(items), at + len(body), 1, 0, _END)
    package = bytearray((head + table).ljust(at, b"\0") + body)
    struct.pack_into("<I", package, _SUM_AT, stamped_sum(package, _SUM_AT))
    return bytes(package)


def package_length(head: bytes, where: str) -> int:
    """Return the length in bytes that a package's head says; BootError when it is none."""
    _, magic, _, _, _, count, length, _, _, end = _HEAD.unpack(head[:HEAD_BYTES])
    if magic != _MAGIC or end != _END:
        raise BootError.at(where, f"a boot package with magic {_MAGIC:08x}", f"{magic:08x}")
    if not HEAD_BYTES <= length <= MAX_BYTES:
        raise BootError.at(where, f"a boot package of at most {MAX_BYTES} bytes", str(length))
    if count > MAX_ITEMS:
        raise BootError.at(where, f"at most {MAX_ITEMS} items", str(count))
    return int(length)


def read_package(data: bytes, where: str) -> list[Item]:
    """Return a whole package's items; BootError when its sum is wrong or an item lies outside."""
    (expected,) = struct.unpack_from("<I", data, _SUM_AT)
    found = stamped_sum(data, _SUM_AT)
    if found != expected:
        raise BootError.at(where, f"check sum {expected:08x}", f"{found:08x}")
    count = _HEAD.unpack_from(data)[5]
    return [_item(data, number, where) for number in range(count)]


def _item(data: bytes, number: int, where: str) -> Item:
    at = _HEAD.size + number * _ITEM.size
    if at + _ITEM.size > len(data):
        raise BootError.at(where, f"{number + 1} items", f"{len(data)} bytes")
    name, offset, length, _, kind, address, _, end = _ITEM.unpack_from(data, at)
    text = name.rstrip(b"\0").decode("ascii", "backslashreplace")
    if end != _ITEM_END or offset + length > len(data):
        found = f"{offset}+{length} of {len(data)} bytes"
        raise BootError.at(where, f"item {number} ({text}) inside the package", found)
    return Item(text, kind, address, offset, length)


def find_item(items: list[Item], name: str, where: str) -> Item:
    """Return the item of a name; BootError when there is none."""
    for item in items:
        if item.name == name:
            return item
    raise BootError.at(where, f"an item {name}", ", ".join(item.name for item in items) or "none")
