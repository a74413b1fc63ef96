# SPDX-License-Identifier: Apache-2.0
"""Descriptions of firmware files, search orders and check results on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.cli.report import counted
from sim.firmware.describe import Description
from sim.firmware.elf_layout import PF_R, PF_W, PF_X, PT_LOAD
from sim.firmware.lint import Finding, Severity
from sim.firmware.resource_table import ANY, Carveout, Entry, Trace, Vdev
from sim.firmware.search import Choice

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def print_description(console: Console, found: Description) -> None:
    """Print headers, segments, sections, resource table, version and archive of a file."""
    console.print(escape(found.title()), highlight=False)
    header = found.image.header
    console.print(
        f"file header: type {header.type}, machine {header.machine}, flags 0x{header.flags:x}, "
        f"{header.phnum} program headers at {header.phoff}, "
        f"{header.shnum} section headers at {header.shoff}",
        highlight=False,
    )
    console.print(_segments(found))
    console.print(_sections(found))
    if found.table is None:
        console.print("resource table: none")
    else:
        console.print(_resource_table(found.table))
    version = "none" if found.version is None else found.version.replace("\n", " | ")
    console.print(f"version: {escape(version)}", highlight=False)
    if found.archive is None:
        console.print("archive: none, not a firmware of this bench")
        return
    archive = found.archive
    console.print(f"code: {archive.code}", highlight=False)
    console.print(f"archive of {archive.size} bytes, starts {archive.entry_name}:", highlight=False)
    for name, size in sorted(archive.files.items()):
        console.print(f"  {size:7d}  {escape(name)}", highlight=False)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(name, justify="left" if name in ("name", "type", "what") else "right")
    return table


def _segments(found: Description) -> Table:
    table = _table("segments", "type", "offset", "address", "in file", "in memory", "flags")
    for item in found.image.programs:
        header = item.header
        kind = "LOAD" if header.type == PT_LOAD else f"0x{header.type:x}"
        sizes = (str(header.filesz), str(header.memsz))
        place = (f"0x{header.offset:x}", f"0x{header.paddr:08x}")
        table.add_row(kind, *place, *sizes, _flags(header.flags))
    return table


def _flags(flags: int) -> str:
    letters = zip("RWE", (PF_R, PF_W, PF_X), strict=True)
    return "".join(letter if flags & bit else " " for letter, bit in letters)


def _sections(found: Description) -> Table:
    table = _table("sections", "name", "type", "address", "offset", "size")
    kinds = {1: "PROGBITS", 2: "SYMTAB", 3: "STRTAB", 8: "NOBITS", 0: "NULL"}
    for item in found.image.sections:
        header = item.header
        place = (f"0x{header.addr:08x}", f"0x{header.offset:x}", str(header.size))
        table.add_row(escape(item.name), kinds.get(header.type, f"0x{header.type:x}"), *place)
    return table


def _resource_table(entries: Sequence[tuple[int, Entry]]) -> Table:
    table = _table("resource table", "offset", "type", "what")
    for offset, entry in entries:
        kind = getattr(entry.kind, "name", f"{int(entry.kind)}").lower()
        table.add_row(f"0x{offset:x}", kind, escape(_entry(entry)))
    return table


def _entry(entry: Entry) -> str:
    if isinstance(entry, Carveout):
        place = f"da {_address(entry.da)}, pa {_address(entry.pa)}"
        return f"{entry.name}: {place}, {entry.length} bytes, flags 0x{entry.flags:x}"
    if isinstance(entry, Trace):
        return f"{entry.name}: da {_address(entry.da)}, {entry.length} bytes"
    if isinstance(entry, Vdev):
        rings = "".join(
            f"\nvring {n}: da {_address(ring.da)}, align {ring.align}, num {ring.num}, "
            f"notify id {ring.notify_id}"
            for n, ring in enumerate(entry.vrings)
        )
        head = f"id {entry.id}, notify id {entry.notify_id}, features 0x{entry.features:x}"
        return f"{head}, {len(entry.config)} bytes of configuration{rings}"
    return "contents of its vendor"


def _address(address: int) -> str:
    return "any" if address == ANY else f"0x{address:08x}"


def print_findings(
    console: Console, path: Path, board: str | None, findings: Sequence[Finding]
) -> None:
    """Print what a check has found, rules as they come, and the sum; ``board`` is checked for."""
    for finding in findings:
        colour = _COLOURS[finding.severity]
        line = escape(finding.line().removeprefix(f"{finding.severity} "))
        text = f"[{colour}]{finding.severity}[/] {line}"
        console.print(f"{escape(str(path))}: {text}", highlight=False, soft_wrap=True)
    counts = Counter(finding.severity for finding in findings)
    summary = ", ".join(counted(counts[item], f"{item}s") for item in Severity)
    target = f" (for {escape(board)})" if board else ""
    console.print(f"{escape(path.name)}: {summary}{target}", highlight=False, soft_wrap=True)


def print_choices(console: Console, choices: Sequence[Choice]) -> None:
    """Print for each file name which file is taken and why, and all candidates in their order."""
    for choice in choices:
        winner = escape(choice.winner.shown)
        console.print(f"{escape(choice.name)}: {winner}", highlight=False, soft_wrap=True)
        console.print(f"  why: {choice.reason()}", highlight=False, soft_wrap=True, markup=False)
        for number, item in enumerate(choice.candidates, 1):
            mark = "taken" if item is choice.winner else "overridden"
            line = f"  {number}. pattern {item.pattern + 1}  {item.shown}  {mark}"
            console.print(line, highlight=False, soft_wrap=True, markup=False)
