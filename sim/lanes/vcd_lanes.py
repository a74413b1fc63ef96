# SPDX-License-Identifier: Apache-2.0
"""Adds signals to a finished VCD file: text as GTKWave's ``string`` variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from typing import BinaryIO

from sim.lanes.lane import SCOPE, TEXT, Lane, Value, bits_of

_END_OF_NAMES = b"$enddefinitions"
_ESCAPES = {32: r"\x20", 92: r"\\"}
_UNITS = {b"ps": 1000, b"ns": 1}


class VcdError(ValueError):
    """A VCD file that signals cannot be added to."""


def add_to_vcd(source: BinaryIO, target: BinaryIO, lanes: Sequence[Lane]) -> None:
    """Copy a VCD with further signals; VcdError when it has no header."""
    scale = _header(source, target, lanes)
    pending = _pending(lanes)
    waiting = next(pending, None)
    for line in source:
        if line[:1] == b"#" and waiting is not None:
            now = int(line[1:])
            while waiting is not None and waiting[0] * scale < now:
                # Nothing else changes at that time.
                target.write(b"#%d\n" % (waiting[0] * scale))
                waiting = _write_until(target, pending, waiting, waiting[0])
            target.write(line)
            waiting = _write_until(target, pending, waiting, now // scale) if waiting else None
        else:
            target.write(line)


def _write_until(
    target: BinaryIO, pending: Iterator[tuple[int, bytes]], first: tuple[int, bytes], now: int
) -> tuple[int, bytes] | None:
    """Write the changes up to a time; return the one after."""
    change: tuple[int, bytes] | None = first
    while change is not None and change[0] <= now:
        target.write(change[1])
        change = next(pending, None)
    return change


def _pending(lanes: Sequence[Lane]) -> Iterator[tuple[int, bytes]]:
    """Yield (time, line) of all changes in order."""
    yield from merge(*(_lines(lane, number) for number, lane in enumerate(lanes)))


def _lines(lane: Lane, number: int) -> Iterator[tuple[int, bytes]]:
    for time, value in lane.changes:
        yield time, _line(lane, number, value)


def _line(lane: Lane, number: int, value: Value) -> bytes:
    if lane.bits != TEXT:
        return f"b{bits_of(value, lane.bits)} {_code(number)}\n".encode()
    text = "".join(_ESCAPES.get(ord(sign), sign) for sign in str(value or ""))
    return f"s{text} {_code(number)}\n".encode("ascii", "replace")


def _code(number: int) -> str:
    """Return an identifier that no simulator gives: theirs are shorter."""
    return f"ampsim{number}"


def _header(source: BinaryIO, target: BinaryIO, lanes: Sequence[Lane]) -> int:
    """Copy the names, with those of the lanes; return the ticks of a ns."""
    scale, words = 1, b""
    for line in source:
        if line.lstrip().startswith(_END_OF_NAMES):
            target.write(f"$scope module {SCOPE} $end\n".encode())
            for number, lane in enumerate(lanes):
                kind = f"string 1 {_code(number)} {lane.name}"
                if lane.bits != TEXT:
                    kind = f"wire {lane.bits} {_code(number)} {lane.name} [{lane.bits - 1}:0]"
                target.write(f"$var {kind} $end\n".encode())
            target.write(b"$upscope $end\n")
            target.write(line)
            return scale
        if words or line.lstrip().startswith(b"$timescale"):
            words += line
            if b"$end" in words:
                scale, words = _scale(words), b""
        target.write(line)
    raise VcdError("no $enddefinitions")


def _scale(text: bytes) -> int:
    number = text.replace(b"$timescale", b"").replace(b"$end", b"").strip()
    digits = number.rstrip(b"pnums ")
    unit = number[len(digits) :].strip()
    if unit not in _UNITS or int(digits) > _UNITS[unit]:
        raise VcdError(f"a timescale of {number.decode('ascii', 'replace')}")
    return _UNITS[unit] // int(digits)
