# SPDX-License-Identifier: Apache-2.0
"""Bad input to ``ampsim messages`` is one line, and nothing is left half written."""

from __future__ import annotations

from pathlib import Path

import pytest
from record_stream import LINUX, Stream

from sim.cli import main
from sim.records import Kind


def refused(capsys, *words: object) -> str:
    assert main(["messages", *map(str, words)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


@pytest.fixture
def run(tmp_path) -> Path:
    stream = Stream()
    stream.linux_sends(b"x")
    (tmp_path / "records.bin").write_bytes(stream.file())
    return tmp_path


def test_a_run_without_records(capsys, run):
    (run / "records.bin").unlink()
    assert refused(capsys, run) == (
        f"ampsim: {run}/records.bin: expected a record stream, found No such file or directory "
        "(ampsim run --record keeps it)"
    )


def test_a_truncated_stream_is_shown_up_to_there(capsys, run):
    records = run / "records.bin"
    whole = records.read_bytes()
    records.write_bytes(whole[:-8])
    at = len(whole) - 32
    assert main(["messages", str(run), "--json", str(run / "json")]) == 0
    expected = f"record at byte {at}: expected 32 bytes, found 24 and the end"
    assert capsys.readouterr().err == f"ampsim: {records}: {expected}: what comes before is shown\n"
    assert (run / "json").exists()


def test_a_stream_cut_in_its_first_record(capsys, run):
    records = run / "records.bin"
    records.write_bytes(records.read_bytes()[:70])
    assert refused(capsys, run, "--json", run / "json") == (
        f"ampsim: {records}: record at byte 64: expected 32 bytes, found 6 and the end"
    )
    assert not (run / "json").exists()


def test_a_stream_of_something_else(capsys, run):
    (run / "records.bin").write_bytes(b"\xff" * 64)
    assert refused(capsys, run) == (
        f"ampsim: {run}/records.bin: expected a record stream, which begins with "
        "0x89414d505245430a, found 0xffffffffffffffff"
    )


def test_harts_that_the_board_does_not_have(capsys, run):
    stream = Stream()
    stream.record(Kind.LINES, 7, value=1)
    (run / "records.bin").write_bytes(stream.file())
    assert refused(capsys, run) == (
        f"ampsim: {run}/records.bin: expected harts and events of the board, found others: "
        "not of this board"
    )


def test_a_file_that_cannot_be_written(capsys, run):
    target = run / "missing" / "trace"
    line = refused(capsys, run, "--perfetto", target)
    assert line == f"ampsim: {target}: cannot be written: No such file or directory"


def test_a_stream_without_messages(capsys, run):
    stream = Stream()
    stream.thread(LINUX, "swapper/0")
    (run / "records.bin").write_bytes(stream.file())
    options = [
        word for name in ("perfetto", "pcapng", "json") for word in (f"--{name}", run / name)
    ]
    assert main(["messages", str(run), *map(str, options)]) == 0
    assert "0 messages to the RTOS, 0 to Linux, 0 lost" in capsys.readouterr().out
    assert (run / "json").read_text() == ""
