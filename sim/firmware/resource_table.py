# SPDX-License-Identifier: Apache-2.0
"""Resource tables of a firmware: layout, writing, reading (include/linux/remoteproc.h).

All packed and little endian. Reading takes whatever bytes there are; what does not fit is said by
place, so that a checker can name the byte.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

VERSION = 1
ANY = 0xFFFFFFFF  # FW_RSC_ADDR_ANY
VIRTIO_ID_RPMSG = 7
FEATURE_NS = 1  # VIRTIO_RPMSG_F_NS, bit 0
NAME_BYTES = 32

_HEADER = struct.Struct("<IIII")
_WORD = struct.Struct("<I")
HEADER_BYTES = _HEADER.size


class Kind(IntEnum):
    """The type word of an entry; 128 to 512 are a vendor's."""

    CARVEOUT = 0
    DEVMEM = 1
    TRACE = 2
    VDEV = 3


@dataclass(frozen=True, slots=True)
class Carveout:
    """Memory that the firmware asks for, by name; devmem entries have the same fields."""

    FIELDS: ClassVar[struct.Struct] = struct.Struct("<IIIII32s")
    name: str
    length: int
    da: int = ANY
    pa: int = ANY
    flags: int = 0
    reserved: int = 0
    kind: Kind = Kind.CARVEOUT

    def pack(self) -> bytes:
        """Return the entry with its type."""
        fields = (self.da, self.pa, self.length, self.flags, self.reserved, _name(self.name))
        return _WORD.pack(self.kind) + self.FIELDS.pack(*fields)


@dataclass(frozen=True, slots=True)
class Trace:
    """The firmware's log buffer."""

    FIELDS: ClassVar[struct.Struct] = struct.Struct("<III32s")
    name: str
    da: int
    length: int
    reserved: int = 0
    kind: Kind = Kind.TRACE

    def pack(self) -> bytes:
        """Return the entry with its type."""
        fields = (self.da, self.length, self.reserved, _name(self.name))
        return _WORD.pack(self.kind) + self.FIELDS.pack(*fields)


@dataclass(frozen=True, slots=True)
class Vring:
    """One ring of a virtio device."""

    FIELDS: ClassVar[struct.Struct] = struct.Struct("<IIIII")
    da: int
    align: int
    num: int
    notify_id: int
    pa: int = 0

    def pack(self) -> bytes:
        """Return the ring's five words."""
        return self.FIELDS.pack(self.da, self.align, self.num, self.notify_id, self.pa)


@dataclass(frozen=True, slots=True)
class Vdev:
    """A virtio device with its rings; ``config`` is its configuration space."""

    FIELDS: ClassVar[struct.Struct] = struct.Struct("<IIIIIBBH")
    id: int
    notify_id: int
    features: int
    vrings: tuple[Vring, ...]
    guest_features: int = 0
    status: int = 0
    reserved: int = 0
    config: bytes = b""
    kind: Kind = Kind.VDEV

    def pack(self) -> bytes:
        """Return the entry with its type, its rings and its configuration space."""
        words = (self.id, self.notify_id, self.features, self.guest_features, len(self.config))
        head = self.FIELDS.pack(*words, self.status, len(self.vrings), self.reserved)
        rings = b"".join(ring.pack() for ring in self.vrings)
        return _WORD.pack(self.kind) + head + rings + self.config


@dataclass(frozen=True, slots=True)
class Other:
    """An entry of another type (a vendor's, 128 to 512, or unknown): its number and its place."""

    kind: int


Entry = Carveout | Trace | Vdev | Other


def entry_bytes(entry: Entry) -> int:
    """Return the bytes of an entry with its type; of an unknown one those of the type alone."""
    if isinstance(entry, Other):
        return _WORD.size
    size = _WORD.size + entry.FIELDS.size
    if isinstance(entry, Vdev):
        size += Vring.FIELDS.size * len(entry.vrings) + len(entry.config)
    return size


def pack_table(entries: Sequence[Carveout | Trace | Vdev]) -> bytes:
    """Return the table of ``entries``, in their order, each aligned to 4 bytes."""
    at = HEADER_BYTES + _WORD.size * len(entries)
    offsets, body = b"", b""
    for entry in entries:
        offsets += _WORD.pack(at + len(body))
        packed = entry.pack()
        body += packed + bytes(-len(packed) % 4)
    return _HEADER.pack(VERSION, len(entries), 0, 0) + offsets + body


