# SPDX-License-Identifier: Apache-2.0
"""Surfer's command file, and its mapping files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from sim.viewers.groups import ASCII, BIT, DECIMAL, HEX, TEXT
from sim.viewers.value_names import ValueNames
from sim.viewers.view import View

SUFFIX = ".sucl"
MAPPINGS = Path(".surfer", "mappings")
"""Where Surfer looks for mappings, from the folder that it is started in."""
_FORMATS = {ASCII: "ASCII", DECIMAL: "Unsigned", HEX: "Hexadecimal"}
_AS_IT_IS = (TEXT, BIT)


def write_mappings(tables: Mapping[str, ValueNames], folder: Path) -> None:
    """Write a mapping file for each table, whose name is that of the format in the viewer."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables.values():
        lines = [f"Name = {table.name}", f"Bits = {table.bits}"]
        lines += [
            f"0x{value:x}{'[error]' if value in table.errors else ''} {word}"
            for value, word in table.words.items()
        ]
        (folder / f"{table.name}.txt").write_text("\n".join(lines) + "\n")


def write_command_file(file: TextIO, view: View) -> None:
    """Write the commands.

    A format is given to the item that is focused. Whether a new item is depends on Surfer's version
    and on whether another one was; and new items are put behind the focused one, or else at the
    end. So each one is focused by its place, and nothing is when the next one comes.
    """
    write = file.write
    write(f"load_file {view.wave}\n")
    place = 0
    for group in view.groups:
        write(f"divider_add {group.name}\n")
        place += 1
        for name, form in group.signals:
            write(f"variable_add {name}\n")
            if form not in _AS_IT_IS:
                write(f"item_focus {_letters(place)}_{name}\n")
                write(f"item_set_format {form if form in view.tables else _FORMATS[form]}\n")
                write("item_unfocus\n")
            place += 1
    for marker in view.markers:
        write(f"marker_set {marker.name} {view.tick(marker.time_ns)}\n")
    if view.start is not None:
        write(f"cursor_set {view.tick(view.start.time_ns)}\n")


def _letters(place: int) -> str:
    """Return the place of an item as Surfer writes it: hexadecimal, with letters from a on."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in f"{place:x}")
