# SPDX-License-Identifier: Apache-2.0
"""exchange.py in byte code: its decorators are left out, viper's types are functions."""

import uctypes

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]


def _bytes_of(buffer: "Any") -> "Any":
    """Return the first word of a buffer as bytes; no byte behind it is looked at."""
    return uctypes.bytearray_at(uctypes.addressof(buffer), 4)


def _module() -> "dict[str, Any]":
    """Run the other file; return what it defines."""
    names: dict[str, Any] = {"ptr8": _bytes_of, "ptr32": lambda halves: halves, "uint": int}
    with open(__file__.replace("plain_exchange", "exchange")) as file:  # noqa: PTH123
        exec(file.read().replace("@micropython.viper", ""), names)
    return names


Exchange = _module()["Exchange"]
