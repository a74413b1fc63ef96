# SPDX-License-Identifier: Apache-2.0
"""Records of whole runs: contents come from the wires, every edge of a doorbell is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.boards import load_board
from sim.boards.model import MailboxLink
from sim.build.design import HDL, Design, soc_design
from sim.record_file import RecordFile, StreamHeader
from sim.records import OBSERVED, Kind, Record
from sim.runs import launch
from sim.runs.prepare import prepare_run

SHELL = HDL / "core" / "core_shell.sv"
WRITE_DATA = "assign m_axi_wdata   = wdata_i;"


@pytest.fixture(scope="module", params=["visionfive2", "v821"])
def recorded(request: pytest.FixtureRequest, tmp_path_factory) -> tuple[str, list[Record]]:
    """Board and records of a short run."""
    directory = tmp_path_factory.mktemp(request.param)
    config = prepare_run("echo", request.param, "verilator", directory, count=5, record=True)
    launch.run(config, directory)
    stream = RecordFile(directory / "records.bin")
    clock_ns = 1_000_000_000 // load_board(request.param).clock_hz
    assert stream.header == StreamHeader(request.param, clock_ns)
    return request.param, list(stream)


def test_records_are_in_the_order_of_time(recorded) -> None:
    _, records = recorded
    assert [record.cycle for record in records] == sorted(record.cycle for record in records)


def test_each_request_of_a_hart_has_passed_on_the_wires(recorded) -> None:
    """What a hart asked for was observed meanwhile: all bytes, and of a read perhaps some more."""
    _, records = recorded
    moved: dict[int, list[Record]] = {}
    requests = 0
    for record in records:
        if record.kind in OBSERVED:
            moved.setdefault(record.hart, []).append(record)
        elif record.kind <= Kind.WRITE:
            requests += 1
            seen = moved.pop(record.hart)
            write = record.kind in (Kind.STORE, Kind.WRITE)
            assert {item.kind & 1 for item in seen} == {int(write)}
            assert all(record.cycle - record.span <= item.cycle <= record.cycle for item in seen)
            size = sum(item.length for item in seen)
            assert size == record.length if write else size >= record.length
            assert seen[0].address <= record.address
            assert record.value == 0 and not record.payload
    assert requests > 3000


def doorbells(board: str) -> set[tuple[int, int]]:
    """The lines by which either side of the link is told: (address, number)."""
    found = load_board(board)
    if isinstance(found.rpmsg, MailboxLink):
        clint = found.compatible("sifive,clint0").region.base
        return {(clint + 4 * hart, 0) for hart in (found.linux.boot_hart, found.rtos.boot_hart)}
    return {(block.base, 0) for block in (found.rpmsg.msgbox.linux, found.rpmsg.msgbox.rtos)}


def test_every_edge_of_a_doorbell_is_there(recorded) -> None:
    """Edges of a source take turns, a software interrupt shows at its hart in the same clock."""
    board, records = recorded
    levels: dict[tuple[int, int], int] = {}
    rises: dict[tuple[int, int], int] = {}
    software: dict[int, int] = {}
    clint = load_board(board).compatible("sifive,clint0").region.base
    first = 1 if board == "visionfive2" else 0  # hart of fabric index 0
    for record in records:
        if record.kind == Kind.SOURCE:
            line = record.address, record.hart
            assert levels.get(line, 0) != record.value
            levels[line] = record.value
            rises[line] = rises.get(line, 0) + record.value
        elif record.kind == Kind.LINES:
            software[record.hart] = record.value & 1
            assert software[record.hart] == levels.get((clint + 4 * (record.hart + first), 0), 0)
    assert all(rises.get(line, 0) >= 5 for line in doorbells(board))
    assert not any(software.values())


def faulty_shell(folder: Path, pool: range) -> Path:
    """A core shell that spoils the headers of Linux's messages, and says nothing of it."""
    text = SHELL.read_text()
    assert WRITE_DATA in text
    spoilt = (
        "assign m_axi_wdata = (ID == 0 && beat_q == 8'd1 && awaddr_i[8:0] == 9'd0 &&\n"
        f"      awaddr_i >= 32'd{pool.start} && awaddr_i < 32'd{pool.stop}) ?\n"
        "      wdata_i ^ 64'h0001_0000_0000_0000 : wdata_i;"
    )
    file = folder / SHELL.name
    file.write_text(text.replace(WRITE_DATA, spoilt))
    return file


def test_a_shell_that_says_other_than_it_does_fools_nobody(tmp_path: Path, monkeypatch) -> None:
    """The software posted a header without flags; the referee sees what was on the wires."""
    pool = load_board("v821").rpmsg.carveouts["vdev0buffer"]
    shell = faulty_shell(tmp_path, range(pool.base, pool.end))

    def design(*arguments: object) -> Design:
        sound = soc_design(*arguments)
        return replace(
            sound, sources=tuple(shell if file == SHELL else file for file in sound.sources)
        )

    monkeypatch.setattr(launch, "soc_design", design)
    directory = tmp_path / "run"
    directory.mkdir()
    config = prepare_run("echo", "v821", "icarus", directory, count=1, referee=True)
    result = launch.run(config, directory)
    assert {item["rule"] for item in result["violations"]} == {"header-flags"}
    assert {item["found"] for item in result["violations"]} == {"0x1"}
    assert result["checks"]["all_messages_echoed"]["passed"]
