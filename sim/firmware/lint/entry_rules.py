# SPDX-License-Identifier: Apache-2.0
"""Checks of the table's entries: sizes, reserved words, carveouts and trace buffers in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sim.firmware.elf_image import TABLE, ElfImage
from sim.firmware.lint.finding import Finding, error, warning
from sim.firmware.lint.target import Target
from sim.firmware.lint.vdev_rules import Vdevs
from sim.firmware.resource_table import (
    ANY,
    HEADER_BYTES,
    NAME_BYTES,
    Carveout,
    Entry,
    Kind,
    Other,
    TableError,
    Trace,
    Vdev,
    entry_bytes,
    read_entry,
)

_VENDOR = range(128, 513)

# Offsets in an entry, its type included.
CARVEOUT_DA, CARVEOUT_PA, CARVEOUT_LEN, CARVEOUT_RESERVED, CARVEOUT_NAME = 4, 8, 12, 20, 24
TRACE_DA, TRACE_LEN, TRACE_RESERVED, TRACE_NAME = 4, 8, 12, 16

_NUM_AT, _WORD = 4, 4


@dataclass(frozen=True, slots=True)
class Place:
    """An entry, its number and its offset in the file."""

    number: int
    at: int
    entry: Entry


def check_entries(
    image: ElfImage, data: bytes, base: int, offsets: list[int], target: Target
) -> Iterator[Finding]:
    """Check every entry that can be read, then what several of them say together."""
    places = []
    for number, offset in enumerate(offsets):
        if not HEADER_BYTES <= offset <= len(data) - 4:
            continue  # said by the rule for offsets
        try:
            places.append(Place(number, base + offset, read_entry(data, offset)))
        except TableError as fault:
            at = base + fault.offset
            yield error("entry-truncated", at, f"entry {number}: {fault.expected}", fault.found)
    yield from _apart(places, base)
    for place in places:
        yield from _entry(image, place, target)
    vdevs = [(item.at, item.entry) for item in places if isinstance(item.entry, Vdev)]
    if target.table and not vdevs:
        expected = "a vdev: Linux makes no RPMsg bus without"
        yield warning("vdev-missing", base + _NUM_AT, expected, f"{len(offsets)} other entries")
    entries = (item.entry for item in places)
    carveouts = (item for item in entries if isinstance(item, Carveout))
    sizes = {item.name: item.length for item in carveouts if item.kind == Kind.CARVEOUT}
    yield from Vdevs(vdevs, sizes, target).check()


def _apart(places: list[Place], base: int) -> Iterator[Finding]:
    """Entries at one and the same place are said by the rule for offsets."""
    for low, high in pairwise(sorted(places, key=lambda place: place.at)):
        end = low.at + entry_bytes(low.entry)
        if low.at < high.at < end:
            at = base + HEADER_BYTES + _WORD * high.number
            expected = f"entry {high.number} behind entry {low.number}, from {end - base} on"
            yield error("table-offsets", at, expected, str(high.at - base))


def _entry(image: ElfImage, place: Place, target: Target) -> Iterator[Finding]:
    entry = place.entry
    if isinstance(entry, Other):
        if entry.kind not in _VENDOR:
            expected = "a type of 0 to 3, or a vendor's (128 to 512)"
            yield warning("entry-type", place.at, expected, str(entry.kind))
    elif isinstance(entry, Carveout):
        yield from _name(image, "carveout-name", place.at + CARVEOUT_NAME, entry.name)
        yield from _carveout(image, place.at, entry, target)
    elif isinstance(entry, Trace):
        yield from _name(image, "trace-name", place.at + TRACE_NAME, entry.name)
        yield from _trace(image, place.at, entry)


def _name(image: ElfImage, rule: str, at: int, name: str) -> Iterator[Finding]:
    """Linux reads on behind a name without an end, and takes a carveout's for a printf format."""
    if 0 not in image.data[at : at + NAME_BYTES]:
        yield error(rule, at, f"a name that ends within {NAME_BYTES} bytes", "no NUL")
    elif "%" in name:
        yield error(rule, at, "a name without %: Linux takes it for a format", name)


def _carveout(image: ElfImage, at: int, entry: Carveout, target: Target) -> Iterator[Finding]:
    if entry.reserved:
        yield error(
            "entry-reserved", at + CARVEOUT_RESERVED, "a reserved word of 0", f"{entry.reserved}"
        )
    if entry.kind == Kind.DEVMEM:
        yield warning("devmem", at, "no devmem entry: without an IOMMU the boot fails", entry.name)
        return
    if not entry.length:
        yield error("carveout-length", at + CARVEOUT_LEN, f"bytes for {entry.name}", "0")
    if entry.da != ANY:
        yield from _fixed_carveout(image, at, entry)
    if not target.carveouts:
        return
    if entry.name not in target.carveouts:
        known = ", ".join(target.carveouts)
        yield warning("carveout-name", at + CARVEOUT_NAME, f"one of {known}", entry.name or "none")
        return
    base, size = target.carveouts[entry.name]
    if entry.length > size:
        expected = f"at most {size} bytes for {entry.name}"
        yield error("carveout-length", at + CARVEOUT_LEN, expected, str(entry.length))
    elif entry.da != ANY and not base <= entry.da <= base + size - entry.length:
        expected = f"{entry.name} in 0x{base:x}-0x{base + size - 1:x}"
        found = f"0x{entry.da:x}-0x{entry.da + entry.length - 1:x}"
        yield error("carveout-address", at + CARVEOUT_DA, expected, found)


def _fixed_carveout(image: ElfImage, at: int, entry: Carveout) -> Iterator[Finding]:
    for item in image.loads:
        if entry.da < item.end and item.header.paddr < entry.da + entry.length:
            expected = f"{entry.name} apart from segment {item.number}"
            found = f"0x{entry.da:x} in 0x{item.header.paddr:x}-0x{item.end - 1:x}"
            yield error("carveout-overlap", at + CARVEOUT_DA, expected, found)


def _trace(image: ElfImage, at: int, entry: Trace) -> Iterator[Finding]:
    if entry.reserved:
        yield error(
            "entry-reserved", at + TRACE_RESERVED, "a reserved word of 0", f"{entry.reserved}"
        )
    if not entry.length:
        yield error("trace-length", at + TRACE_LEN, f"bytes for {entry.name}", "0")
    homes = [item for item in image.loads if item.covers(entry.da, entry.length)]
    if not homes:
        expected = f"trace buffer {entry.name} of {entry.length} bytes inside a loaded segment"
        yield error("trace-segment", at + TRACE_DA, expected, f"0x{entry.da:x}")
    for item in homes:
        filled = item.header.paddr + item.header.filesz
        if entry.da < filled:
            expected = f"trace buffer {entry.name} behind the contents of segment {item.number}"
            yield error(
                "trace-overlap",
                at + TRACE_DA,
                f"{expected}, from 0x{filled:x} on",
                f"0x{entry.da:x}",
            )
    table = image.section(TABLE)
    if table is not None and homes:
        header = table.header
        if entry.da < header.addr + header.size and header.addr < entry.da + entry.length:
            expected = f"trace buffer {entry.name} apart from {TABLE}"
            yield error("trace-overlap", at + TRACE_DA, expected, f"0x{entry.da:x}")
