# SPDX-License-Identifier: Apache-2.0
"""Named values of the RTL, read from its ``localparam``s: states, operations, responses."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import hdl_models

HDL = Path(hdl_models.__file__).parent
_DECLARATION = re.compile(r"localparam\s+(?:logic\s+)?\[(\d+):0\]\s+([^;]+);")
_VALUE = re.compile(r"(\w+)\s*=\s*(\d+)'([dhb])([0-9A-Fa-f_]+)")
_BASES = {"d": 10, "h": 16, "b": 2}


@cache
def constants(file: str, bits: int) -> tuple[tuple[str, int], ...]:
    """Return (name, value) of all constants of ``bits`` bits in a source, in its order."""
    text = re.sub(r"//[^\n]*", "", (HDL / file).read_text())
    return tuple(
        (name, int(digits.replace("_", ""), _BASES[base]))
        for high, body in _DECLARATION.findall(text)
        if int(high) + 1 == bits
        for name, width, base, digits in _VALUE.findall(body)
        if int(width) == bits
    )


def states(file: str, bits: int, first: str) -> dict[int, str]:
    """Return the names of a state register's values: from ``first`` on while they count up."""
    found: dict[int, str] = {}
    for name, value in constants(file, bits):
        if not found and name != first:
            continue
        if value != len(found):
            break
        found[value] = name
    if not found:
        raise LookupError(f"{file}: no {bits}-bit localparam {first}")
    return found


def prefixed(file: str, bits: int, prefix: str) -> dict[int, str]:
    """Return the constants whose names begin so, without the beginning."""
    return {
        value: name.removeprefix(prefix).lower()
        for name, value in constants(file, bits)
        if name.startswith(prefix)
    }
