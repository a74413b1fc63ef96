# SPDX-License-Identifier: Apache-2.0
"""What an option's text stands for: numbers, spans of time, places that can be written."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path

_UNITS_NS = {"us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


def positive(text: str) -> int:
    """Return a count of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"expected a number of at least 1, found {text}")
    return int(text)


def whole_number(text: str) -> int:
    """Return an integer of either sign."""
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a whole number, found {text}") from None


def span_ns(text: str) -> int:
    """Return a span of simulated time in ns, -1 for "off"."""
    if text == "off":
        return -1
    for unit, factor in _UNITS_NS.items():
        number = text.removesuffix(unit)
        if number != text and number.isdecimal() and int(number) > 0:
            return int(number) * factor
    raise ArgumentTypeError(f"expected a span like 50ms, 2s or off, found {text}")


def output_folder(text: str) -> Path:
    """Return a folder that is there or can be made: nothing on the way to it is a file."""
    path = Path(text)
    for part in (path, *path.parents):
        if part.exists() and not part.is_dir():
            raise ArgumentTypeError(f"expected a folder, found the file {part}")
    return path


def output_file(text: str) -> Path:
    """Return a file that is there or can be made, in a folder as :func:`output_folder` says."""
    path = Path(text)
    if path.is_dir():
        raise ArgumentTypeError(f"expected a file, found the folder {path}")
    output_folder(str(path.parent))
    return path
