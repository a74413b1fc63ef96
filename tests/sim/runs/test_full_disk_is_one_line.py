# SPDX-License-Identifier: Apache-2.0
"""A disk that fills up is one line; what was written before stays readable, no file is half there.

A limit on the size of files stands for the disk: it ends a write at the same place, in the middle.
"""

from __future__ import annotations

import errno
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import AmpsimError
from sim.event_log import EventLog
from sim.whole_file import whole_file, write_json

LIMIT = 5_000_000


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))


def test_the_record_stream_fills_the_disk(tmp_path, capsys):
    command = [sys.executable, "-m", "sim.cli", "run", "echo", "--count", "3000"]
    result = subprocess.run(
        [*command, "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        preexec_fn=limited,
        check=False,
    )
    records = tmp_path / "records.bin"
    assert result.returncode == 1
    told = f"ampsim: {records}: cannot be written: File too large"
    assert result.stderr.splitlines() == [told]
    partial = json.loads((tmp_path / "partial.json").read_text())
    assert partial["error"] == told.removeprefix("ampsim: ") and partial["messages"] > 0
    assert (tmp_path / "report.html").read_text().endswith("</html>\n")
    for line in (tmp_path / "messages.jsonl").read_text().splitlines():
        json.loads(line)
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".partial")]
    assert LIMIT // 2 < records.stat().st_size <= LIMIT
    assert main(["report", str(tmp_path)]) == 0
    capsys.readouterr()


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "result.json"
    write_json(path, {"whole": True})
    with (
        pytest.raises(AmpsimError) as error,
        whole_file(path) as file,
    ):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(error.value) == f"{path}: cannot be written: No space left on device"
    assert json.loads(path.read_text()) == {"whole": True}
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.json"]


def test_an_event_log_on_a_full_disk_keeps_counting(tmp_path):
    """The hash is that of all records, also of those that found no room."""
    whole, cut = EventLog(), EventLog(Path("/dev/full"))
    for log in (whole, cut):
        log.take(memoryview(bytes(64)))
        log.take(memoryview(bytes(64)))
    assert str(cut.error) == "/dev/full: cannot be written: No space left on device"
    assert cut.close() == whole.close()
