# SPDX-License-Identifier: Apache-2.0
"""Damaged files through the model's ELF loader and through the kernel's own: the same words.

Both check the file, take its boot address and its resource table, and load its segments into the
same carveout. Where the kernel follows a wild pointer the model only has to say something.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from types import SimpleNamespace

from host_side.kernel.errors import LinuxError
from host_side.remoteproc import elf_loader
from host_side.remoteproc.core import Rproc
from host_side.remoteproc.elf_checks import elf_fault
from host_side.remoteproc.ops import Firmware
from tests.host_side.remoteproc.kernel_code import (
    answers,
    compiled,
    kernel_tree,
    without_headers,
)
from tests.host_side.remoteproc.rproc_rig import CODE, CODE_SIZE, firmware
from tests.host_side.remoteproc.test_damaged_firmware import damaged

FILES = 600
EDGES = (0, 1, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFF0, (1 << 64) - 1, (1 << 64) - 8)


class OneCarveout:
    """As much of a remote processor as the loader uses; what it says is kept."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.error = self.said.append
        self.host = SimpleNamespace(size_max=(1 << 64) - 1, bus=SimpleNamespace(write=_nothing))
        self.cached_table = self.table = None

    def da_to_va(self, da: int, length: int) -> int | None:
        offset = (da - CODE) & 0xFFFF_FFFF
        return None if offset >> 31 or offset + length > CODE_SIZE else CODE + offset


async def _nothing(address: int, data: bytes) -> None:
    pass


def model(data: bytes) -> list[str]:
    """What the model says of a file, in the words of kernel_elf_loader.c."""
    file, remote = Firmware("firmware", data), OneCarveout()
    fault = elf_fault(file, file.name)
    if fault is not None:
        return [fault, "check -22"]
    asyncio.run(_load(remote, file))  # type: ignore[arg-type]
    return remote.said


async def _load(rproc: Rproc, file: Firmware) -> None:
    rproc.error("check 0")
    rproc.error(f"boot 0x{elf_loader.boot_address(rproc, file):x}")
    error = await _errno(elf_loader.load_rsc_table(rproc, file))
    rproc.error(f"table {error}, {rproc.cached_table.size if rproc.cached_table else 0} bytes")
    rproc.error(f"load {await _errno(elf_loader.load_segments(rproc, file))}")


async def _errno(work: object) -> int:
    try:
        await work  # type: ignore[misc]
    except LinuxError as error:
        return -error.errno
    return 0


def more_damage(data: bytes, chance: random.Random) -> bytes:
    """Fields of all sizes, most of them in the headers at the start."""
    changed = bytearray(data)
    for _ in range(chance.randint(0, 3)):
        size = chance.choice((1, 2, 4, 8))
        at = chance.randrange(min(len(data), chance.choice((200, 1 << 20))))
        edge = chance.choice((*EDGES, len(data), len(data) - 1, len(data) + 1))
        if at + size <= len(data):
            changed[at : at + size] = (edge & ((1 << 8 * size) - 1)).to_bytes(size, "little")
    return bytes(changed)


def to_the_end(bits: int, beyond: int) -> bytes:
    """A file whose first segment ends with the file, or ``beyond`` bytes behind it."""
    data = bytearray(firmware(bits=bits))
    offset, filesz, size = (52 + 4, 52 + 16, 4) if bits == 32 else (64 + 8, 64 + 32, 8)
    length = len(data) + beyond - int.from_bytes(data[offset : offset + size], "little")
    data[filesz : filesz + 2 * size] = length.to_bytes(size, "little") * 2
    return bytes(data)


def test_same_words_as_the_kernel(tmp_path: Path) -> None:
    tree = kernel_tree() / "drivers/remoteproc"
    for name in ("remoteproc_elf_helpers.h", "remoteproc_elf_loader.c"):
        (tmp_path / name).write_text(without_headers((tree / name).read_text()))
    program = compiled("kernel_elf_loader.c", tmp_path)
    chance = random.Random(821)
    files = [firmware(bits=bits)[:size] for bits in (32, 64) for size in range(70)]
    for bits in (32, 64):
        files += [firmware(bits=bits), to_the_end(bits, 0), to_the_end(bits, 1)]
    files += [more_damage(damaged(seed) or b"\0", chance) for seed in range(FILES)]
    wild = 0
    seen: set[str] = set()
    for data, said in zip(files, answers(program, files), strict=True):
        own = model(data)
        if said == ["wild"]:
            wild += 1
            continue
        assert own == said
        seen |= {" ".join(line.split()[:3]) for line in said}
    assert wild < len(files) // 4
    assert len(seen) > 30  # most of the messages there are, and files that are sound
    assert {"load 0", "load -22", "table -22, 0"} <= seen
