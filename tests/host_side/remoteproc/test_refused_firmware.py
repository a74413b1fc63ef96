# SPDX-License-Identifier: Apache-2.0
"""Firmware that passes the checks and is refused later: segments, tables, entries, carveouts."""

from __future__ import annotations

import pytest

from tests.host_side.remoteproc import elf_builder as eb
from tests.host_side.remoteproc.rproc_rig import (
    CODE,
    CODE_SIZE,
    PARENT,
    RPROC,
    STATE,
    TABLE,
    TRACE,
    VRING0,
    Rig,
    firmware,
    good_table,
)

BUFFERS = eb.carveout(b"vdev0buffer", 0x8000)
REFUSALS = tuple(
    f"sh: write error: {text}\n"
    for text in (
        "Invalid argument",
        "Cannot allocate memory",
        "Value too large for defined data type",
    )
)
SHORT = eb.carveout(b"vdev0buffer", 0x8000)[:55]


@pytest.fixture(scope="module")
def rig() -> Rig:
    """One kernel for all: a refused firmware leaves nothing behind."""
    return Rig()


def refused(rig: Rig, image: bytes) -> list[str]:
    """Errors and warnings of the remote's class device while the shell tries to start it."""
    rig.replace_firmware(image)
    rig.log()
    answer = rig.sh(f"echo start > {STATE}")
    assert answer[0] == 1
    log = rig.log()
    assert answer[1] in REFUSALS
    assert rig.state == "offline"
    assert rig.rproc.power == 0
    assert rig.rproc.carveouts == []
    assert rig.rproc.notifyids == {}
    assert rig.rproc.table is None
    assert not rig.machine.running
    skip = ("powering up", "load fw from", "Booting fw image", "firmware version")
    return [
        text.removeprefix(RPROC)
        for text in log
        if text.startswith(RPROC) and not text.removeprefix(RPROC).startswith(skip)
    ]


TABLES = {
    "no version": (eb.table(version=0), ["unsupported fw ver: 0"]),
    "negative version": (eb.table(version=0xFFFF_FFFF), ["unsupported fw ver: -1"]),
    "reserved": (eb.table(reserved=(0, 1)), ["non zero reserved bytes"]),
    "reserved 0": (eb.table(reserved=(9, 0)), ["non zero reserved bytes"]),
    "no header": (eb.table()[:15], ["header-less resource table"]),
    "offsets cut off": (eb.table(num=1), ["resource table incomplete"]),
    "2^32 - 1 entries": (eb.table(num=0xFFFF_FFFF), ["resource table incomplete"]),
}


@pytest.mark.parametrize("case", TABLES)
def test_bad_table_sections(rig: Rig, case: str) -> None:
    """find_table() refuses the section, the platform driver says that there is none."""
    section, lines = TABLES[case]
    lines = [*lines, "no resource table found for this firmware", "Boot failed: -22"]
    assert refused(rig, firmware(section)) == lines


def test_no_table_section(rig: Rig) -> None:
    """Without the section there is no message about it but the driver's."""
    image = eb.elf([eb.Load(CODE, b"code")])
    lines = ["no resource table found for this firmware", "Boot failed: -22"]
    assert refused(rig, image) == lines


def test_table_section_beyond_the_file(rig: Rig) -> None:
    """Offset and size of the section header, each near 2^32."""
    good = firmware()
    shoff = int.from_bytes(good[32:36], "little")
    for at in (shoff + 40 + 16, shoff + 40 + 20):
        image = good[:at] + b"\xf0\xff\xff\xff" + good[at + 4 :]
        lines = ["resource table truncated", "no resource table found for this firmware"]
        assert refused(rig, image) == [*lines, "Boot failed: -22"]


ENTRIES = {
    "offset in the header": (eb.table(BUFFERS, offsets=[8]), "rsc table is truncated"),
    "offset at the end": (eb.table(BUFFERS, offsets=[76]), "rsc table is truncated"),
    "offset near 2^32": (eb.table(BUFFERS, offsets=[0xFFFF_FFFC]), "rsc table is truncated"),
    "carveout cut off": (eb.table(SHORT), "carveout rsc is truncated"),
    "carveout reserved": (
        eb.table(eb.carveout(b"a", 16, reserved=1)),
        "carveout rsc has non zero reserved bytes",
    ),
    "trace cut off": (eb.table(eb.trace(TRACE, 16)[:40]), "trace rsc is truncated"),
    "trace reserved": (
        eb.table(eb.trace(TRACE, 16, reserved=5)),
        "trace rsc has non zero reserved bytes",
    ),
    "vdev header cut off": (eb.table(eb.vdev()[:20]), "vdev rsc is truncated"),
    "vdev rings cut off": (eb.table(eb.vdev()[:-4]), "vdev rsc is truncated"),
    "vdev reserved": (eb.table(eb.vdev(reserved=1)), "vdev rsc has non zero reserved bytes"),
    "vdev with three rings": (eb.table(eb.vdev(((4, 16),) * 3)), "too many vrings: 3"),
    "vdev with 255 rings": (eb.table(eb.vdev(((4, 16),) * 255)), "too many vrings: 255"),
}


@pytest.mark.parametrize("case", ENTRIES)
def test_bad_entries(rig: Rig, case: str) -> None:
    """Each ends the boot with EINVAL."""
    section, line = ENTRIES[case]
    lines = [line, "Failed to process resources: -22", "Boot failed: -22"]
    assert refused(rig, firmware(section)) == lines


def test_config_space_near_4_gib(rig: Rig) -> None:
    """config_len is added to the size without wrapping."""
    section = bytearray(eb.table(eb.vdev()))
    section[20 + 20 : 20 + 24] = b"\xff\xff\xff\xff"
    lines = ["vdev rsc is truncated", "Failed to process resources: -22", "Boot failed: -22"]
    assert refused(rig, firmware(bytes(section))) == lines


