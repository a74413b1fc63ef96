# SPDX-License-Identifier: Apache-2.0
"""Checks of virtio devices: features, rings that are rings, room for them, notify ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.firmware.lint.finding import Finding, error, note, warning
from sim.firmware.lint.target import Target
from sim.firmware.resource_table import ANY, FEATURE_NS, VIRTIO_ID_RPMSG, Vdev, Vring

_PAGE = 4096
_BUFFER_BYTES = 512  # of a message, header included (MAX_RPMSG_BUF_SIZE)
_MAX_NUM = 1 << 15  # the largest queue of the virtio standard
_MAX_VRINGS = 2  # RVDEV_NUM_VRINGS

# Offsets in an entry, its type included; of a ring, from the first ring on.
VDEV_ID, VDEV_FEATURES, VDEV_VRINGS, VDEV_RESERVED, RINGS = 4, 12, 25, 26, 28
RING_BYTES, RING_DA, RING_ALIGN, RING_NUM, RING_NOTIFY = 20, 0, 4, 8, 12


class Vdevs:
    """The virtio devices of a table, (offset in the file, entry), in its order."""

    def __init__(
        self, places: Sequence[tuple[int, Vdev]], carveouts: Mapping[str, int], target: Target
    ) -> None:
        self._places = places
        self._carveouts = carveouts
        self._target = target

    def check(self) -> Iterator[Finding]:
        """Check each device, then the notify ids of all."""
        for number, (at, entry) in enumerate(self._places):
            yield from self._device(number, at, entry)
        yield from self._notify_ids()

    def _device(self, number: int, at: int, entry: Vdev) -> Iterator[Finding]:
        if entry.reserved:
            yield error(
                "entry-reserved", at + VDEV_RESERVED, "reserved bytes of 0", f"{entry.reserved}"
            )
        if entry.id != VIRTIO_ID_RPMSG:
            yield warning(
                "vdev-id", at + VDEV_ID, f"virtio id {VIRTIO_ID_RPMSG} (rpmsg)", str(entry.id)
            )
        elif not entry.features & FEATURE_NS:
            expected = "the name service feature, bit 0: without it Linux learns of no channel"
            yield warning(
                "vdev-name-service", at + VDEV_FEATURES, expected, f"0x{entry.features:x}"
            )
        count = len(entry.vrings)
        if count != _MAX_VRINGS:
            found = error if count > _MAX_VRINGS else warning
            yield found("vring-count", at + VDEV_VRINGS, f"{_MAX_VRINGS} vrings", str(count))
        for n, ring in enumerate(entry.vrings):
            yield from self._ring(f"vdev{number}vring{n}", at + RINGS + RING_BYTES * n, ring)
        yield from self._buffers(number, at, entry)

    def _ring(self, name: str, at: int, ring: Vring) -> Iterator[Finding]:
        if not _power_of_two(ring.num):
            expected = f"{name} with a power of two of descriptors"
            yield error("vring-num", at + RING_NUM, expected, str(ring.num))
        elif ring.num > _MAX_NUM:
            expected = f"{name} of at most {_MAX_NUM} descriptors"
            yield error("vring-num", at + RING_NUM, expected, str(ring.num))
        if not _power_of_two(ring.align):
            expected = f"{name} aligned to a power of two"
            yield error("vring-align", at + RING_ALIGN, expected, str(ring.align))
            return
        if name not in self._target.carveouts:
            return
        base, size = self._target.carveouts[name]
        need = _ring_bytes(ring)
        if need > size:
            expected = f"{name} of at most {size} bytes"
            yield error(
                "vring-carveout", at + RING_NUM, expected, f"{need} for {ring.num} descriptors"
            )
        elif ring.da not in (ANY, 0) and not base <= ring.da <= base + size - need:
            expected = f"{name} in 0x{base:x}-0x{base + size - 1:x}"
            yield error("vring-carveout", at + RING_DA, expected, f"0x{ring.da:x}")

    def _buffers(self, number: int, at: int, entry: Vdev) -> Iterator[Finding]:
        """Linux wants min(2 * num, 512) buffers of 512 bytes, from the carveout if there is one."""
        name = f"vdev{number}buffer"
        if not entry.vrings or name not in self._carveouts:
            return
        need, length = _BUFFER_BYTES * min(2 * entry.vrings[0].num, 512), self._carveouts[name]
        if length < need:
            expected = f"{name} of at least {need} bytes for {entry.vrings[0].num} descriptors"
            yield error("buffer-length", at + RINGS + RING_NUM, expected, str(length))

    def _notify_ids(self) -> Iterator[Finding]:
        seen: dict[int, str] = {}
        places = [
            (f"vdev{n}vring{m}", at + RINGS + RING_BYTES * m + RING_NOTIFY, ring.notify_id)
            for n, (at, entry) in enumerate(self._places)
            for m, ring in enumerate(entry.vrings)
        ]
        for name, at, number in places:
            if number in seen:
                expected = f"a notify id of its own for {name}, not that of {seen[number]}"
                yield warning("notify-id", at, f"{expected} (Linux replaces both)", str(number))
            seen.setdefault(number, name)
        if [number for _, _, number in places] != list(range(len(places))):
            expected = (
                "0, 1, ...: Linux replaces notify ids so, the firmware has to read them again"
            )
            found = ", ".join(str(number) for _, _, number in places)
            yield note("notify-id-replaced", places[0][1], expected, found)


def _power_of_two(value: int) -> bool:
    return value > 0 and value & (value - 1) == 0


def _ring_bytes(ring: Vring) -> int:
    """Return what Linux allocates for a ring: vring_size, in whole pages."""
    available = 16 * ring.num + 2 * (3 + ring.num)
    size = -(-available // ring.align) * ring.align + 2 * 3 + 8 * ring.num
    return -(-size // _PAGE) * _PAGE
