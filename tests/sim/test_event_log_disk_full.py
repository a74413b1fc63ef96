# SPDX-License-Identifier: Apache-2.0
"""A disk that fills up while records are kept: one line, and whole records up to there."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.errors import RunError
from sim.event_log import EventLog
from sim.record_file import RecordFile, StreamHeader
from sim.records import Kind, Record, pack_record
from sim.runs import launch
from sim.runs.prepare import prepare_run

BOARD = StreamHeader("v821", 25)
PIECE = b"".join(pack_record(Record(n, 1, Kind.LOAD, 0, 0, 4, 0x1000, 4, 0)) for n in range(64))


Limit = Callable[[int], None]


@pytest.fixture
def file_limit() -> Iterator[Limit]:
    """A limit for the size of files stands in for the disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, handler)


def test_what_was_written_stays_readable(tmp_path: Path, file_limit: Limit) -> None:
    """The piece that did not fit is cut off, and the one before gives its room back."""
    file_limit(3 * len(PIECE))
    path = tmp_path / "records.bin"
    log, plain = EventLog(path, BOARD), EventLog()
    for _ in range(5):
        log.take(memoryview(PIECE))
        plain.take(memoryview(PIECE))
    assert str(log.error) == f"{path}: cannot be written: File too large"
    assert log.close() == plain.close()
    stream = RecordFile(path)
    assert [record.cycle for record in stream] == list(range(64))
    assert not stream.cut


def test_a_run_ends_in_one_line(tmp_path: Path, file_limit: Limit) -> None:
    """Whole records up to there; the simulator has ended."""
    config = prepare_run("echo", "visionfive2", "verilator", tmp_path, count=9, record=True)
    file_limit(1_200_000)
    with pytest.raises(RunError) as raised:
        launch.run(config, tmp_path)
    path = tmp_path / "records.bin"
    assert str(raised.value) == f"{path}: cannot be written: File too large"
    stream = RecordFile(path)
    assert len(list(stream)) > 100
    assert not stream.cut


def test_a_file_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(RunError) as raised:
        EventLog(tmp_path / "none" / "records.bin", BOARD)
    expected = "cannot be written: No such file or directory"
    assert str(raised.value) == f"{tmp_path}/none/records.bin: {expected}"


def test_a_disk_that_is_full_from_the_start() -> None:
    with pytest.raises(RunError, match=r"^/dev/full: cannot be written: No space left on device$"):
        EventLog(Path("/dev/full"), BOARD)
