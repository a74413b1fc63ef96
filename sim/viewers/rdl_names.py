# SPDX-License-Identifier: Apache-2.0
"""Register names by offset, read from the project's SystemRDL files.

Reads only where registers lie: nested blocks, arrays and instances with their addresses. It has to
be quick, as it is done for each run with a waveform; a test compares it with a full compiler.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

import hdl_models

FOLDER = Path(hdl_models.__file__).parent / "registers"
_OPEN = re.compile(r"\s*(addrmap|regfile|reg|field)\b\s*(\w*)[^{}]*\{")
_PLACE = re.compile(
    r"(?:external\s+)?(\w+)(?:\[(\d+)\])?\s*@\s*(0x[0-9A-Fa-f]+|\d+)"
    r"(?:\s*\+=\s*(0x[0-9A-Fa-f]+|\d+))?\s*;"
)
_INSTANCE = re.compile(r"\s*\w+\s+" + _PLACE.pattern)
_NOISE = re.compile(r'//[^\n]*|"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass
class _Scope:
    kind: str
    name: str
    inside: list[tuple[int, str]] = field(default_factory=list)


@cache
def register_names(file: str, block: str) -> dict[int, str]:
    """Return the registers of an address map by offset; two at one place are joined by ``/``."""
    text = _NOISE.sub("", (FOLDER / file).read_text())
    found: dict[int, str] = {}
    for offset, name in _maps(text)[block]:
        found[offset] = f"{found[offset]}/{name}" if offset in found else name
    return found


def _maps(text: str) -> dict[str, list[tuple[int, str]]]:
    """Return (offset, name) of all registers of each address map."""
    maps: dict[str, list[tuple[int, str]]] = {}
    stack: list[_Scope] = []
    at = 0
    while at < len(text):
        if opened := _OPEN.match(text, at):
            stack.append(_Scope(opened[1], opened[2]))
            at = opened.end()
        elif text[at] == "}":
            at = _close(text, at + 1, stack, maps)
        elif placed := _INSTANCE.match(text, at):
            if stack:
                stack[-1].inside += _placed(placed, [(0, "")])
            at = placed.end()
        else:
            at += 1
    return maps


def _close(text: str, at: int, stack: list[_Scope], maps: dict[str, list[tuple[int, str]]]) -> int:
    scope = stack.pop()
    if scope.kind == "addrmap":
        maps[scope.name] = scope.inside
    placed = re.compile(r"\s*" + _PLACE.pattern).match(text, at)
    if placed and stack and scope.kind != "field":
        stack[-1].inside += _placed(placed, scope.inside if scope.kind == "regfile" else [(0, "")])
    return placed.end() if placed else at


def _placed(placed: re.Match[str], inside: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return what an instance or an array of them puts where."""
    name, number, base, stride = placed.groups()
    count = range(int(number) if number else 1)
    return [
        (
            int(base, 0) + index * int(stride or "0", 0) + offset,
            name + (f"[{index}]" if number else "") + (f".{part}" if part else ""),
        )
        for index, (offset, part) in product(count, inside)
    ]
