# SPDX-License-Identifier: Apache-2.0
"""BOOT0's loader: the E907's ELF out of simulated memory, and 500 damaged ones."""

from __future__ import annotations

import io
import random
import struct
from itertools import pairwise

import pytest
from boot_machine import Bus
from elftools.elf.elffile import ELFFile

from sim.boot.elf_loader import Place, load_elf_image
from sim.boot.requests import PIECE
from sim.firmware import BootError
from sim.firmware.elf import Elf, Segment
from sim.firmware.elf_writer import write_elf
from sim.firmware.errors import BusFault

SOURCE = 0x813C4000
WINDOWS = ((0x81000000, 0x380000),)
CODE, DATA, BSS = 0x81000000, 0x81100000, 0x81200000
ELF = Elf(
    CODE,
    (
        Segment("text", CODE, bytes(range(256)) * 200, 51200, 5),
        Segment("data", DATA, b"data" * 30, 5000, 6),
        Segment("bss", BSS, b"", 0x3000, 6),
    ),
    32,
)
GOOD = write_elf(ELF)
PHOFF = 52


def load(contents: bytes) -> tuple[Bus, int]:
    """Run the loader over memory; return the bus and the entry point it gave."""
    bus = Bus([(SOURCE, 0x20000)])
    bus.ram[SOURCE][: len(contents)] = contents
    bus.ram |= {base: bytearray(b"\xaa" * size) for base, size in WINDOWS}  # from before
    steps = load_elf_image(Place(SOURCE, len(contents), "boot0: riscv0"), WINDOWS)
    reply, fault = None, None
    while True:
        try:
            request = steps.throw(fault) if fault else steps.send(reply)
        except StopIteration as done:
            return bus, done.value
        assert (request[2] if request[0] == 2 else len(request[2])) <= PIECE
        fault = None
        try:
            reply = bus.answer(request)
        except BusFault as error:
            fault = error


def bytes_at(bus: Bus, address: int, length: int) -> bytes:
    memory, at = bus.span(address, length)
    return bytes(memory[at : at + length])


def test_segments_are_copied_and_their_ends_cleared():
    bus, entry = load(GOOD)
    assert entry == CODE
    assert bytes_at(bus, CODE, 51200) == ELF.segments[0].data
    assert bytes_at(bus, DATA, 5000) == (b"data" * 30).ljust(5000, b"\0")
    assert bytes_at(bus, DATA + 5000, 4) == b"\xaa" * 4


def test_segment_without_bytes_is_skipped_as_in_the_original():
    """load_elf_image goes on when p_filesz is 0: such a segment is not cleared."""
    bus, _ = load(GOOD)
    assert bytes_at(bus, BSS, 0x3000) == b"\xaa" * 0x3000


def changed(at: int, value: int, layout: str = "<I") -> bytes:
    data = bytearray(GOOD)
    struct.pack_into(layout, data, at, value)
    return bytes(data)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (GOOD[:20], "an ELF header of 52 bytes, found 20 bytes"),
        (b"\x6f" + GOOD[1:], "an ELF file with magic 7f454c46, found 6f454c46"),
        (changed(4, 2, "B"), "a little-endian ELF32 file, found class 2, byte order 1"),
        (changed(5, 2, "B"), "a little-endian ELF32 file, found class 1, byte order 2"),
        (changed(44, 0, "<H"), "program headers, found 0 at 52"),
        (
            changed(28, 0xFFFFFFF0),
            "program headers of 4294967376 bytes from the file's start, "
            f"found a file of {len(GOOD)}",
        ),
        (
            changed(44, 0xFFFF, "<H"),
            f"program headers of 2097172 bytes from the file's start, found a file of {len(GOOD)}",
        ),
        (
            changed(PHOFF + 4, 0xFFFFFFF0),
            f"segment 0 of {0xFFFFFFF0 + 51200} bytes from the file's start, "
            f"found a file of {len(GOOD)}",
        ),
        (
            changed(PHOFF + 16, 0xFFFFFFFF),
            "segment 0 with at least 4294967295 bytes of memory, found 51200",
        ),
        (
            changed(PHOFF + 20, 0xFFFFFFFF),
            "segment 0 in 0x81000000-0x8137ffff, found 0x81000000-0x180fffffe",
        ),
        (
            changed(PHOFF + 12, 0x42500000),
            "segment 0 in 0x81000000-0x8137ffff, found 0x42500000-0x4250c7ff",
        ),
    ],
)
def test_damaged_file_is_one_line(contents: bytes, message: str):
    with pytest.raises(BootError) as caught:
        load(contents)
    assert str(caught.value) == f"boot0: riscv0: expected {message}"


def test_memory_that_is_not_there_is_one_line():
    bus = Bus([(0x80000000, 0x1000)])
    steps = load_elf_image(Place(SOURCE, 4096, "boot0: riscv0"), WINDOWS)
    request = steps.send(None)
    with pytest.raises(BusFault) as fault:
        bus.answer(request)
    with pytest.raises(BootError) as caught:
        steps.throw(fault.value)
    expected = f"firmware at 0x{SOURCE:x}: expected readable memory, found DECERR"
    assert str(caught.value) == expected


def damaged(seed: int) -> bytes:
    chance = random.Random(seed)
    data = bytearray(GOOD)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(PHOFF + 96)
        if chance.random() < 0.5:
            data[at] ^= 1 << chance.randrange(8)
        else:
            value = chance.choice((0xFFFFFFFF, 0xFFFFFFF0, 0x80000000, chance.getrandbits(32)))
            struct.pack_into("<I", data, at & ~3, value)
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]
    return bytes(data)


def test_500_damaged_files_load_rightly_or_not_at_all():
    loaded = 0
    for seed in range(500):
        contents = damaged(seed)
        try:
            bus, entry = load(contents)
        except BootError as error:
            assert str(error).startswith("boot0: riscv0: expected ")
            assert "\n" not in str(error)
            continue
        loaded += 1
        file = ELFFile(io.BytesIO(contents))
        assert entry == file.header.e_entry
        last: dict[int, bytes] = {}
        for number in range(file.header.e_phnum):
            item = file.structs.Elf_Phdr.parse(contents[file.header.e_phoff + 32 * number :])
            if item.p_type == "PT_LOAD" and item.p_filesz and item.p_memsz:
                data = contents[item.p_offset : item.p_offset + item.p_filesz]
                last[item.p_paddr] = data.ljust(item.p_memsz, b"\0")
        spans = sorted((address, address + len(data)) for address, data in last.items())
        if all(a[1] <= b[0] for a, b in pairwise(spans)):
            for address, data in last.items():
                assert bytes_at(bus, address, len(data)) == data
    assert 20 < loaded < 480
