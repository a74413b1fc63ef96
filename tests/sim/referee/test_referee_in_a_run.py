# SPDX-License-Identifier: Apache-2.0
"""The referee over real runs: in the run, over the stream that was kept, and over a damaged one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.boards import load_board
from sim.boards.model import MailboxLink
from sim.cli import main
from sim.record_file import HEADER, RecordFile, StreamHeader
from sim.records import Kind, Record, pack_record
from sim.referee import RULES
from sim.runs import launch
from sim.runs.prepare import prepare_run

MESSAGES = 5


@pytest.fixture(scope="module", params=["visionfive2", "v821"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Board, folder and result of a short echo run with referee and record stream."""
    directory = tmp_path_factory.mktemp(request.param)
    options = {"count": MESSAGES, "record": True, "referee": True}
    config = prepare_run("echo", request.param, "verilator", directory, **options)
    return request.param, directory, launch.run(config, directory)


def check(capsys: pytest.CaptureFixture[str], records: Path, board: str) -> tuple[int, dict]:
    """Exit code and output of ``ampsim check --json``."""
    code = main(["check", str(records), "--board", board, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_clean_run_breaks_no_rule(run) -> None:
    """Live: no violation, and the check says how many messages were seen."""
    _, _, result = run
    assert result["passed"]
    assert result["violations"] == []
    messages = int(result["checks"]["referee"]["reason"].split()[0])
    assert messages > 2 * MESSAGES


def test_the_kept_stream_gives_the_same_as_the_run(run, capsys) -> None:
    """Offline: the same messages, no violation."""
    board, directory, result = run
    code, found = check(capsys, directory / "records.bin", board)
    assert code == 0
    assert found["violations"] == []
    assert f"{found['messages']} messages" in result["checks"]["referee"]["reason"]
    assert found["rules"] == len(RULES)


def test_the_referee_leaves_the_event_log_alone(run, tmp_path: Path) -> None:
    """It listens only: the same hash without it."""
    board, _, result = run
    config = prepare_run("echo", board, "verilator", tmp_path, count=MESSAGES)
    plain = launch.run(config, tmp_path)
    assert plain["event_log_sha256"] == result["event_log_sha256"]
    assert plain["violations"] is None
    assert "referee" not in plain["checks"]


def buffers(board: str) -> range:
    """Addresses of the message buffers."""
    link = load_board(board).rpmsg
    mailbox = isinstance(link, MailboxLink)
    region = link.buffers if mailbox else link.carveouts["vdev0buffer"]
    return range(region.base, region.end)


def pieces(path: Path) -> tuple[bytes, list[Record]]:
    """Header and records of a stream."""
    return path.read_bytes()[: HEADER.size], list(RecordFile(path))


def damaged(path: Path, kind: Kind, addresses: range) -> bytes:
    """The stream with one bit of the last such block changed: a read may end in up to 7 bytes that
    nobody asked for."""
    header, records = pieces(path)
    last = max(
        at
        for at, record in enumerate(records)
        if record.kind == kind and record.payload and record.address in addresses
    )
    payload = bytearray(records[last].payload)
    payload[-8 if kind == Kind.MEMORY_READ else -1] ^= 1
    records[last] = records[last]._replace(payload=bytes(payload))
    return header + b"".join(map(pack_record, records))


@pytest.mark.parametrize("kind", [Kind.MEMORY_READ, Kind.MEMORY_WRITE])
def test_a_flipped_bit_of_a_message_is_seen(run, kind: Kind, tmp_path: Path, capsys) -> None:
    """What the receiver reads is not what the sender wrote."""
    board, directory, _ = run
    path = tmp_path / "records.bin"
    path.write_bytes(damaged(directory / "records.bin", kind, buffers(board)))
    code, found = check(capsys, path, board)
    assert code == 1
    assert set(found["counts"]) == {"message-altered"}
    assert found["counts"]["message-altered"] == 1
    violation = found["violations"][0]
    assert violation["severity"] == "error"
    assert int(violation["address"], 16) in buffers(board)


def doorbell(board: str) -> tuple[int, set[str]]:
    """Address of Linux's doorbell word, and the rules that miss what was stored there."""
    link = load_board(board).rpmsg
    if isinstance(link, MailboxLink):
        return link.mailbox.base + 0x40, {"mailbox-done-unasked"}
    return link.msgbox.rtos.base + 0x70, {"msgbox-empty", "line-without-cause"}


def test_a_doorbell_that_nobody_rang_is_seen(run, tmp_path: Path, capsys) -> None:
    """Without Linux's last store to its doorbell the RTOS answers what was not there."""
    board, directory, _ = run
    address, rules = doorbell(board)
    header, records = pieces(directory / "records.bin")
    writes = (Kind.MEMORY_WRITE, Kind.REGISTER_WRITE)
    bell = max(
        at
        for at, record in enumerate(records)
        if record.kind in writes and record.address == address and record.value == 1
    )
    del records[bell]
    path = tmp_path / "records.bin"
    path.write_bytes(header + b"".join(map(pack_record, records)))
    _, found = check(capsys, path, board)
    assert found["counts"] == dict.fromkeys(rules, 1)


def test_what_is_no_stream_is_one_line(tmp_path: Path, capsys) -> None:
    """A file that is not there, or is something else."""
    cases = {
        None: "expected a record stream, found No such file or directory",
        b"\x7fELF" * 16: "expected a record stream, which begins with 0x89414d505245430a, "
        "found 0x7f454c467f454c46",
    }
    path = tmp_path / "records.bin"
    for content, text in cases.items():
        if content is not None:
            path.write_bytes(content)
        assert main(["check", str(path)]) == 2
        assert capsys.readouterr().err == f"ampsim: {path}: {text}\n"


def test_a_stream_that_breaks_off_is_checked_up_to_there(run, tmp_path: Path, capsys) -> None:
    """One line on where; the messages before are judged."""
    _, directory, _ = run
    path = tmp_path / "records.bin"
    header, records = pieces(directory / "records.bin")
    before = header + b"".join(map(pack_record, records[:-1]))
    path.write_bytes(before + pack_record(records[-1])[:10])
    assert main(["check", str(path)]) == 0
    said = capsys.readouterr()
    expected = f"record at byte {len(before)}: expected 32 bytes, found 10 and the end"
    assert said.err == f"ampsim: {path}: {expected}: what comes before is checked\n"
    assert "messages" in said.out


def test_the_stream_of_a_larger_board_is_refused(tmp_path: Path, capsys) -> None:
    """A record of a hart that the board does not have."""
    path = tmp_path / "records.bin"
    record = Record(1, 1, Kind.LOAD, 3, 0, 4, 0x1000, 4, 0)
    path.write_bytes(StreamHeader("visionfive2", 10).pack() + pack_record(record))
    assert main(["check", str(path), "--board", "v821"]) == 2
    expected = "expected a hart below 2 (v821), found hart 3"
    assert capsys.readouterr().err == f"ampsim: {path}: {expected}\n"
