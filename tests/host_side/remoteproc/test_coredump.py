# SPDX-License-Identifier: Apache-2.0
"""Dumps of a crashed remote: read back with pyelftools and with binutils' readelf."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from host_side.remoteproc.core_file import core_headers
from tests.host_side.remoteproc.rproc_rig import (
    CODE,
    CODE_SIZE,
    DEBUG,
    STATE,
    TRACE,
    VRING0,
    VRING1,
    Remote,
    Rig,
)

COREDUMP = "/sys/class/remoteproc/remoteproc0/coredump"
DUMPS = "/sys/class/devcoredump"
SEGMENTS = [(CODE, CODE_SIZE), (VRING0, 0x1000), (VRING1, 0x1000)]


def crashed(mode: str) -> Rig:
    """A rig whose remote has crashed with a mark in its trace buffer."""
    rig = Rig()
    Remote(rig.machine)
    assert rig.sh(f"echo {mode} > {COREDUMP}; echo start > {STATE}") == (0, "")
    rig.settle()
    rig.machine.memory.write(TRACE, b"last words\0")
    rig.log()
    rig.sh(f"echo 1 > {DEBUG}/crash")
    rig.recover()
    return rig


def content(rig: Rig, path: str) -> bytes:
    """All bytes of a file."""

    async def work() -> bytes:
        file = await rig.user.fs.open(path)
        data = bytearray()
        while piece := await file.read(4096):
            data += piece
        await file.close()
        return bytes(data)

    data: bytes = rig.call(work())
    return data


def check(data: bytes, entry: int) -> ELFFile:
    elf = ELFFile(io.BytesIO(data))
    header = elf.header
    assert (header.e_type, header.e_machine, header.e_entry) == ("ET_CORE", "EM_NONE", entry)
    segments = list(elf.iter_segments())
    assert [(s["p_vaddr"], s["p_filesz"]) for s in segments] == SEGMENTS
    for segment in segments:
        assert segment["p_type"] == "PT_LOAD"
        assert segment["p_paddr"] == segment["p_vaddr"]
        assert segment["p_memsz"] == segment["p_filesz"]
        assert (segment["p_flags"], segment["p_align"]) == (7, 0)
    assert segments[-1]["p_offset"] + segments[-1]["p_filesz"] == len(data)
    return elf


def readelf(data: bytes, folder: Path) -> str:
    """What binutils says, without complaint."""
    tool = shutil.which("readelf")
    if tool is None:
        pytest.skip("readelf is not installed (package binutils)")
    path = folder / "core"
    path.write_bytes(data)
    done = subprocess.run([tool, "-hlS", path], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def test_enabled(tmp_path: Path) -> None:
    """All memory as it was at the crash, although the remote runs again."""
    rig = crashed("enabled")
    assert rig.rproc.state.text == "running"
    assert rig.sh(f"ls {DUMPS}") == (0, "devcd1\ndisabled\n")
    data = content(rig, f"{DUMPS}/devcd1/data")
    elf = check(data, CODE + 0x40)
    code = elf.get_segment(0).data()
    assert code[:2048] == bytes(range(256)) * 8
    assert code[TRACE - CODE :].startswith(b"last words\0")
    text = readelf(data, tmp_path)
    assert "CORE (Core file)" in text
    assert text.count("  LOAD ") == 3
    assert "There are no sections in this file." in text


def test_one_dump_at_a_time() -> None:
    """A second crash adds none until the first is given up by a write."""
    rig = crashed("enabled")
    first = content(rig, f"{DUMPS}/devcd1/data")
    rig.machine.memory.write(TRACE, b"other words\0")
    rig.sh(f"echo 1 > {DEBUG}/crash")
    rig.recover()
    assert rig.sh(f"ls {DUMPS}") == (0, "devcd1\ndisabled\n")
    assert content(rig, f"{DUMPS}/devcd1/data") == first
    assert rig.sh(f"echo 0 > {DUMPS}/devcd1/data") == (0, "")
    assert rig.sh(f"ls {DUMPS}") == (0, "disabled\n")
    rig.sh(f"echo 1 > {DEBUG}/crash")
    rig.recover()
    assert rig.sh(f"ls {DUMPS}") == (0, "devcd2\ndisabled\n")


def test_dump_is_freed_after_five_minutes() -> None:
    """DEVCD_TIMEOUT."""
    rig = crashed("enabled")
    dump = rig.kernel.remoteproc.coredumps.dumps[0]
    assert dump.timer is not None
    late = dump.timer.expiry - rig.kernel.jiffies
    assert 29_000 <= late <= 34_000
    assert dump.timer.callback is not None
    dump.timer.callback()
    assert rig.sh(f"ls {DUMPS}") == (0, "disabled\n")


def test_inline(tmp_path: Path) -> None:
    """Recovery waits until the dump, read out of the remote's memory, is given up."""
    rig = crashed("inline")
    assert rig.rproc.state.text == "offline"
    rig.machine.memory.write(TRACE, b"live\0")
    rig.log()
    data = content(rig, f"{DUMPS}/devcd1/data")
    assert rig.rproc_log() == [f"Ramdump done, {len(data)} bytes read"]
    elf = check(data, CODE + 0x40)
    assert elf.get_segment(0).data()[TRACE - CODE :].startswith(b"live\0")
    assert "CORE (Core file)" in readelf(data, tmp_path)
    assert rig.rproc.state.text == "offline"
    assert rig.sh(f"echo 1 > {DUMPS}/devcd1/data") == (0, "")
    rig.recover()
    assert rig.state == "running"


