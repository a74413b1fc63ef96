# SPDX-License-Identifier: Apache-2.0
"""The resource table of a remote processor, recognised by its bytes: where its vdev stands."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, unpack_from

TABLE_VERSION = 1
MAX_ENTRIES = 32
TYPE_VDEV = 3
VIRTIO_ID_RPMSG = 7
_HEADER = Struct("<IIII")
_VDEV = Struct("<IIIIIBBH")
_VRING = Struct("<IIIII")
# Offsets in a vdev entry, from its type on.
NOTIFYID, DFEATURES, GFEATURES, STATUS = 8, 12, 16, 24
VRINGS, VRING_SIZE = 28, 20
MIN_SIZE = 20 + VRINGS + 2 * VRING_SIZE


@dataclass(slots=True)
class Vring:
    """One ring of a vdev as the table says it; `at` is the address of its entry."""

    at: int
    da: int
    align: int
    num: int
    notifyid: int


@dataclass(slots=True)
class VdevTable:
    """A table at `base` of `size` bytes, up to its rpmsg vdev, whose entry is at `vdev`."""

    base: int
    size: int
    vdev: int
    dfeatures: int
    gfeatures: int
    status: int
    reserved: int
    vrings: list[Vring]


def find_table(address: int, data: bytes) -> VdevTable | None:
    """Return the table that `data` at `address` begins with; None if it is not one with a vdev."""
    if len(data) < MIN_SIZE:
        return None
    version, count, *reserved = _HEADER.unpack_from(data)
    if version != TABLE_VERSION or not 0 < count <= MAX_ENTRIES:
        return None
    offsets = unpack_from(f"<{count}I", data, 16) if len(data) >= 16 + 4 * count else ()
    for offset in offsets:
        if not 16 + 4 * count <= offset <= len(data) - VRINGS - 2 * VRING_SIZE:
            continue
        kind, number = unpack_from("<II", data, offset)
        if kind == TYPE_VDEV and number == VIRTIO_ID_RPMSG:
            return _table(address, data, offset, reserved[0] | reserved[1])
    return None


def _table(address: int, data: bytes, offset: int, reserved: int) -> VdevTable:
    fields = _VDEV.unpack_from(data, offset + 4)
    _, _, dfeatures, gfeatures, _, status, _, padding = fields
    vrings = []
    for index in range(2):
        at = offset + VRINGS + index * VRING_SIZE
        da, align, num, notifyid, _ = _VRING.unpack_from(data, at)
        vrings.append(Vring(address + at, da, align, num, notifyid))
    size = offset + VRINGS + 2 * VRING_SIZE
    return VdevTable(
        address, size, address + offset, dfeatures, gfeatures, status, reserved | padding, vrings
    )
