# SPDX-License-Identifier: Apache-2.0
"""The firmware file: reproducible, readable by others' ELF readers, refused when damaged."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import given, settings
from hypothesis import strategies as st
from small_rtos import TREE, write_tree

from sim.firmware import FirmwareError, build_firmware, read_elf
from sim.firmware.describe import describe

WINDOWS = [(0x6E800000, 0x800000), (0x6F000000, 0x1000000)]
shared = settings(max_examples=200)


def test_same_input_gives_the_same_bytes(tmp_path: Path, board: dict[str, Any], firmware: Path):
    again = write_tree(tmp_path / "elsewhere")
    second = build_firmware(board, "hello", tmp_path / "a" / "second.elf", sources=again)
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (firmware, second)}
    assert len(digests) == 1
    assert [path.name for path in second.parent.iterdir()] == ["second.elf"]


def test_segments_are_where_the_board_says(firmware: Path):
    elf = read_elf(firmware, WINDOWS)
    assert elf.entry == 0x6E800000
    code, heap = elf.segments
    assert (code.address, code.flag_text, code.memory_bytes) == (elf.entry, "R E", len(code.data))
    assert (heap.address, heap.flag_text) == (0x6F000000, "RW ")
    assert (heap.data, heap.memory_bytes) == (b"", 0x1000000)


def test_section_names_agree_with_the_segments(firmware: Path):
    with firmware.open("rb") as stream:
        file = ELFFile(stream)
        spans = {s.name: (s["sh_addr"], s["sh_size"], s["sh_type"]) for s in file.iter_sections()}
    code = read_elf(firmware).at_entry()
    assert spans[".text"] == (0x6E800000, len(code.data), "SHT_PROGBITS")
    assert spans[".heap"] == (0x6F000000, 0x1000000, "SHT_NOBITS")
    assert ".resource_table" not in spans


def test_description_tells_what_is_inside(firmware: Path):
    found = describe(firmware)
    expected = {f"rtos_side/{name}": len(text) for name, text in TREE.items()}
    archive = found.archive
    assert archive is not None
    assert {name: n for name, n in archive.files.items() if name != "board.json"} == expected
    assert (archive.entry_name, archive.board["app"]) == ("rtos_side.boot:boot", "hello")
    title = "hello.elf: ELF64 RISC-V, entry 0x6e800000, board visionfive2, app hello"
    assert found.title() == title


def test_describing_runs_nothing(tmp_path: Path, board: dict[str, Any]):
    sources = write_tree(tmp_path / "rtos", {"boot.py": "raise SystemExit(99)\n"})
    path = build_firmware(board, "hello", tmp_path / "trap.elf", sources=sources)
    assert describe(path).archive.files["rtos_side/boot.py"] == 21


def test_users_app_is_packed_and_takes_the_place_of_its_namesake(
    tmp_path: Path, board: dict[str, Any], tree: Path
):
    app = tmp_path / "hello.py"
    app.write_text("def main():\n    return 'mine, longer'\n", encoding="utf-8")
    path = build_firmware(board, "hello", tmp_path / "mine.elf", app, sources=tree)
    assert describe(path).archive.files["rtos_side/apps/hello.py"] == app.stat().st_size


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("bad.py", "def main(:\n", "expected valid Python, found invalid syntax in line 1"),
        ("my-app.py", "", "expected an app file NAME.py, NAME an identifier, found my-app.py"),
        ("app.txt", "", "expected an app file NAME.py, NAME an identifier, found app.txt"),
        ("gone.py", None, "expected a readable app, found No such file or directory"),
    ],
)
def test_app_that_cannot_be_used_is_named(
    tmp_path: Path, board: dict[str, Any], tree: Path, name: str, text: str | None, message: str
):
    app, out = tmp_path / name, tmp_path / "out.elf"
    if text is not None:
        app.write_text(text, encoding="utf-8")
    with pytest.raises(FirmwareError) as caught:
        build_firmware(board, app.stem, out, app, sources=tree)
    assert str(caught.value) == f"{app}: {message}"
    assert not out.exists()


def test_unknown_app_lists_the_known(tmp_path: Path, board: dict[str, Any], tree: Path):
    with pytest.raises(FirmwareError) as caught:
        build_firmware(board, "nope", tmp_path / "out.elf", sources=tree)
    assert str(caught.value) == "unknown app 'nope': expected one of hello"


def test_image_must_fit_its_region(tmp_path: Path, board: dict[str, Any], tree: Path):
    small = {**board, "code": {"base": 0x6E800000, "size": 256}}
    with pytest.raises(FirmwareError) as caught:
        build_firmware(small, "hello", tmp_path / "out.elf", sources=tree)
    where = "RTOS code region at 0x6e800000: expected an image of at most 256 bytes, found "
    assert str(caught.value).startswith(where)


def patched(path: Path, offset: int, format: str, value: int) -> bytes:
    data = bytearray(path.read_bytes())
    struct.pack_into(format, data, offset, value)
    return bytes(data)


@pytest.mark.parametrize(
    ("offset", "format", "value", "message"),
    [
        (4, "B", 1, "expected ELF class 64 bits, found 32 bits"),
        (5, "B", 2, "expected byte order little endian, found big endian"),
        (18, "<H", 62, "expected machine EM_RISCV, found EM_X86_64"),
        (16, "<H", 3, "expected type ET_EXEC, found ET_DYN"),
        (24, "<Q", 0, "expected an entry point that starts an executable segment, found 0x0"),
        (54, "<H", 32, "expected program headers of 56 bytes, found 32"),
        (56, "<H", 0, "expected at least one PT_LOAD segment, found none"),
        (
            *(64 + 56 + 24, "<Q", 0x40000000),
            "expected segments in the RTOS's memory 0x6e800000-0x6effffff, 0x6f000000-0x6fffffff, "
            "found 0x40000000-0x40ffffff",
        ),
        (
            *(64 + 56 + 24, "<Q", 0x6F000001),
            "expected segments in the RTOS's memory 0x6e800000-0x6effffff, 0x6f000000-0x6fffffff, "
            "found 0x6f000001-0x70000000",
        ),
        (64 + 40, "<Q", 1, "expected segment 0 with at least {filesz} bytes of memory, found 1"),
    ],
)
def test_wrong_field_is_named(
    firmware: Path, tmp_path: Path, offset: int, format: str, value: int, message: str
):
    path = tmp_path / "wrong.elf"
    path.write_bytes(patched(firmware, offset, format, value))
    filesz = len(read_elf(firmware).at_entry().data)
    with pytest.raises(FirmwareError) as caught:
        read_elf(path, WINDOWS)
    assert "\n" not in str(caught.value)
    if offset in (4, 5):  # the rest of the header cannot be read either: which is named may differ
        assert str(caught.value).startswith(f"{path}: expected ")
    else:
        assert str(caught.value) == f"{path}: {message.format(filesz=filesz)}"


def test_truncated_file_is_named(firmware: Path, tmp_path: Path):
    path = tmp_path / "cut.elf"
    path.write_bytes(firmware.read_bytes()[:0x1100])
    with pytest.raises(FirmwareError) as caught:
        read_elf(path, WINDOWS)
    assert str(caught.value).startswith(f"{path}: expected ")
    assert "\n" not in str(caught.value)


def test_file_that_is_no_elf_is_named(tmp_path: Path):
    path = tmp_path / "text.elf"
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(FirmwareError) as caught:
        read_elf(path)
    expected = "expected an ELF file, found a damaged one: Magic number does not match"
    assert str(caught.value) == f"{path}: {expected}"


def described_or_refused(path: Path, firmware: Path) -> None:
    try:
        found = describe(path)
    except FirmwareError as error:
        assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
    else:
        good = describe(firmware)
        assert found.archive in (None, good.archive)
        if found.archive is None:  # then there is no boot header any more, and it is told so
            assert found.elf.at_entry().data[8:16] != b"AMPRTOS\0"


@shared
@given(data=st.data())
def test_flipped_file_is_refused_or_told_truly(firmware: Path, tmp_path: Path, data: st.DataObject):
    contents = bytearray(firmware.read_bytes())
    interesting = st.integers(0, 64 + 2 * 56 - 1) | st.integers(
        len(contents) - 330, len(contents) - 1
    )
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(interesting | st.integers(0, len(contents) - 1))
        contents[at] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "flipped.elf"
    path.write_bytes(contents)
    described_or_refused(path, firmware)


@shared
@given(data=st.data())
def test_cut_file_is_refused_or_told_truly(firmware: Path, tmp_path: Path, data: st.DataObject):
    contents = firmware.read_bytes()
    path = tmp_path / "cut.elf"
    path.write_bytes(contents[: data.draw(st.integers(0, len(contents) - 1))])
    described_or_refused(path, firmware)


@shared
@given(noise=st.binary(max_size=400))
def test_noise_behind_the_magic_is_refused(tmp_path: Path, noise: bytes):
    path = tmp_path / "noise.elf"
    path.write_bytes(b"\x7fELF\x02\x01\x01" + noise)
    with pytest.raises(FirmwareError) as caught:
        describe(path)
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)
