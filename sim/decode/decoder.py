# SPDX-License-Identifier: Apache-2.0
"""Decodes a waveform: finds the signals, reads the traffic, follows the link, asks the referee."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.boards import load_board
from sim.boards.model import Board
from sim.decode.collector import without_collector
from sim.decode.link import LinkDecoder
from sim.decode.signal_map import SignalMap, read_map, soc_map
from sim.decode.traffic import LineEdge, Reset, Traffic, read_traffic
from sim.decode.waveform import WaveError, WaveFile
from sim.linux_peer.board import board_of_run
from sim.referee import Referee, Violation
from sim.referee.side import Side

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
    return open_and_decode(path, board_name, signals)[1]


@without_collector()
def open_and_decode(
    path: Path, board_name: str | None = None, signals: Path | None = None
) -> tuple[WaveFile, Decoded]:
    """Return the waveform as well, for who wants more of it."""
    wave = WaveFile(path)
    board = load_board(board_name) if board_name else board_of_run(path)
    board = board or _board_of_signals(wave)
    names = read_map(signals or soc_map(board.soc), wave, board)
    return wave, decode_wave(wave, board, names)


def decode_wave(wave: WaveFile, board: Board, names: SignalMap) -> Decoded:
    """Return what the mapped signals of an open waveform show."""
    if board.real_linux:
        raise WaveError(
            f"{wave.path}: expected all traffic on the bus, found a run with --host linux, whose "
            "kernel has its memory outside: ampsim check reads its records"
        )
    traffic = read_traffic(wave, names)
    _check_harts(wave, board, traffic)
    link = LinkDecoder(board)
    link.follow(traffic)
    complete = traffic.begin_ns == FROM_THE_START_NS
    violations, failed = _judge(board, names, traffic) if complete else ([], False)
    return Decoded(wave.path, board, names, traffic, link, complete, violations, failed)


def _board_of_signals(wave: WaveFile) -> Board:
    """Return the board whose simulation top is in the waveform."""
    boards = [load_board(name) for name in BOARDS]
    for board in boards:
        if wave.scopes_like(f"{board.soc}_bench"):
            return board
    tops = ", ".join(f"{board.soc}_bench ({board.name})" for board in boards)
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


def _judge(board: Board, names: SignalMap, traffic: Traffic) -> tuple[list[Violation], bool]:
    """Return what the referee holds against the two sides, and whether it is an error."""
    referee = Referee.of_board(board, lines=len(names.doorbells) == len(Side))
    lines = {side: name for name, side in referee.setup.lines.items()}
    for item in traffic.happenings():
        if isinstance(item, Reset):
            referee.reset(item.time_ns, item.hart, item.running)
        elif isinstance(item, LineEdge):
            if item.side in lines:
                referee.line(item.time_ns, lines[item.side], item.high)
        elif item.data is not None:
            time, hart, write, address = item.time_ns, item.hart, item.write, item.address
            referee.bus(time, hart, write, address, item.data, response=item.response)
    referee.finish(traffic.end_ns)
    return referee.report.violations, referee.report.failed
