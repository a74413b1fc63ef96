# SPDX-License-Identifier: Apache-2.0
"""Which doorbell a store rings, on either board."""

import struct

import pytest

from sim.boards import Board, load_board
from sim.conformance.doorbells import Ring, doorbells_of
from sim.records import Kind, Record


def stored(hart: int, address: int, value: int, kind: Kind = Kind.REGISTER_WRITE) -> Record:
    return Record(0, 0, kind, hart, 0, 0, address, 4, value, struct.pack("<I", value))


def rung(board: Board, *records: Record) -> list[Ring]:
    doorbells = doorbells_of(board)
    return [ring for record in records for ring in doorbells.take(record)]


def test_visionfive2_marks_the_mailbox_before_an_output_kick():
    board = load_board("visionfive2")
    clint = board.compatible("sifive,clint0").region.base
    mailbox = getattr(board.rpmsg, "mailbox").base  # noqa: B009
    linux = next(hart.index for hart in board.harts if hart.hart_id == board.linux.boot_hart)
    rtos = next(hart.index for hart in board.harts if hart.hart_id == board.rtos.boot_hart)
    to_rtos, to_linux = (clint + 4 * n for n in (board.rtos.boot_hart, board.linux.boot_hart))
    mark = stored(linux, mailbox + 0x40, 1, Kind.MEMORY_WRITE)
    assert rung(
        board,
        stored(linux, to_rtos, 1),
        mark,
        stored(linux, to_rtos, 1),
        stored(linux, to_rtos, 1),
        stored(rtos, to_linux, 1),
        stored(linux, to_linux, 0),
        stored(linux, to_linux, 1),
    ) == [Ring(True, 0), Ring(True, 1), Ring(True, 0), Ring(False, None)]


@pytest.mark.parametrize(("word", "ring"), [(0, 0), (1, 1)])
def test_v821_sends_the_notify_id(word: int, ring: int):
    board = load_board("v821")
    msgbox = getattr(board.rpmsg, "msgbox")  # noqa: B009
    fifo = 0x70 + 0x100 * msgbox.slot
    to_rtos, to_linux = msgbox.rtos.base + fifo, msgbox.linux.base + fifo
    assert rung(board, stored(0, to_rtos, word), stored(1, to_linux, word)) == [
        Ring(True, ring),
        Ring(False, ring),
    ]


def test_v821_words_about_no_ring_ring_nothing():
    board = load_board("v821")
    msgbox = getattr(board.rpmsg, "msgbox")  # noqa: B009
    fifo = msgbox.rtos.base + 0x70 + 0x100 * msgbox.slot
    stop, other_channel = stored(0, fifo, 0xF3F30301), stored(0, fifo + 4, 1)
    assert rung(board, stop, other_channel) == []
