# SPDX-License-Identifier: Apache-2.0
"""600 firmware files with random damage: refused with one line, or loaded as the file says."""

from __future__ import annotations

import random
import tracemalloc
from struct import unpack_from

import pytest

from host_side.remoteproc.table import LoadedTable
from tests.host_side.remoteproc.rproc_rig import (
    CODE,
    CODE_SIZE,
    REGIONS,
    STATE,
    VRING0,
    VRING1,
    Rig,
    firmware,
)

FIRST, COUNT, BATCH = 777_000, 600, 60
MEMORY_LIMIT = 16 << 20
"""Bytes the loader may have allocated at any time: the test machine has less than 1 MiB."""
RING_SIZE = REGIONS["vdev0vring0"][1]
EDGES = (0, 1, 2, 3, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_F000, 0xFFFF)


def damaged(seed: int) -> bytes:
    """A good file with one to three things wrong with it."""
    rng = random.Random(seed)
    bits = rng.choice((32, 32, 64))
    image = bytearray(firmware(bits=bits))
    shoff = int.from_bytes(image[40:48] if bits == 64 else image[32:36], "little")
    table = image.find(b"vdev0buffer") - 52
    headers = (64 + 2 * 56) if bits == 64 else (52 + 2 * 32)
    places = [range(headers), range(shoff, len(image)), range(table, table + 200)]
    for _ in range(rng.randint(1, 3)):
        kind = rng.choice((0, 1, 1, 1, 1, 2, 2, 2, 2, 3))
        if kind == 0:
            del image[rng.randrange(len(image)) :]
        elif kind == 1:
            at = rng.choice(rng.choice(places))
            if at < len(image):
                image[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            at = rng.choice(rng.choice(places)) & ~3
            if at + 4 <= len(image):
                image[at : at + 4] = rng.choice(EDGES).to_bytes(4, "little")
        else:
            at = rng.randrange(len(image) + 1)
            image[at:at] = rng.randbytes(rng.randint(1, 40))
    return bytes(image)


def program_headers(image: bytes) -> list[tuple[int, int, int, int]]:
    """(offset, address, filesz, memsz) of each segment that has bytes, by the ELF standard."""
    wide = image[4] == 2
    phoff, phnum = (
        (*unpack_from("<Q", image, 32), *unpack_from("<H", image, 56))
        if wide
        else (*unpack_from("<I", image, 28), *unpack_from("<H", image, 44))
    )
    size = 56 if wide else 32
    found = []
    for index in range(phnum):
        at = phoff + size * index
        raw = image[at : at + size].ljust(size, b"\0")
        if wide:
            kind, _, offset, _, address, filesz, memsz, _ = unpack_from("<IIQQQQQQ", raw)
        else:
            kind, offset, _, address, filesz, memsz, _, _ = unpack_from("<IIIIIIII", raw)
        if kind == 1 and filesz and memsz:
            found.append((offset, address, filesz, memsz))
    return found


def check_loaded(rig: Rig, image: bytes, before: bytes) -> None:
    """Memory is what the program headers say, byte for byte, but for the table Linux fills in."""
    expected = bytearray(before)
    for offset, address, filesz, memsz in program_headers(image):
        address &= 0xFFFF_FFFF  # the kernel's offset into a carveout is an int
        if any(base <= address <= base + RING_SIZE - memsz for base in (VRING0, VRING1)):
            continue  # mapped, too; the ring was cleared afterwards
        at = address - CODE
        assert at >= 0
        assert at + memsz <= CODE_SIZE
        expected[at : at + memsz] = image[offset : offset + filesz].ljust(memsz, b"\0")
    found = bytearray(rig.machine.memory.read(CODE, CODE_SIZE))
    table = rig.rproc.table
    if isinstance(table, LoadedTable):
        at = table.address - CODE
        expected[at : at + table.size] = found[at : at + table.size]
    assert found == expected


@pytest.mark.parametrize("batch", range(COUNT // BATCH))
def test_damaged_files(batch: int) -> None:
    """None crashes, hangs, or makes the loader allocate more than the board has."""
    rig = Rig(ampsim__stop_notify=None)
    refused = loaded = 0
    tracemalloc.start()
    try:
        for seed in range(FIRST + batch * BATCH, FIRST + (batch + 1) * BATCH):
            image = damaged(seed)
            rig.machine.memory.write(CODE, bytes([seed & 0xFF]) * CODE_SIZE)
            before = rig.machine.memory.read(CODE, CODE_SIZE)
            rig.replace_firmware(image)
            rig.log()
            tracemalloc.reset_peak()
            status, text = rig.sh(f"echo start > {STATE}", 10**9)
            assert tracemalloc.get_traced_memory()[1] < MEMORY_LIMIT, seed
            assert rig.kernel.oopses == 0, (seed, rig.log()[-3:])
            if status:
                refused += 1
                assert text.startswith("sh: write error: "), seed
                assert text.count("\n") == 1
                assert rig.rproc_log()[-1].startswith("Boot failed: -"), seed
                assert rig.state == "offline"
                assert rig.rproc.power == 0
                assert not rig.machine.running
            else:
                loaded += 1
                assert rig.state == "running"
                check_loaded(rig, image, before)
                assert rig.sh(f"echo stop > {STATE}", 10**9) == (0, ""), seed
            assert rig.rproc.carveouts == []
            assert rig.rproc.notifyids == {}
    finally:
        tracemalloc.stop()
    assert refused > BATCH // 3
    assert loaded > BATCH // 10


def test_code_area_is_all_that_was_written() -> None:
    """A file that wants to lie elsewhere changes nothing outside the carveouts."""
    rig = Rig()
    rig.replace_firmware(firmware(loads=()))
    before = rig.machine.memory.read(CODE, CODE_SIZE)
    assert rig.sh(f"echo start > {STATE}")[0] == 1
    assert rig.machine.memory.read(CODE, CODE_SIZE) == before
