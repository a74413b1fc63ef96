# SPDX-License-Identifier: Apache-2.0
"""A hart fetches its image over the bus, checks it, and runs what it found and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_rtos import write_tree

from sim.firmware import (
    BootError,
    BusFault,
    Program,
    build_firmware,
    fetch_image,
    load_modules,
    read_elf,
)
from sim.firmware.archive import pack
from sim.firmware.header import HEADER_BYTES, make_header

BASE, LIMIT = 0x6E800000, 0x800000


class Memory:
    """Answers the boot code's requests from the bytes at BASE; unwritten memory is zero."""

    def __init__(self, contents: bytes) -> None:
        self.contents = contents
        self.requests: list[tuple[int, int, int]] = []

    def boot(self) -> Program:
        boot = fetch_image(BASE, LIMIT)
        request = next(boot)
        while True:
            self.requests.append(request)
            _, address, length = request
            data = self.contents[address - BASE : address - BASE + length]
            try:
                request = boot.send(data.ljust(length, b"\0"))
            except StopIteration as done:
                return load_modules(done.value.archive, done.value.entry)


@pytest.fixture(scope="module")
def code(firmware: Path) -> bytes:
    return read_elf(firmware).at_entry().data


def test_boot_reads_header_then_archive(code: bytes):
    memory = Memory(code)
    memory.boot()
    archive = (2, BASE + HEADER_BYTES, len(code) - HEADER_BYTES)
    assert memory.requests == [(2, BASE, HEADER_BYTES), archive]


def test_program_is_what_was_loaded(code: bytes, board: dict[str, Any]):
    program = Memory(code).boot()
    assert program.board == {**board, "app": "hello", "apps": ["hello"]}
    assert program.boot("hart", program.board) == ("hello", "rtos_side.late", 1)


def test_two_boots_share_no_state(code: bytes):
    first, second = Memory(code).boot(), Memory(code).boot()
    first.boot(1, first.board)
    assert first.boot(2, first.board)[2] == 2
    assert second.boot(3, second.board)[2] == 1


def test_the_interpreters_own_modules_are_untouched(code: bytes):
    before = {name: module for name, module in sys.modules.items() if "rtos_side" in name}
    program = Memory(code).boot()
    program.boot("hart", program.board)
    after = {name: module for name, module in sys.modules.items() if "rtos_side" in name}
    assert before == after


def test_another_file_is_another_behaviour(tmp_path: Path, board: dict[str, Any], code: bytes):
    sources = write_tree(tmp_path / "rtos", {"apps/hello.py": "def main():\n    return 'other'\n"})
    other = build_firmware(board, "hello", tmp_path / "other.elf", sources=sources)
    changed = Memory(read_elf(other).at_entry().data).boot()
    assert changed.boot("hart", changed.board)[0] == "other"
    same = Memory(code).boot()
    assert same.boot("hart", same.board)[0] == "hello"


@given(data=st.data())
def test_any_flipped_bit_is_a_boot_failure(code: bytes, data: st.DataObject):
    """Header and archive: no bit of the image is without a check."""
    bit = data.draw(st.integers(0, 8 * len(code) - 1))
    damaged = bytearray(code)
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BootError) as caught:
        Memory(bytes(damaged)).boot()
    text = str(caught.value)
    assert text.startswith("firmware at 0x6e8000") and "\n" not in text
    assert ": expected " in text and ", found " in text


@given(data=st.data())
def test_any_cut_is_a_boot_failure(code: bytes, data: st.DataObject):
    """What the loader did not write reads as zero."""
    end = data.draw(st.integers(0, len(code) - 1))
    if code[end:].strip(b"\0"):
        with pytest.raises(BootError):
            Memory(code[:end]).boot()


def test_empty_memory_is_named():
    with pytest.raises(BootError) as caught:
        Memory(b"").boot()
    expected = "expected a boot header with magic 414d5052544f5300, found 0000000000000000"
    assert str(caught.value) == f"firmware at 0x6e800000: {expected}"


def test_image_for_another_version_is_named(code: bytes):
    changed = code[:16] + b"\x09" + code[17:]
    with pytest.raises(BootError) as caught:
        Memory(changed).boot()
    expected = "expected boot header version 1, found 9"
    assert str(caught.value) == f"firmware at 0x6e800000: {expected}"


def test_image_larger_than_the_region_is_named():
    header = make_header(bytes(LIMIT))
    with pytest.raises(BootError) as caught:
        Memory(header).boot()
    expected = f"expected an image of at most {LIMIT} bytes, found {LIMIT + HEADER_BYTES}"
    assert str(caught.value) == f"firmware at 0x6e800000: {expected}"


def test_refused_read_names_address_and_response():
    boot = fetch_image(BASE, LIMIT)
    next(boot)
    with pytest.raises(BootError) as caught:
        boot.throw(BusFault(BASE, 3))
    expected = "expected readable memory, found DECERR"
    assert str(caught.value) == f"firmware at 0x6e800000: {expected}"


def boots(files: dict[str, str]) -> Program:
    texts = {"board.json": "{}", "rtos_side/__init__.py": "", **files}
    archive = pack({name: text.encode() for name, text in texts.items()})
    return Memory(make_header(archive) + archive).boot()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {},
            "firmware entry rtos_side.boot:boot: ModuleNotFoundError: "
            "No module named 'rtos_side.boot' in the firmware",
        ),
        (
            {"rtos_side/boot.py": "x = 1\n"},
            "firmware entry rtos_side.boot:boot: AttributeError: "
            "module 'rtos_side.boot' has no attribute 'boot'",
        ),
        (
            {"rtos_side/boot.py": "x = 1\n\nx / 0\n"},
            "firmware entry rtos_side.boot:boot: ZeroDivisionError: division by zero "
            "in rtos_side/boot.py line 3",
        ),
        (
            {"rtos_side/boot.py": "import sim.boards\n"},
            "firmware entry rtos_side.boot:boot: ModuleNotFoundError: "
            "No module named 'sim' in the firmware in rtos_side/boot.py line 1",
        ),
        (
            {"rtos_side/boot.py": "from . import gone\n"},
            "firmware entry rtos_side.boot:boot: ImportError: cannot import name 'gone' from "
            "'rtos_side' (firmware:rtos_side/__init__.py) in rtos_side/boot.py line 1",
        ),
        (
            {"board.json": "{"},
            "firmware archive: board.json: expected JSON, found Expecting property name enclosed "
            "in double quotes: line 1 column 2 (char 1)",
        ),
    ],
)
def test_firmware_that_does_not_load_is_one_line(files: dict[str, str], message: str):
    with pytest.raises(BootError) as caught:
        boots(files)
    assert str(caught.value) == message


def test_a_failed_import_runs_again_when_tried_again():
    """As in Python: a module that raised is not left half made."""
    program = boots(
        {
            "rtos_side/boot.py": (
                "def boot():\n"
                "    for attempt in range(2):\n"
                "        try:\n            import rtos_side.bad\n"
                "        except ZeroDivisionError:\n            pass\n"
                "    from rtos_side import count\n"
                "    return count.runs\n"
            ),
            "rtos_side/count.py": "runs = []\n",
            "rtos_side/bad.py": "from rtos_side import count\ncount.runs.append(1)\n1 // 0\n",
        }
    )
    assert program.boot() == [1, 1]
