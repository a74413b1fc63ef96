# SPDX-License-Identifier: Apache-2.0
"""The device's entry in the resource table of a V821: its bytes, and Linux's stores to it.

Offsets are those of its contents, after the type word. The addresses of the rings, which are each
transport's own, are replaced: by names in stores, in dumps by where the golden dumps have them.
"""

from __future__ import annotations

from pathlib import Path
from struct import pack_into, unpack_from

from sim.boards.model import Board, RemoteprocLink
from sim.conformance.ring_map import RINGS, RingMap
from sim.errors import AmpsimError
from sim.firmware.elf_image import read_image
from sim.firmware.resource_table import Vdev, Vring, read_entries

TYPE = 4
RINGS_AT = Vdev.FIELDS.size
BYTES = RINGS_AT + len(RINGS) * Vring.FIELDS.size
RING_PLACES = (0x4000_0000, 0x4000_8000)
"""Where dumps have the rings."""
ALIGN = 4096
"""Of the rings in the firmware's table."""
_DEVICE_ADDRESSES = [RINGS_AT + Vring.FIELDS.size * ring for ring in range(len(RINGS))]


def vdev_of(board: Board, firmware: Path) -> int | None:
    """Return where the contents of a firmware's vdev entry lie; None on a board without a table."""
    if not isinstance(board.rpmsg, RemoteprocLink):
        return None
    image = read_image(firmware.read_bytes())
    section = image.section(".resource_table") if image is not None else None
    if image is None or section is None:
        raise AmpsimError(f"{firmware}: expected a section .resource_table, found none")
    entries = read_entries(image.contents(section))
    offset = next(offset for offset, entry in entries if isinstance(entry, Vdev))
    return section.header.addr + offset + TYPE


def store_text(ring_map: RingMap, offset: int, data: bytes) -> str:
    """Return what is stored there: a ring's name where it is its address."""
    if offset in _DEVICE_ADDRESSES:
        bases = {
            shape.base: f"{name} ring" for shape, name in zip(ring_map.shapes, RINGS, strict=True)
        }
        value = int.from_bytes(data, "little")
        return f"vdev +{offset}: {bases.get(value, data.hex())}"
    return f"vdev +{offset}: {data.hex()}"


def dump_line(ring_map: RingMap, raw: bytes) -> str:
    """Return the entry's contents in hex."""
    moved = bytearray(raw)
    for ring, at in enumerate(_DEVICE_ADDRESSES):
        (address,) = unpack_from("<I", raw, at)
        if address == ring_map.shapes[ring].base:
            pack_into("<I", moved, at, RING_PLACES[ring])
    return f"vdev: {moved.hex(' ', 4)}"


def expected_stores() -> list[str]:
    """Return Linux's stores up to the first kick (remoteproc_core.c, virtio.c, rproc_virtio.c)."""
    return [
        "vdev +36: 00000000",  # rproc_alloc_vring(): ids of their own, whatever the table says
        "vdev +56: 01000000",
        "vdev +20: 00",  # virtio_reset_device()
        "vdev +20: 01",  # VIRTIO_CONFIG_S_ACKNOWLEDGE
        "vdev +20: 03",  # VIRTIO_CONFIG_S_DRIVER
        "vdev +12: 01000000",  # rproc_virtio_finalize_features(): VIRTIO_RPMSG_F_NS
        "vdev +24: rx ring",  # __rproc_virtio_find_vqs()
        "vdev +44: tx ring",
        "vdev +20: 07",  # virtio_device_ready()
    ]


def expected_dump(num: int) -> str:
    """Return the entry's contents in hex once Linux is ready, with rings of ``num`` entries."""
    rings = tuple(Vring(place, ALIGN, num, index) for index, place in enumerate(RING_PLACES))
    contents = Vdev(7, 0, 1, rings, guest_features=1, status=7).pack()[TYPE:]
    return f"vdev: {contents.hex(' ', 4)}"