def test_devmem_needs_an_iommu(rig: Rig) -> None:
    """Nothing is said about why."""
    lines = ["Failed to process resources: -22", "Boot failed: -22"]
    assert refused(rig, firmware(eb.table(eb.devmem()))) == lines


def test_carveout_named_twice(rig: Rig) -> None:
    """The second entry of a name is ENOMEM."""
    lines = [
        "Carveout already associated to resource table",
        "Failed to process resources: -12",
        "Boot failed: -12",
    ]
    assert refused(rig, firmware(eb.table(BUFFERS, BUFFERS))) == lines


FITS = {
    "too long": (eb.carveout(b"vdev0buffer", 0x8001), "len"),
    "4 GiB": (eb.carveout(b"vdev0buffer", 0xFFFF_FFFF), "len"),
    "below": (eb.carveout(b"vdev0buffer", 16, da=VRING0), "da"),
    "beyond": (eb.carveout(b"vdev0buffer", 0x8000, da=0x4001_0010), "len"),
}


@pytest.mark.parametrize("case", FITS)
def test_carveouts_that_do_not_fit_a_registered_one(rig: Rig, case: str) -> None:
    """rproc_check_carveout_da()."""
    entry, what = FITS[case]
    lines = [
        f"Registered carveout doesn't fit {what} request",
        "Failed to process resources: -12",
        "Boot failed: -12",
    ]
    assert refused(rig, firmware(eb.table(entry))) == lines


@pytest.mark.parametrize("length", [0x1000, 0xFFFF_FFFF])
def test_carveout_without_memory(rig: Rig, length: int) -> None:
    """A name that nobody registered, and no DMA pool to allocate it from."""
    entry = eb.carveout(b"heap", length)
    lines = [
        "Unable to allocate carveout heap: -12",
        "Failed to allocate associated carveouts: -12",
        "Boot failed: -12",
    ]
    assert refused(rig, firmware(eb.table(entry))) == lines
    rig.sh(f"echo start > {STATE}")
    assert f"{PARENT}failed to allocate dma memory: len 0x{length:x}" in rig.log()


def loads(load: eb.Load) -> bytes:
    return firmware(loads=(eb.Load(CODE, b"first"), load))


def test_segments(rig: Rig) -> None:
    """Each message of the loader; what was loaded before the bad segment stays."""
    memory = rig.machine.memory
    cases = {
        loads(eb.Load(CODE, b"12345678", 4)): "bad phdr filesz 0x8 memsz 0x4",
        loads(eb.Load(0x4200_0000, b"12")): "bad phdr da 0x42000000 mem 0x2",
        loads(eb.Load(CODE, b"12", CODE_SIZE + 1)): "bad phdr da 0x41000000 mem 0x40001",
        loads(eb.Load(CODE, b"12", 0xFFFF_FFFF)): "bad phdr da 0x41000000 mem 0xffffffff",
        loads(eb.Load(0xFFFF_FFFF, b"12")): "bad phdr da 0xffffffff mem 0x2",
    }
    for image, line in cases.items():
        memory.write(CODE, bytes(8))
        lines = [line, "Failed to load program segments: -22", "Boot failed: -22"]
        assert refused(rig, image) == lines
        assert memory.read(CODE, 5) == b"first"


def test_truncated_segment(rig: Rig) -> None:
    """An offset near 2^32 in the program header."""
    image = bytearray(loads(eb.Load(CODE, b"12")))
    image[52 + 32 + 4 : 52 + 32 + 8] = b"\xff\xff\xff\xff"
    lines = [
        f"truncated fw: need 0x100000001 avail 0x{len(image):x}",
        "Failed to load program segments: -22",
        "Boot failed: -22",
    ]
    assert refused(rig, bytes(image)) == lines


@pytest.mark.parametrize(
    ("uname", "line", "number"),
    [
        ("riscv32", "size (100000000) does not fit in size_t type", -75),
        ("riscv64", f"bad phdr da 0x{CODE:x} mem 0x100000000", -22),
    ],
)
def test_64_bit_segment(uname: str, line: str, number: int) -> None:
    """A segment of 4 GiB: EOVERFLOW to a kernel whose size_t has 32 bits."""

    class OtherRig(Rig):
        pass

    OtherRig.uname = uname
    image = firmware(loads=(eb.Load(CODE, b"12", 1 << 32),), bits=64)
    lines = [line, f"Failed to load program segments: {number}", f"Boot failed: {number}"]
    assert refused(OtherRig(), image) == lines


def test_segment_outside_every_mapping_is_told_by_the_driver_too(rig: Rig) -> None:
    """The driver's own words about an address that no mapping has."""
    rig.replace_firmware(loads(eb.Load(0x1000, b"12")))
    rig.log()
    rig.sh(f"echo start > {STATE}")
    log = rig.log()
    assert PARENT + "Failed to translate da 0x1000 to pa" in log
    assert PARENT + "invalid da 0x1000" in log
    assert RPROC + "bad phdr da 0x1000 mem 0x2" in log


def test_segments_that_are_passed_over() -> None:
    """Other types, empty ones, and (by this driver) those without bytes in the file."""
    table = good_table()
    image = firmware(
        loads=(
            eb.Load(0, b"note", kind=4),
            eb.Load(0, b"", 0),
            eb.Load(CODE + 0x2000, b"", 0x100),
            eb.Load(TABLE, table),
        )
    )
    rig = Rig(image)
    rig.machine.memory.write(CODE + 0x2000, b"kept")
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    assert rig.machine.memory.read(CODE + 0x2000, 4) == b"kept"
