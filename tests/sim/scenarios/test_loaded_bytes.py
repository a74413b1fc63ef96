# SPDX-License-Identifier: Apache-2.0
"""The firmware is compared with memory byte by byte; only the resource table may differ."""

from __future__ import annotations

import asyncio

import pytest

from sim.boards import load_board
from sim.boards.profile import load_profile
from sim.boards.views import rtos_board
from sim.firmware import build_firmware
from sim.firmware.elf_image import TABLE, ElfImage, read_image
from sim.scenarios.loaded_bytes import loaded_as_in_file

CODE = 0x8100_0000


class Memory:
    """Memory into which a loader has put a file's segments; no read is longer than a page."""

    def __init__(self, firmware: ElfImage) -> None:
        self.cells = bytearray(0x20_0000)
        for program in firmware.loads:
            header = program.header
            data = firmware.data[header.offset : header.offset + header.filesz]
            self.cells[header.paddr - CODE : header.paddr - CODE + len(data)] = data

    async def read(self, address: int, length: int) -> bytes:
        assert 0 < length <= 4096
        return bytes(self.cells[address - CODE : address - CODE + length])


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> ElfImage:
    board = load_board("v821")
    description = rtos_board(board, load_profile(board), app="echo", count=1)
    path = build_firmware(description, "echo", tmp_path_factory.mktemp("mcu") / "fw.elf")
    image = read_image(path.read_bytes())
    assert image is not None
    return image


def told(memory: Memory, firmware: ElfImage) -> tuple[bool, str]:
    return asyncio.run(loaded_as_in_file(memory, firmware))


def test_every_byte_of_the_file_is_compared(firmware: ElfImage):
    (table,) = (item.header.size for item in firmware.sections if item.name == TABLE)
    count = sum(item.header.filesz for item in firmware.loads) - table
    expected = f"{count} bytes read back, the resource table left out"
    assert told(Memory(firmware), firmware) == (True, expected)


@pytest.mark.parametrize("last", [False, True])
def test_one_changed_byte_of_a_segment(firmware: ElfImage, last: bool):
    memory = Memory(firmware)
    header = firmware.loads[-2 if last else 0].header  # the last one has no bytes in the file
    address = header.paddr + header.filesz - 1
    byte = memory.cells[address - CODE]
    memory.cells[address - CODE] ^= 0x40
    expected = f"0x{address:08x}: expected 0x{byte:02x}, found 0x{byte ^ 0x40:02x}"
    assert told(memory, firmware) == (False, expected)


def test_the_resource_table_is_linuxs(firmware: ElfImage):
    memory = Memory(firmware)
    (table,) = (item.header for item in firmware.sections if item.name == TABLE)
    for offset in range(table.size):
        memory.cells[table.addr - CODE + offset] ^= 0xFF
    assert told(memory, firmware).passed
    memory.cells[table.addr - CODE + table.size] ^= 1
    assert not told(memory, firmware).passed


def test_a_file_without_segments_shows_nothing(firmware: ElfImage):
    empty = ElfImage(firmware.data, firmware.layout, firmware.header, (), ())
    assert not told(Memory(empty), empty).passed
