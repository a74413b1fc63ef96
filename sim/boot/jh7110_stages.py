# SPDX-License-Identifier: Apache-2.0
"""SPL, OpenSBI and U-Boot of the VisionFive 2, on the boot hart: each finds its image in memory."""

from __future__ import annotations

from sim.boards import Board
from sim.boot.code import find_code
from sim.boot.jh7110_payload import PAYLOAD_OFFSET, RTOS_AT, RTOS_BYTES, U_BOOT_AT
from sim.boot.log import BootLog
from sim.boot.opensbi_domains import confine, release
from sim.boot.requests import PIECE, Steps, copy, write
from sim.boot.storage import Kind, Medium, Storage
from sim.core import WAIT, Hart

_STAGE_LIMIT = 0x100000
_KERNEL_AT = 0x600000  # bench choice, in the part of DRAM that is simulated


class Stages:
    """The stages and what they share: board, media, log."""

    def __init__(self, board: Board, storage: Storage, log: BootLog) -> None:
        self._board = board
        self._storage = storage
        self._log = log
        self._dram = board.linux.next_region.base

    def run(self, hart: Hart, pause: int) -> Steps[None]:
        """Run them one after the other; ``pause`` is U-Boot's in clocks."""
        yield from self._spl(hart)
        yield from self._opensbi(hart, (yield from find_code(self._dram, _STAGE_LIMIT, "opensbi")))
        u_boot = self._dram + U_BOOT_AT
        yield from self._u_boot(hart, (yield from find_code(u_boot, _STAGE_LIMIT, "u-boot")), pause)

    def _spl(self, hart: Hart) -> Steps[None]:
        """Read the payload to the start of DRAM, move the RTOS to its place.

        The SPL itself runs in the L2 cache's memory, which the bench has not.
        """
        say = self._log.of(hart, "spl")
        medium = self._storage.media[Kind.SPI_NOR]
        length = yield from self._read_payload(medium)
        say(f"payload of {length} bytes from {medium.kind} to 0x{self._dram:08x}")
        source, target = self._dram + RTOS_AT, self._board.rtos.next_region.base
        size = min(length - RTOS_AT, RTOS_BYTES)
        yield from copy(target, source, size)
        say(f"RTOS of {size} bytes moved to 0x{target:08x}")

    def _read_payload(self, medium: Medium) -> Steps[int]:
        """Write the payload's bytes; pieces of zeros are left out: so starts the bench's DRAM."""
        length = len(medium.contents) - PAYLOAD_OFFSET
        for at in range(0, length, PIECE):
            data = medium.read(PAYLOAD_OFFSET + at, min(PIECE, length - at))
            if any(data):
                yield from write(self._dram + at, data)
        return length

    def _opensbi(self, hart: Hart, name: str) -> Steps[None]:
        """Give each domain its harts and memory, send the RTOS's hart to its next stage."""
        say = self._log.of(hart, name)
        for domain in (self._board.linux, self._board.rtos):
            yield from confine(self._board, domain)
        entry = self._board.rtos.next_region.base
        yield from release(self._board, entry)
        say(f"{self._board.rtos.name}: hart {self._board.rtos.boot_hart} to 0x{entry:08x}")
        say(f"{self._board.linux.name}: next stage at 0x{self._dram + U_BOOT_AT:08x}")

    def _u_boot(self, hart: Hart, name: str, pause: int) -> Steps[None]:
        """Load the kernel from the SD card and start it."""
        say = self._log.of(hart, name)
        yield (WAIT, pause, 0)
        address = self._dram + _KERNEL_AT
        yield from write(address, self._storage.media[Kind.SD].contents)
        yield from find_code(address, _STAGE_LIMIT, "linux")
        say(f"Starting kernel at 0x{address:08x}")
