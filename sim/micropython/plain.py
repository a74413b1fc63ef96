# SPDX-License-Identifier: Apache-2.0
"""events.py, rows.py and exchange.py in byte code: no decorators, viper's types are functions."""

import uctypes

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]


def _bytes_of(buffer: "Any") -> "Any":
    """Return the first word of a buffer as bytes; no byte behind it is looked at."""
    return uctypes.bytearray_at(uctypes.addressof(buffer), 4)


def _class(file_name: str, class_name: str, imported: "dict[str, Any]") -> "Any":
    """Run one of those files, with what it imports of the others; return a class of its."""
    names: dict[str, Any] = {"ptr8": _bytes_of, "ptr32": lambda halves: halves, "uint": int}
    names.update(imported)
    with open(__file__.replace("plain", file_name)) as file:  # noqa: PTH123
        lines = [line for line in file if not line.startswith("from sim.")]
    exec("".join(lines).replace("@micropython.viper", ""), names)
    return names[class_name]


Events = _class("events", "Events", {})
Exchange = _class("exchange", "Exchange", {"Rows": _class("rows", "Rows", {})})