class TableError(ValueError):
    """A table or entry that does not fit its bytes; ``offset`` is the place in the table."""

    def __init__(self, offset: int, expected: str, found: str) -> None:
        self.offset = offset
        self.expected = expected
        self.found = found
        super().__init__(f"expected {expected}, found {found}")


@dataclass(frozen=True, slots=True)
class Header:
    """The words in front of the offsets."""

    version: int
    num: int
    reserved: tuple[int, int]


def read_header(data: bytes) -> Header:
    """Return the header; TableError when the bytes are too few."""
    if len(data) < HEADER_BYTES:
        raise TableError(0, f"a table header of {HEADER_BYTES} bytes", f"{len(data)} bytes")
    version, num, *reserved = _HEADER.unpack_from(data)
    return Header(version, num, (reserved[0], reserved[1]))


def read_offsets(data: bytes) -> list[int]:
    """Return the entries' offsets; TableError when their list is longer than the table."""
    num = read_header(data).num
    end = HEADER_BYTES + _WORD.size * num
    if end > len(data):
        room = (len(data) - HEADER_BYTES) // _WORD.size
        raise TableError(4, f"at most {room} entries in {len(data)} bytes", str(num))
    return [word for (word,) in _WORD.iter_unpack(data[HEADER_BYTES:end])]


def read_entry(data: bytes, offset: int) -> Entry:
    """Return the entry at ``offset``; TableError when it does not end inside the table."""
    _need(data, offset, _WORD.size, "an entry's type")
    (kind,) = _WORD.unpack_from(data, offset)
    at = offset + _WORD.size
    if kind in (Kind.CARVEOUT, Kind.DEVMEM):
        _need(data, at, Carveout.FIELDS.size, f"a {Kind(kind).name.lower()} entry")
        da, pa, length, flags, reserved, name = Carveout.FIELDS.unpack_from(data, at)
        return Carveout(_text(name), length, da, pa, flags, reserved, Kind(kind))
    if kind == Kind.TRACE:
        _need(data, at, Trace.FIELDS.size, "a trace entry")
        da, length, reserved, name = Trace.FIELDS.unpack_from(data, at)
        return Trace(_text(name), da, length, reserved)
    if kind == Kind.VDEV:
        return _read_vdev(data, at)
    return Other(kind)


def _read_vdev(data: bytes, at: int) -> Vdev:
    _need(data, at, Vdev.FIELDS.size, "a vdev entry")
    number, notify, features, guest, config_bytes, status, count, reserved = (
        Vdev.FIELDS.unpack_from(data, at)
    )
    rings_at = at + Vdev.FIELDS.size
    config_at = rings_at + Vring.FIELDS.size * count
    _need(data, rings_at, config_at - rings_at, f"{count} vrings")
    _need(data, config_at, config_bytes, f"{config_bytes} bytes of configuration")
    rings = [Vring.FIELDS.unpack_from(data, rings_at + Vring.FIELDS.size * n) for n in range(count)]
    return Vdev(
        number,
        notify,
        features,
        tuple(Vring(*ring) for ring in rings),
        guest,
        status,
        reserved,
        data[config_at : config_at + config_bytes],
    )


def read_entries(data: bytes) -> Iterator[tuple[int, Entry]]:
    """Yield (offset, entry) of a sound table; TableError at the first thing that does not fit."""
    for offset in read_offsets(data):
        yield offset, read_entry(data, offset)


def _need(data: bytes, offset: int, length: int, what: str) -> None:
    if offset + length > len(data):
        left = max(0, len(data) - offset)
        raise TableError(offset, f"{what} of {length} bytes", f"{left} left in the table")


def _name(name: str) -> bytes:
    encoded = name.encode()
    if len(encoded) >= NAME_BYTES:
        raise ValueError(f"expected a name of at most {NAME_BYTES - 1} bytes, found '{name}'")
    return encoded


def _text(name: bytes) -> str:
    """Return a name up to its NUL, as printable ASCII."""
    raw = name.partition(b"\0")[0].decode("ascii", "backslashreplace")
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in raw)
