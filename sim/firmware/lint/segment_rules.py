# SPDX-License-Identifier: Apache-2.0
"""Checks of the segments: whole, apart, inside the board's memory, one of them with the entry."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sim.firmware.elf_image import ElfImage, Program
from sim.firmware.elf_layout import PF_X
from sim.firmware.lint.finding import Finding, error
from sim.firmware.lint.target import Target

_PARCEL = 2  # bytes to which RISC-V aligns instructions, compressed ones among them


def check_segments(image: ElfImage, target: Target) -> Iterator[Finding]:
    """Check each PT_LOAD segment, then all together."""
    if image.header.phnum and not image.loads:
        at = image.layout.header_field("phnum")
        yield error("segment-none", at, "a PT_LOAD segment with memory", "none")
    for item in image.loads:
        yield from _segment(image, item, target)
    for low, high in pairwise(sorted(image.loads, key=lambda item: item.header.paddr)):
        if high.header.paddr < low.end:
            at = high.at + image.layout.program_field("paddr")
            expected = (
                f"segment {high.number} apart from segment {low.number}, from 0x{low.end:x} on"
            )
            yield error("segment-overlap", at, expected, f"0x{high.header.paddr:x}")
    yield from _entry(image)


def _segment(image: ElfImage, item: Program, target: Target) -> Iterator[Finding]:
    header, layout, name = item.header, image.layout, f"segment {item.number}"
    end = header.offset + header.filesz
    if end > len(image.data):
        at = item.at + layout.program_field("filesz")
        expected = f"{name} inside {len(image.data)} bytes of file"
        yield error("segment-truncated", at, expected, f"an end at {end}")
    if header.filesz > header.memsz:
        at = item.at + layout.program_field("memsz")
        yield error(
            "segment-sizes",
            at,
            f"{name} with at least {header.filesz} bytes of memory",
            str(header.memsz),
        )
    inside = any(b <= header.paddr and item.end <= b + n for b, n in target.windows)
    if target.windows and not inside:
        allowed = ", ".join(f"0x{base:x}-0x{base + size - 1:x}" for base, size in target.windows)
        at = item.at + layout.program_field("paddr")
        found = f"0x{header.paddr:x}-0x{item.end - 1:x}"
        yield error("segment-window", at, f"{name} in {allowed}", found)


def _entry(image: ElfImage) -> Iterator[Finding]:
    entry, at = image.header.entry, image.layout.header_field("entry")
    executable = (item for item in image.loads if item.header.flags & PF_X)
    if not any(item.covers(entry, 1) for item in executable):
        yield error("entry", at, "an entry point in an executable segment", f"0x{entry:x}")
    elif entry % _PARCEL:
        yield error("entry", at, "an even entry point", f"0x{entry:x}")
