# SPDX-License-Identifier: Apache-2.0
"""Makes a finished waveform one for people: adds the lanes, writes the viewers' files beside it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sim.decode.collector import without_collector
from sim.decode.decoder import Decoded, open_and_decode
from sim.errors import AmpsimError
from sim.lanes import SCOPE, add_lanes
from sim.viewers import gtkwave, surfer
from sim.viewers.addresses import AddressNames
from sim.viewers.decoded_lanes import lanes_of
from sim.viewers.groups import groups_in
from sim.viewers.markers import markers_of
from sim.viewers.value_names import all_value_names
from sim.viewers.view import View


@dataclass(frozen=True)
class Prepared:
    """What was decoded, and the files that were written by their names in a result."""

    decoded: Decoded
    files: dict[str, Path]


@without_collector()
def prepare_waveform(path: Path, board: str | None = None, signals: Path | None = None) -> Prepared:
    """Prepare a waveform; one that has lanes already gets its viewers' files anew, no more lanes.

    AmpsimError with one line when it cannot be decoded or written.
    """
    wave, decoded = open_and_decode(path, board, signals)
    addresses = AddressNames(decoded.board)
    bits = {name: wave.bits(name) for name in wave}
    if not any(name.startswith(f"{SCOPE}.") for name in bits):
        lanes = lanes_of(decoded, addresses)
        add_lanes(path, lanes)
        bits.update({f"{SCOPE}.{lane.name}": lane.bits for lane in lanes})
    groups = groups_in(bits, decoded.names.root, decoded.names.buses[0].signals)
    tables = all_value_names(addresses)
    view = View(path.name, groups, markers_of(decoded), tables, bits, wave.tick_ns)
    gtkw, commands = path.with_suffix(gtkwave.SUFFIX), path.with_suffix(surfer.SUFFIX)
    try:
        gtkwave.write_filters(tables, path.parent / gtkwave.FILTERS)
        surfer.write_mappings(tables, path.parent / surfer.MAPPINGS)
        _write(gtkw, lambda file: gtkwave.write_save_file(file, view))
        _write(commands, lambda file: surfer.write_command_file(file, view))
    except OSError as error:
        raise AmpsimError(f"{error.filename}: cannot be written: {error.strerror}") from None
    return Prepared(decoded, {"gtkwave": gtkw, "surfer": commands})


def _write(path: Path, write: Callable[[TextIO], None]) -> None:
    text = io.StringIO()
    write(text)
    path.write_text(text.getvalue())