def test_reads_of_an_inline_dump() -> None:
    """At most a page at once, the headers alone; the end is told as often as it is met."""
    rig = Rig()
    Remote(rig.machine)
    assert rig.sh(f"echo inline > {COREDUMP}; echo start > {STATE}") == (0, "")
    rig.settle()
    rig.rproc.coredump.segments[:] = []
    rig.rproc.coredump.add_segment(CODE, 5000)
    rig.rproc.coredump.add_segment(VRING0, 100)
    rig.sh(f"echo 1 > {DEBUG}/crash")
    rig.recover()
    rig.log()

    async def work() -> list[int]:
        file = await rig.user.fs.open(f"{DUMPS}/devcd1/data")
        return [len(await file.read(1 << 16)) for _ in range(4)]

    assert rig.call(work()) == [52 + 2 * 32, 4096, 1004, 0]
    assert rig.rproc_log() == ["Ramdump done, 5216 bytes read"] * 2


def test_dumps_can_be_disabled_for_ever() -> None:
    """A 1 in the class's file drops what there is; nothing else is taken."""
    rig = crashed("inline")
    device = rig.rproc.sysfs_path
    assert rig.sh(f"ls {device}")[1].split()[:2] == ["coredump", "devcoredump"]
    assert rig.read(f"{DUMPS}/disabled") == "0\n"
    invalid = (1, "sh: write error: Invalid argument\n")
    for word in ("0", "2", "yes", "-1", "''"):
        assert rig.sh(f"echo {word} > {DUMPS}/disabled") == invalid
    assert rig.sh(f"echo 1 > {DUMPS}/disabled") == (0, "")
    rig.recover()
    assert rig.state == "running"
    assert rig.read(f"{DUMPS}/disabled") == "1\n"
    rig.sh(f"echo 1 > {DEBUG}/crash")
    rig.recover()
    assert rig.state == "running"
    assert rig.sh(f"ls {DUMPS}") == (0, "disabled\n")
    assert "devcoredump" not in rig.sh(f"ls {device}")[1]


def test_disabled() -> None:
    """No dump."""
    rig = crashed("disabled")
    assert rig.sh(f"ls {DUMPS}") == (0, "disabled\n")


def test_class_that_is_not_set() -> None:
    """A driver that forgot rproc_coredump_set_elf_info()."""
    rig = Rig()
    Remote(rig.machine)
    rig.rproc.coredump.elf_class = 0
    rig.sh(f"echo enabled > {COREDUMP}; echo start > {STATE}")
    rig.settle()
    rig.log()
    rig.sh(f"echo 1 > {DEBUG}/crash")
    rig.recover()
    assert "ELF class is not set" in rig.rproc_log()
    assert rig.sh(f"ls {DUMPS}") == (0, "disabled\n")


def test_segment_that_is_not_mapped() -> None:
    """0xff, and the message."""
    rig = Rig()
    Remote(rig.machine)
    rig.sh(f"echo enabled > {COREDUMP}; echo start > {STATE}")
    rig.settle()
    rig.rproc.coredump.segments[:] = []
    rig.rproc.coredump.add_segment(0x4100_0000, 16)
    rig.rproc.coredump.add_segment(0x4FFF_0000, 32)
    rig.log()
    rig.sh(f"echo 1 > {DEBUG}/crash")
    rig.recover()
    message = "invalid copy request for segment 0x4fff0000 with offset 0 and size 32)"
    assert message in rig.rproc_log()
    assert content(rig, f"{DUMPS}/devcd1/data")[-32:] == b"\xff" * 32


def test_64_bit_core(tmp_path: Path) -> None:
    """The other class has headers of its own."""
    data = core_headers(2, 243, 0x8000_0000_0000, [(0x1000, 4), (0x2000, 8)]) + bytes(12)
    elf = ELFFile(io.BytesIO(data))
    assert elf.header.e_machine == "EM_RISCV"
    assert [s["p_offset"] for s in elf.iter_segments()] == [64 + 112, 64 + 112 + 4]
    assert "CORE (Core file)" in readelf(data, tmp_path)
