# SPDX-License-Identifier: Apache-2.0
"""Numbers as a report shows them."""

from __future__ import annotations

import math


def us(nanoseconds: float) -> str:
    """Return µs with the digits that mean something at a clock of 10 ns."""
    return f"{nanoseconds / 1000:,.2f}".replace(",", "\u202f")


def span(nanoseconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if abs(nanoseconds) >= size:
            return f"{nanoseconds / size:.3f}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{nanoseconds:g} ns"


def count(number: int) -> str:
    """Return a whole number in groups of three digits."""
    return f"{number:,}".replace(",", "\u202f")


def counted(number: int, plural: str) -> str:
    """Return "1 line", "2 lines"."""
    return f"{count(number)} {plural.removesuffix('s') if number == 1 else plural}"


def size(octets: int) -> str:
    """Return a size of a file."""
    for unit, factor in (("MB", 1e6), ("kB", 1e3)):
        if octets >= factor:
            return f"{octets / factor:.1f} {unit}"
    return f"{octets} B"


def words(name: str) -> str:
    """Return a name of the result file in words."""
    return name.replace("_", " ")


def ticks(low: float, high: float, wanted: int) -> list[float]:
    """Return about ``wanted`` round numbers in [low, high]."""
    if high <= low:
        return [low]
    raw = (high - low) / max(1, wanted)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first = math.ceil(low / step - 1e-9)
    return [step * n for n in range(first, math.floor(high / step + 1e-9) + 1)]
