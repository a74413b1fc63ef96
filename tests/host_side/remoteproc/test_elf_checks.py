# SPDX-License-Identifier: Apache-2.0
"""The sanity checks of firmware files: order, messages, and that nothing else stops a file."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_side.remoteproc.elf_checks import elf_fault
from host_side.remoteproc.ops import Firmware
from tests.host_side.remoteproc.rproc_rig import firmware

GOOD = {bits: firmware(bits=bits) for bits in (32, 64)}
SHOFF = {32: (32, 4), 64: (40, 8)}
PHOFF = {32: (28, 4), 64: (32, 8)}
PHNUM, SHNUM, SHSTRNDX = {32: 44, 64: 56}, {32: 48, 64: 60}, {32: 50, 64: 62}


def fault(data: bytes) -> str | None:
    return elf_fault(Firmware("fw.bin", data), "fw.bin")


def put(data: bytes, offset: int, size: int, value: int) -> bytes:
    return data[:offset] + value.to_bytes(size, "little") + data[offset + size :]


@pytest.mark.parametrize("bits", [32, 64])
def test_good_files_pass(bits: int) -> None:
    """Both classes, whatever machine, type and version they name."""
    assert fault(GOOD[bits]) is None
    for offset, size in ((16, 2), (18, 2), (20, 4)):
        assert fault(put(GOOD[bits], offset, size, 0xFFFF)) is None


def test_no_image() -> None:
    """A file that was not found."""
    assert elf_fault(None, "fw.bin") == "failed to load fw.bin"


def test_identification() -> None:
    """Size, magic, class, size again, endianness; in this order."""
    assert fault(b"") == "Image is too small"
    assert fault(GOOD[32][:51]) == "Image is too small"
    assert fault(b"MZ" + GOOD[32][2:]) == "Image is corrupted (bad magic)"
    assert fault(b"MZ" + bytes(60)) == "Image is corrupted (bad magic)"
    assert fault(put(GOOD[32], 4, 1, 0)) == "Unsupported class: 0"
    assert fault(put(GOOD[32], 4, 1, 7)) == "Unsupported class: 7"
    assert fault(GOOD[64][:63]) == "elf64 header is too small"
    assert fault(put(GOOD[32], 5, 1, 2)) == "Unsupported firmware endianness"
    assert fault(put(GOOD[64][:63], 5, 1, 2)) == "elf64 header is too small"


@pytest.mark.parametrize("bits", [32, 64])
def test_tables_of_headers(bits: int) -> None:
    """Section headers first, then the program headers; offsets up to 2^32 and 2^64."""
    good = GOOD[bits]
    top = (1 << bits) - 1
    out = "Section header table is out of bounds"
    assert fault(put(good, *SHOFF[bits], len(good) + 1)) == out
    assert fault(put(good, *SHOFF[bits], top)) == out
    assert fault(put(good, *SHOFF[bits], len(good))) == "Section headers are out of bounds"
    assert fault(put(good, SHNUM[bits], 2, 0xFFFF)) == "Section headers are out of bounds"
    none = put(put(good, SHNUM[bits], 2, 0), *SHOFF[bits], len(good))
    assert fault(none) == "Image is too small"
    assert fault(put(good, SHSTRNDX[bits], 2, 0xFFFF)) == "Image is too small"
    assert fault(put(good, PHNUM[bits], 2, 0)) == "No loadable segments"
    assert fault(put(good, *PHOFF[bits], len(good) + 1)) == "Firmware size is too small"
    assert fault(put(good, *PHOFF[bits], top)) == "Firmware size is too small"
    assert fault(put(good, *PHOFF[bits], len(good))) is None


@given(st.binary(max_size=200), st.sampled_from([32, 64]))
def test_any_bytes_get_one_of_the_messages(tail: bytes, bits: int) -> None:
    """Whatever a file holds, the answer is a line or None."""
    for data in (tail, GOOD[bits][:16] + tail):
        answer = fault(data)
        assert answer is None or "\n" not in answer
        if len(data) < 52:
            assert answer == "Image is too small"


def test_builder_is_what_binutils_calls_an_elf() -> None:
    """The tests' own files are good ones."""
    shoff, shnum = struct.unpack_from("<I", GOOD[32], 32)[0], struct.unpack_from("<H", GOOD[32], 48)
    assert shoff + 40 * shnum[0] == len(GOOD[32])
