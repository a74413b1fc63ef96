# SPDX-License-Identifier: Apache-2.0
"""500 damaged files: every reader says one line or is right; none crashes, hangs or eats memory."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from damage import damaged
from hypothesis import given, settings
from hypothesis import strategies as st
from mcu_file import GOOD

from sim.boards import load_board
from sim.firmware import FirmwareError, read_elf
from sim.firmware.describe import describe
from sim.firmware.lint import Severity, Target, lint

FILES = 500
MEMORY = 32 << 20  # bytes of the board's simulated DRAM
TARGET = Target.of(load_board("v821"))
WINDOWS = [(0x81000000, 0x380000)]


def look_at(path: Path) -> str:
    """Read a file with every reader; return how it went."""
    findings = lint(path.read_bytes(), TARGET)
    assert all("\n" not in finding.line() for finding in findings)
    broken = any(finding.severity == Severity.ERROR for finding in findings)
    try:
        elf = read_elf(path, WINDOWS, bits=32)
        describe(path).as_json()
    except FirmwareError as error:
        assert str(error).startswith(f"{path}: "), str(error)
        assert "\n" not in str(error)
        return "refused"
    for segment in elf.segments:
        assert any(base <= segment.address <= base + size for base, size in WINDOWS)
        assert segment.end <= 0x81380000
        assert len(segment.data) <= segment.memory_bytes
    return "read, with errors" if broken else "read"


def test_500_damaged_files(tmp_path: Path):
    path = tmp_path / "damaged.bin"
    results: dict[str, int] = {}
    tracemalloc.start()
    slowest = 0.0
    for seed in range(FILES):
        path.write_bytes(damaged(seed))
        start = time.process_time()
        result = look_at(path)
        slowest = max(slowest, time.process_time() - start)
        results[result] = results.get(result, 0) + 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEMORY
    assert slowest < 5
    assert results["refused"] > 100  # the damage is real
    assert results.get("read", 0) + results.get("read, with errors", 0) > 50


def test_undamaged_file_is_read(tmp_path: Path):
    path = tmp_path / "good.bin"
    path.write_bytes(GOOD)
    assert look_at(path) == "read"


@settings(max_examples=300)
@given(data=st.data())
def test_any_bytes_over_the_file(tmp_path: Path, data: st.DataObject):
    contents = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(contents) - 1))
        noise = data.draw(st.binary(min_size=1, max_size=8))
        contents[at : at + len(noise)] = noise
    if data.draw(st.booleans()):
        del contents[data.draw(st.integers(0, len(contents) - 1)) :]
    path = tmp_path / "noise.bin"
    path.write_bytes(contents)
    look_at(path)


@pytest.mark.parametrize("size", [0, 1, 3, 4, 15, 16, 51, 52, 63, 64])
def test_shortest_files(tmp_path: Path, size: int):
    path = tmp_path / "short.bin"
    path.write_bytes(GOOD[:size])
    assert look_at(path) == "refused"


def test_file_larger_than_the_memory_is_not_read(tmp_path: Path):
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(1 << 32)
    with pytest.raises(FirmwareError) as caught:
        read_elf(path)
    assert str(caught.value) == (
        f"{path}: expected a file of at most 67108864 bytes, found 4294967296"
    )
