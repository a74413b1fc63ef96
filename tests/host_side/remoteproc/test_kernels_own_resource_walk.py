# SPDX-License-Identifier: Apache-2.0
"""Random resource tables through the model's walk and through the kernel's own: the same words.

The same, too: the result, the carveouts that are there afterwards, the bytes of the table.
"""

from __future__ import annotations

import random
from pathlib import Path
from struct import pack, unpack_from

from host_side.kernel.errors import LinuxError
from host_side.remoteproc.mem_entry import MemEntry
from host_side.remoteproc.resources import handle_resources
from host_side.remoteproc.table import CachedTable
from tests.host_side.remoteproc import elf_builder as eb
from tests.host_side.remoteproc.kernel_code import (
    RSC_TABLE,
    answers,
    compiled,
    functions,
    kernel_tree,
    without_headers,
)
from tests.host_side.remoteproc.rproc_rig import Rig

TABLES = 500
CARVEOUTS = {
    "rv_ddr_reserved": (0x4100_0000, 0x40000),
    "vdev0buffer": (0x4108_0000, 0x8000),
    "vdev0vring0": (0x4000_0000, 0x1000),
    "vdev0vring1": (0x4000_8000, 0x1000),
}
NAMES = (*(name.encode() for name in CARVEOUTS), b"heap", b"", b"x" * 32, b"a" * 31)
BASES = tuple(base for base, _ in CARVEOUTS.values())
WORDS = (0, 1, 2, 3, 4, 7, 16, 0x1000, 0x8000, 0x8001, *BASES, 0x4000_0100, 0x7FFF_FFFF)
WORDS += (0x8000_0000, 0xFFFF_F000, 0xFFFF_FFFE, 0xFFFF_FFFF)

RINGS = (
    "struct rproc_mem_entry *\nrproc_mem_entry_init(",
    "struct rproc_mem_entry *\nrproc_find_carveout_by_name(",
    "static int rproc_check_carveout_da(",
    "int rproc_alloc_vring(",
    "int\nrproc_parse_vring(",
    "void rproc_free_vring(",
)
HANDLERS = (
    "static int rproc_handle_vdev(",
    "static int rproc_handle_trace(",
    "static int rproc_handle_devmem(",
    "static int rproc_handle_carveout(",
    "static rproc_handle_resource_t rproc_loading_handlers[",
    "struct rproc_rsc_cb_data {",
    "static int rproc_handle_rsc_entry(",
    "static int rproc_handle_resources(",
)


def any_entry(chance: random.Random) -> bytes:
    """An entry of any type, most of them sound in most of their fields."""
    kind = chance.randrange(7)
    if kind == 0:
        da = chance.choice((*WORDS, *[eb.ANY] * 5))
        reserved = chance.choice((0, 0, 0, 1))
        return eb.carveout(chance.choice(NAMES), chance.choice(WORDS), da, reserved=reserved)
    if kind == 1:
        words = chance.choice(WORDS), chance.choice(WORDS)
        return eb.trace(*words, reserved=chance.choice((0, 0, 0, 9)))
    if kind <= 4:
        count = chance.choice((0, 1, 2, 2, 2, 2, 2, 3))
        nums, aligns = (0, 1, 2, 4, 4, 8, 8, 16, 17, 64, 128, 0x8000), (0, 1, 4, 16, 16, 24, 4096)
        rings = tuple((chance.choice(nums), chance.choice(aligns)) for _ in range(count))
        das = [chance.choice((*[eb.ANY] * 6, *WORDS)) for _ in range(count)]
        config = bytes(chance.choice((0, 0, 0, 4, 100)))
        return eb.vdev(rings, config=config, das=das, reserved=chance.choice((0, 0, 0, 0, 0, 3)))
    if kind == 5:
        number = chance.choice((4, 5, 100, 127, 128, 129, 300, 512, 513, 0xFFFF_FFFF))
        return pack("<I", number) + chance.randbytes(chance.randrange(40))
    return eb.devmem() if chance.random() < 0.3 else eb.carveout(b"vdev0buffer", 0x8000)


def any_table(chance: random.Random) -> bytes:
    """A table that the ELF loader lets pass: its offsets are all there."""
    while True:
        table = bytearray(eb.table(*(any_entry(chance) for _ in range(chance.randrange(1, 6)))))
        for _ in range(chance.choice((0, 0, 0, 0, 1, 2))):
            at = chance.randrange(1, len(table) // 4) * 4
            table[at : at + 4] = pack("<I", chance.choice(WORDS))
        if chance.random() < 0.15:
            del table[chance.randrange(16, len(table)) :]
        # A name with a % is a format to the kernel, which takes arguments for it from nowhere.
        if 16 + 4 * unpack_from("<I", table, 4)[0] <= len(table) and b"%" not in table:
            return bytes(table)


def model(rig: Rig, data: bytes) -> list[str]:
    """What the model says of a table, in the words of kernel_resource_walk.c."""
    rproc = rig.rproc
    rproc.cached_table = rproc.table = CachedTable(data)
    rproc.max_notifyid, rproc.nb_vdev = -1, 0
    rproc.carveouts = [MemEntry(name, base, size, base) for name, (base, size) in CARVEOUTS.items()]
    rig.log()
    result = rig.call(_walk(rig))
    said = [text.split(": ", 1)[1] for text in rig.log()]
    traces = [f"{t.name}: da 0x{t.da:x}, 0x{t.length:x} bytes" for t in rproc.traces]
    end = [f"walk {result}", f"ids to {rproc.max_notifyid}, {rproc.nb_vdev} vdevs"]
    end += [
        f"{mem.name}: da 0x{mem.da:x}, 0x{mem.length:x} bytes, entry 0x{mem.rsc_offset:x}, "
        f"flags 0x{mem.flags:x}"
        for mem in rproc.carveouts
    ]
    end.append(bytes(rproc.table.data).hex())
    rproc.carveouts.clear()
    rig.call(rproc.cleanup())
    return [*traces, *said, *end]


async def _walk(rig: Rig) -> int:
    try:
        await handle_resources(rig.rproc)
    except LinuxError as error:
        return -error.errno
    return 0


def test_same_words_as_the_kernel(tmp_path: Path) -> None:
    tree = kernel_tree()
    core = (tree / "drivers/remoteproc/remoteproc_core.c").read_text()
    (tmp_path / "core_rings.c").write_text(functions(core, RINGS))
    (tmp_path / "core_handlers.c").write_text(functions(core, HANDLERS))
    header = without_headers((tree / RSC_TABLE).read_text())
    (tmp_path / "rsc_table.h").write_text(header)
    program = compiled("kernel_resource_walk.c", tmp_path)
    rig = Rig()
    rig.rproc.ops.handle_rsc = None
    chance = random.Random(821)
    tables = [any_table(chance) for _ in range(TABLES)]
    seen: set[str] = set()
    for data, said in zip(tables, answers(program, tables), strict=True):
        traces = [line for line in said if line.startswith("trace") and ": da " in line]
        others = [line for line in said if line not in traces]
        assert model(rig, data) == [*traces, *others]
        seen |= {" ".join(line.split()[:4]) for line in others}
    for text in (
        "walk 0", "walk -22", "walk -12", "rsc table is truncated", "too many vrings: 3",
        "vdev rsc is truncated", "carveout rsc is truncated", "unsupported resource -1",
        "Carveout already associated to", "Registered carveout doesn't fit", "invalid qsz (0) or",
        "unsupported vendor resource 512", "probe with driver rproc-virtio",
    ):  # fmt: skip
        assert text in seen
