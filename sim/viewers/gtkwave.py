# SPDX-License-Identifier: Apache-2.0
"""GTKWave's save file, and its translate filter files."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from pathlib import Path
from typing import TextIO

from vcd.gtkw import GTKWSave, make_translation_filter

from sim.viewers.groups import ASCII, BIT, DECIMAL, HEX, TEXT, short_name
from sim.viewers.value_names import ERROR, ValueNames
from sim.viewers.view import View

SUFFIX = ".gtkw"
FILTERS = "waves.gtkwave"
"""Folder of the filter files beside the save file."""
_FORMATS = {TEXT: "ascii", ASCII: "ascii", DECIMAL: "dec", HEX: "hex", BIT: "bin"}
_CLOSED = ("registers", "uart")
_SIGNALS_WIDTH = 260
_WINDOW = (1800, 1000)
_ZOOM = -12.0
"""Power of two of the ns that a pixel stands for, as GTKWave counts it: some 30 us in a window."""
_BEFORE_NS = 1_000


def write_filters(tables: Mapping[str, ValueNames], folder: Path) -> None:
    """Write a filter file for each table: the value as GTKWave shows it in hex, and the word."""
    folder.mkdir(exist_ok=True)
    for table in tables.values():
        text = make_translation_filter(
            [
                (value, word, ERROR) if value in table.errors else (value, word)
                for value, word in table.words.items()
            ],
            size=table.bits,
        )
        (folder / f"{table.name}.txt").write_text(text + "\n")


def write_save_file(file: TextIO, view: View) -> None:
    """Write the save file; paths in it are relative to its folder."""
    save = GTKWSave(file)
    save.dumpfile(view.wave, abspath=False)
    save.savefile(Path(view.wave).with_suffix(SUFFIX).name, abspath=False)
    save.size(*_WINDOW)
    save.signals_width(_SIGNALS_WIDTH)
    save.sst_expanded(False)
    if view.start is not None:
        _write_markers(file, save, view, view.start.time_ns)
    for group in view.groups:
        with save.group(group.name, closed=group.name in _CLOSED):
            for name, form in group.signals:
                width = view.bits[name]
                table = view.tables.get(form)
                save.trace(
                    f"{name}[{width - 1}:0]" if width > 1 else name,  # a vector has its range
                    alias=short_name(name),
                    datafmt="hex" if table else _FORMATS[form],
                    translate_filter_file=f"{FILTERS}/{table.name}.txt" if table else None,
                )


def _write_markers(file: TextIO, save: GTKWSave, view: View, start: int) -> None:
    letters = {
        chr(ord("a") + n): view.tick(marker.time_ns) for n, marker in enumerate(view.markers)
    }
    save.timestart(view.tick(max(start - _BEFORE_NS, 0)))
    save.zoom_markers(_ZOOM + log2(view.tick_ns), view.tick(start), **letters)
    for letter, marker in zip(letters, view.markers, strict=True):
        file.write(f"[markername] {letter.upper()}{marker.name}\n")
