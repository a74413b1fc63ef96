# SPDX-License-Identifier: Apache-2.0
"""Reads the RTOS's segments back out of simulated memory and compares them with the firmware."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.boards.model import RemoteprocLink
from sim.firmware.elf_image import TABLE, ElfImage, read_image
from sim.firmware.elf_layout import ProgramHeader
from sim.scenarios.scenario import Check

if TYPE_CHECKING:
    from host_side.kernel.requests import HartBus
    from sim.inside.session import Session

PIECE_BYTES = 4096  # of one read: a hart takes no interrupt within it


async def firmware_in_memory(session: Session) -> Check | None:
    """Compare the run's firmware with memory; None where Linux must not read the RTOS's memory,
    and where the RTOS comes from a medium that the user has composed.
    """
    config = session.config
    if session.linux is None or config.flash or not isinstance(session.board.rpmsg, RemoteprocLink):
        return None
    firmware = read_image(Path(config.firmware).read_bytes())
    assert firmware is not None
    return await loaded_as_in_file(session.linux.kernel.bus, firmware)


async def loaded_as_in_file(bus: HartBus, firmware: ElfImage) -> Check:
    """Compare what each loaded segment has in the file with memory, read by Linux's own hart.

    Left out is the resource table, in which Linux tells the RTOS of rings and addresses, and what
    has no bytes in the file: trace and heap are the RTOS's as soon as it runs.
    """
    compared = 0
    for program in firmware.loads:
        header = program.header
        expected = firmware.data[header.offset : header.offset + header.filesz]
        found = await _read(bus, header.paddr, header.filesz)
        table = _table(firmware, header)
        for number, (byte, other) in enumerate(zip(expected, found, strict=True)):
            if byte != other and number not in table:
                place = f"0x{header.paddr + number:08x}"
                return Check(False, f"{place}: expected 0x{byte:02x}, found 0x{other:02x}")
        compared += len(expected) - len(table)
    return Check(compared > 0, f"{compared} bytes read back, the resource table left out")


async def _read(bus: HartBus, address: int, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        data += await bus.read(address + len(data), min(PIECE_BYTES, length - len(data)))
    return bytes(data)


def _table(firmware: ElfImage, header: ProgramHeader) -> range:
    """Return the resource table's place in a segment's bytes."""
    section = firmware.section(TABLE)
    if section is None:
        return range(0)
    start = section.header.offset - header.offset
    inside = start >= 0 and start + section.header.size <= header.filesz
    return range(start, start + section.header.size) if inside else range(0)
