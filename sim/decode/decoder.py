# SPDX-License-Identifier: Apache-2.0
"""Decodes a waveform: finds the signals, reads the traffic, follows the link, asks the referee."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sim.boards import load_board
from sim.boards.model import Board
from sim.decode.bus_access import BusAccess
from sim.decode.link import LinkDecoder
from sim.decode.signal_map import SignalMap, read_map, soc_map
from sim.decode.traffic import Reset, Traffic, read_traffic
from sim.decode.waveform import WaveError, WaveFile
from sim.referee import Referee, Violation
from sim.run_files import RUN_FILE

BOARDS = ("visionfive2", "v821")
FROM_THE_START_NS = 0


@dataclass(frozen=True)
class Decoded:
    """What a waveform shows. Without ``complete`` it begins in the middle of a run.

    Violations are then not looked for: the referee has to see a link from its beginning.
    """

    path: Path
    board: Board
    names: SignalMap
    traffic: Traffic
    link: LinkDecoder
    complete: bool
    violations: list[Violation]
    failed: bool


def decode(path: Path, board_name: str | None = None, signals: Path | None = None) -> Decoded:
    """Return what a waveform shows; WaveError with one line when it cannot be decoded."""
    wave = WaveFile(path)
    board = load_board(board_name or _board_of_run(path) or _board_of_signals(wave))
    names = read_map(signals or soc_map(board.soc), wave)
    return decode_wave(wave, board, names)


def decode_wave(wave: WaveFile, board: Board, names: SignalMap) -> Decoded:
    """Return what the mapped signals of an open waveform show."""
    traffic = read_traffic(wave, names)
    _check_harts(wave, board, traffic)
    link = LinkDecoder(board)
    link.follow(traffic)
    complete = traffic.begin_ns == FROM_THE_START_NS
    violations, failed = _judge(board, traffic) if complete else ([], False)
    return Decoded(wave.path, board, names, traffic, link, complete, violations, failed)


def _board_of_run(path: Path) -> str | None:
    """Return the board of the run whose folder the waveform lies in."""
    try:
        run = json.loads((path.parent / RUN_FILE).read_text())
    except (OSError, ValueError):
        return None
    name = run.get("board") if isinstance(run, dict) else None
    return name if isinstance(name, str) else None


def _board_of_signals(wave: WaveFile) -> str:
    """Return the board whose simulation top is in the waveform."""
    for name in BOARDS:
        if wave.scopes_like(f"{load_board(name).soc}_bench"):
            return name
    tops = ", ".join(f"{load_board(name).soc}_bench ({name})" for name in BOARDS)
    raise WaveError(
        f"{wave.path}: expected one of the scopes {tops}, found none: --board and --signals say "
        "what it is"
    )


def _check_harts(wave: WaveFile, board: Board, traffic: Traffic) -> None:
    harts = len(board.harts)
    for access in traffic.accesses:
        if access.hart >= harts:
            expected = f"bus ids of harts below {harts} ({board.name})"
            raise WaveError(f"{wave.path}: expected {expected}, found {access.hart}")


def _judge(board: Board, traffic: Traffic) -> tuple[list[Violation], bool]:
    """Return what the referee holds against the two sides, and whether it is an error."""
    referee = Referee.of_board(board)
    for item in traffic.happenings():
        if isinstance(item, Reset):
            referee.reset(item.time_ns, item.hart, item.running)
        elif isinstance(item, BusAccess) and item.data is not None:
            time, hart, write, address = item.time_ns, item.hart, item.write, item.address
            referee.bus(time, hart, write, address, item.data, response=item.response)
    referee.finish(traffic.end_ns)
    return referee.report.violations, referee.report.failed
