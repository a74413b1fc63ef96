# SPDX-License-Identifier: Apache-2.0
"""Makes a finished waveform one for people: adds the lanes, writes the viewers' files beside it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sim.boards.model import Board
from sim.decode.collector import without_collector
from sim.decode.decoder import Decoded, open_and_decode
from sim.decode.signal_map import SignalMap, read_map, soc_map
from sim.decode.waveform import WaveFile
from sim.errors import AmpsimError
from sim.lanes import SCOPE, Lane, add_lanes
from sim.viewers import gtkwave, surfer
from sim.viewers.access_lanes import AccessLanes
from sim.viewers.addresses import AddressNames
from sim.viewers.groups import groups_in
from sim.viewers.link_lanes import all_lanes
from sim.viewers.markers import Flaw, Marker, markers_of
from sim.viewers.recorded_lanes import RecordedLanes
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
    addresses, flaws = AddressNames(decoded.board), sorted(map(Flaw.of, decoded.violations))
    markers = markers_of(decoded.link.messages, flaws)

    def lanes() -> list[Lane]:
        accesses = AccessLanes(decoded.board, addresses)
        for access in decoded.traffic.accesses:
            accesses.take(access)
        return all_lanes(decoded.link, flaws, accesses)

    return Prepared(decoded, _prepare(wave, decoded.names, addresses, lanes, markers))


@without_collector()
def prepare_recorded(path: Path, recorded: RecordedLanes, flaws: list[Flaw]) -> dict[str, Path]:
    """Prepare the waveform of a run whose records made the lanes; return the viewers' files.

    ``flaws`` are the run's. AmpsimError with one line when it cannot be read or written.
    """
    lanes, inside = recorded.finish(flaws)
    wave = WaveFile(path)
    names = read_map(soc_map(recorded.board.soc), wave, recorded.board)
    markers = markers_of(recorded.link.messages, inside)
    return _prepare(wave, names, recorded.addresses, lambda: lanes, markers)


def prepare_undecoded(path: Path, board: Board) -> dict[str, Path]:
    """Write the viewers' files of a waveform that does not show all traffic: no lanes, no markers.

    That of a run with a real kernel, whose memory is outside. AmpsimError as above.
    """
    wave = WaveFile(path)
    names = read_map(soc_map(board.soc), wave, board)
    return _prepare(wave, names, AddressNames(board), list, [])


def _prepare(
    wave: WaveFile,
    names: SignalMap,
    addresses: AddressNames,
    lanes: Callable[[], list[Lane]],
    markers: list[Marker],
) -> dict[str, Path]:
    """Put the lanes into a waveform that has none, write the viewers' files beside it."""
    path = wave.path
    bits = {name: wave.bits(name) for name in wave}
    if not any(name.startswith(f"{SCOPE}.") for name in bits):
        made = lanes()
        if made:
            add_lanes(path, made)
        bits.update({f"{SCOPE}.{lane.name}": lane.bits for lane in made})
    groups = groups_in(bits, names.root, names.buses[0].signals)
    tables = all_value_names(addresses)
    view = View(path.name, groups, markers, tables, bits, wave.tick_ns)
    gtkw, commands = path.with_suffix(gtkwave.SUFFIX), path.with_suffix(surfer.SUFFIX)
    try:
        gtkwave.write_filters(tables, path.parent / gtkwave.FILTERS)
        surfer.write_mappings(tables, path.parent / surfer.MAPPINGS)
        _write(gtkw, lambda file: gtkwave.write_save_file(file, view))
        _write(commands, lambda file: surfer.write_command_file(file, view))
    except OSError as error:
        raise AmpsimError(f"{error.filename}: cannot be written: {error.strerror}") from None
    return {"gtkwave": gtkw, "surfer": commands}


def _write(path: Path, write: Callable[[TextIO], None]) -> None:
    text = io.StringIO()
    write(text)
    path.write_text(text.getvalue())
