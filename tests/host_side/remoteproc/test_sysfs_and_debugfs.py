# SPDX-License-Identifier: Apache-2.0
"""The files of a remote processor: exact text, exact errors, as the shell sees them."""

from __future__ import annotations

from typing import Any

import pytest

from host_side.fs.file import OpenFile
from host_side.fs.flags import O_RDWR
from host_side.kernel.errors import LinuxError
from host_side.remoteproc.cdev import GET_SHUTDOWN_ON_RELEASE, SET_SHUTDOWN_ON_RELEASE
from host_side.remoteproc.names import starts
from tests.host_side.remoteproc.rproc_rig import (
    BUFFERS,
    CODE,
    CODE_SIZE,
    DEBUG,
    PARENT,
    STATE,
    TRACE,
    TRACE_SIZE,
    VRING0,
    VRING1,
    Remote,
    Rig,
)

CLASS = "/sys/class/remoteproc/remoteproc0"
INVALID = (1, "sh: write error: Invalid argument\n")
BUSY = (1, "sh: write error: Device or resource busy\n")

RUNNING_TABLE = f"""\
Entry 0 is of type carveout
  Device Address 0x{BUFFERS:x}
  Physical Address 0x{BUFFERS:x}
  Length 0x8000 Bytes
  Flags 0x7
  Reserved (should be zero) [0]
  Name vdev0buffer

Entry 1 is of type vdev
  ID 7
  Notify ID 0
  Device features 0x1
  Guest features 0x1
  Config length 0x0
  Status 0x7
  Number of vrings 2
  Reserved (should be zero) [0][0]

  Vring 0
    Device Address 0x{VRING0:x}
    Alignment 16
    Number of buffers 4
    Notify ID 0
    Physical Address 0x0

  Vring 1
    Device Address 0x{VRING1:x}
    Alignment 16
    Number of buffers 4
    Notify ID 1
    Physical Address 0x0

Entry 2 is of type trace
  Device Address 0x{TRACE:x}
  Length 0x{TRACE_SIZE:x} Bytes
  Reserved (should be zero) [0]
  Name log

"""


def carveout_text(name: str, base: int, size: int) -> str:
    return (
        f"Carveout memory entry:\n\tName: {name}\n\tVirtual address: 00000000\n"
        f"\tDMA address: 0x{base:08x}\n\tDevice address: 0x{base:x}\n\tLength: 0x{size:x} Bytes\n\n"
    )


@pytest.fixture(scope="module")
def rig() -> Rig:
    """An offline remote."""
    return Rig()


@pytest.fixture(scope="module")
def up() -> Rig:
    """A running remote."""
    rig = Rig()
    Remote(rig.machine)
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    rig.settle()
    return rig


def test_directories(rig: Rig) -> None:
    """Names and modes."""
    assert rig.sh(f"ls {CLASS}/")[1].split() == [
        "coredump", "device", "firmware", "name", "recovery", "state", "subsystem",
    ]  # fmt: skip
    assert rig.sh(f"ls {DEBUG}")[1].split() == [
        "carveout_memories", "coredump", "crash", "name", "recovery", "resource_table",
    ]  # fmt: skip
    modes = rig.sh(f"ls -l {CLASS}/state {CLASS}/name {DEBUG}/crash {DEBUG}/name {DEBUG}/recovery")
    assert [line.split()[0] for line in modes[1].splitlines()] == [
        "-r--r--r--", "-rw-r--r--", "--w-------", "-r--------", "-rw-------",
    ]  # fmt: skip
    line = rig.sh("ls -l /dev/remoteproc0")[1]
    assert line.startswith("crw-------")


def test_texts_when_offline(rig: Rig) -> None:
    """Every file that can be read."""
    assert rig.read(f"{CLASS}/name") == "e907_rproc\n"
    assert rig.read(f"{CLASS}/state") == "offline\n"
    assert rig.read(f"{CLASS}/firmware") == "amp_rv0.bin\n"
    assert rig.read(f"{CLASS}/recovery") == "enabled\n"
    assert rig.read(f"{CLASS}/coredump") == "disabled\n"
    assert rig.read(f"{DEBUG}/name") == "e907_rproc\n"
    assert rig.read(f"{DEBUG}/recovery") == "enabled\n"
    assert rig.read(f"{DEBUG}/coredump") == "disabled\n"
    assert rig.read(f"{DEBUG}/resource_table") == "No resource table found\n"
    assert rig.read(f"{DEBUG}/carveout_memories") == ""


def test_texts_when_running(up: Rig) -> None:
    """The live table, the carveouts in their order, the trace."""
    assert up.read(f"{DEBUG}/resource_table") == RUNNING_TABLE
    assert up.read(f"{DEBUG}/carveout_memories") == (
        carveout_text("rv_ddr_reserved", CODE, CODE_SIZE)
        + carveout_text("vdev0buffer", BUFFERS, 0x8000)
        + carveout_text("vdev0vring0", VRING0, 0x1000)
        + carveout_text("vdev0vring1", VRING1, 0x1000)
    )


def test_trace(up: Rig) -> None:
    """Up to the first NUL, as it is at the moment of reading; all of it without one."""
    memory = up.machine.memory
    memory.write(TRACE, bytes(TRACE_SIZE))
    assert up.read(f"{DEBUG}/trace0") == ""
    memory.write(TRACE, b"one\ntwo\n\0three")
    assert up.read(f"{DEBUG}/trace0") == "one\ntwo\n"
    memory.write(TRACE, b"x" * TRACE_SIZE)
    assert up.read(f"{DEBUG}/trace0") == "x" * TRACE_SIZE
    trace = up.rproc.traces[0]
    kept, trace.da = trace.da, 0x1000
    assert up.read(f"{DEBUG}/trace0") == "Trace  not available\n"
    trace.da = kept


def test_written_words(rig: Rig) -> None:
    """sysfs takes the whole word with one newline or none."""
    for mode in ("enabled", "inline", "disabled"):
        assert rig.sh(f"echo {mode} > {CLASS}/coredump") == (0, "")
        assert rig.read(f"{DEBUG}/coredump") == f"{mode}\n"
        assert rig.sh(f"echo -n {mode} > {CLASS}/coredump") == (0, "")
    rig.log()
    for word in ("default", "enable", "''", "'enabled '"):
        assert rig.sh(f"echo {word} > {CLASS}/coredump") == INVALID
    assert rig.rproc_log() == ["Invalid coredump configuration"] * 4
    assert rig.sh(f"echo on > {CLASS}/recovery") == INVALID
    assert rig.sh(f"echo enable > {CLASS}/recovery") == INVALID
    assert rig.rproc_log() == []


def test_lengths_of_a_write(rig: Rig) -> None:
    """Nothing is nothing; of more than a page the first one is the value."""

    async def write(data: bytes) -> int:
        file = await rig.user.fs.open(f"{CLASS}/firmware", O_RDWR)
        return await file.write(data)

    assert rig.call(write(b"")) == 0
    assert rig.read(f"{CLASS}/firmware") == "amp_rv0.bin\n"
    assert rig.call(write(b"x" * 5000)) == 4096
    assert rig.read(f"{CLASS}/firmware") == "x" * 4096 + "\n"
    assert rig.sh(f"echo amp_rv0.bin > {CLASS}/firmware") == (0, "")


def test_pointers_of_a_64_bit_kernel() -> None:
    """All digits of the DMA address, and as many zeros for what is hidden."""

    class WideRig(Rig):
        uname = "riscv64"

    rig = WideRig()
    rig.sh(f"echo start > {STATE}")
    lines = rig.read(f"{DEBUG}/carveout_memories").splitlines()
    assert lines[2:4] == [
        "\tVirtual address: 0000000000000000",
        f"\tDMA address: 0x{CODE:016x}",
    ]


def test_debugfs_takes_beginnings(rig: Rig) -> None:
    """strncmp() with the length written; 10 and 20 bytes at most."""
    assert rig.sh(f"echo -n dis > {DEBUG}/recovery") == (0, "")
    assert rig.read(f"{CLASS}/recovery") == "disabled\n"
    assert rig.sh(f"echo -n e > {DEBUG}/recovery") == (0, "")
    assert rig.read(f"{CLASS}/recovery") == "enabled\n"
    assert rig.sh(f"echo enabledd > {DEBUG}/recovery") == INVALID
    assert rig.sh(f"echo 12345678901 > {DEBUG}/recovery") == INVALID
    assert rig.sh(f"echo -n in > {DEBUG}/coredump") == (0, "")
    assert rig.read(f"{CLASS}/coredump") == "inline\n"
    assert rig.sh(f"echo -n d > {DEBUG}/coredump") == (0, "")
    assert rig.sh(f"echo 12345678901234567890x > {DEBUG}/coredump") == INVALID


def test_newline_ends_the_word_in_debugfs(rig: Rig) -> None:
    """It is replaced by the NUL that strncmp() then finds: ``echo`` has to give the whole word."""
    for word in ("disabled", "enabled"):
        assert rig.sh(f"echo {word} > {DEBUG}/recovery") == (0, "")
        assert rig.read(f"{CLASS}/recovery") == f"{word}\n"
        assert rig.sh(f"echo {word} > {DEBUG}/coredump") == (0, "")
    assert rig.sh(f"echo recover > {DEBUG}/recovery") == (0, "")
    for word in ("dis", "e", "''"):
        assert rig.sh(f"echo {word} > {DEBUG}/recovery") == INVALID
        assert rig.sh(f"echo {word} > {DEBUG}/coredump") == INVALID
    assert rig.read(f"{DEBUG}/recovery") == "enabled\n"
    assert rig.read(f"{DEBUG}/coredump") == "enabled\n"
    assert rig.sh(f"echo disabled > {DEBUG}/coredump") == (0, "")


@pytest.mark.parametrize(
    ("written", "word", "matches"),
    [
        ("en", "enabled", True),
        ("enabled\0x", "enabled", True),
        ("en\0abled", "enabled", False),
        ("enabledx", "enabled", False),
        ("\0", "enabled", False),
    ],
)
def test_strncmp(written: str, word: str, matches: bool) -> None:
    """As C compares what was written with a word."""
    assert starts(word, written) is matches


def test_crash_numbers(rig: Rig) -> None:
    """As C writes them; the rest is EINVAL or ERANGE."""
    rig.log()
    for text, kind in (
        ("0", "mmufault"), ("0x1", "watchdog"), ("02", "fatal error"), ("+1", "watchdog"),
        ("4294967295", "unknown"),
    ):  # fmt: skip
        assert rig.sh(f"echo {text} > {DEBUG}/crash") == (0, "")
        assert rig.rproc_log() == [f"crash detected in e907_rproc: type {kind}"]
    for text in ("x", "-1", "1x", "''", "08"):
        assert rig.sh(f"echo {text} > {DEBUG}/crash") == INVALID
    too_big = (1, "sh: write error: Numerical result out of range\n")
    assert rig.sh(f"echo 4294967296 > {DEBUG}/crash") == too_big
    assert rig.rproc_log() == []


def test_wrong_direction(rig: Rig) -> None:
    """sysfs refuses the open even to root, debugfs the read or write."""
    assert (
        rig.sh(f"echo x > {CLASS}/name")[1] == f"sh: can't create {CLASS}/name: Permission denied\n"
    )
    assert rig.sh(f"echo x > {DEBUG}/name") == INVALID
    assert rig.sh(f"cat {DEBUG}/crash")[1] == "cat: read error: Invalid argument\n"


def test_firmware_name(rig: Rig, up: Rig) -> None:
    """Any name up to a newline, only when offline; logged on the parent device."""
    rig.log()
    assert rig.sh(f"echo other.elf > {CLASS}/firmware") == (0, "")
    assert rig.read(f"{CLASS}/firmware") == "other.elf\n"
    assert rig.sh(f"echo > {CLASS}/firmware") == INVALID
    assert rig.log() == [PARENT + "can't provide empty string for firmware name"]
    assert rig.sh(f"echo start > {STATE}") == (1, "sh: write error: No such file or directory\n")
    assert rig.sh(f"echo ../amp_rv0.bin > {CLASS}/firmware; echo start > {STATE}") == INVALID
    assert "Firmware load for '../amp_rv0.bin' refused, path contains '..' component" in (
        rig.rproc_log()
    )
    assert rig.sh(f"echo amp_rv0.bin > {CLASS}/firmware") == (0, "")
    up.log()
    assert up.sh(f"echo other.elf > {CLASS}/firmware") == BUSY
    assert up.log() == [PARENT + "can't change firmware while running"]


def test_coredump_cannot_be_changed_while_crashed() -> None:
    """EBUSY, with the message."""
    rig = Rig()
    rig.rproc.recovery.disabled = True
    Remote(rig.machine)
    rig.sh(f"echo start > {STATE}; echo 1 > {DEBUG}/crash")
    rig.settle()
    rig.log()
    assert rig.sh(f"echo enabled > {CLASS}/coredump") == BUSY
    assert rig.sh(f"echo enabled > {DEBUG}/coredump") == BUSY
    assert rig.rproc_log() == ["can't change coredump configuration"] * 2


def test_character_device() -> None:
    """Beginnings of words without a newline; shutdown on release by ioctl."""
    rig = Rig()
    Remote(rig.machine)
    device = "/dev/remoteproc0"
    rig.log()
    assert rig.sh(f"echo start > {device}") == INVALID
    assert rig.sh(f"echo -n start-it-now > {device}") == INVALID
    assert rig.rproc_log() == ["Unrecognized option"]
    assert rig.sh(f"echo -n star > {device}") == (0, "")
    assert rig.state == "running"
    rig.settle()
    assert rig.sh(f"echo -n detach > {device}") == INVALID
    assert rig.sh(f"echo -n stop > {device}") == (0, "")
    assert rig.state == "offline"
    file: OpenFile = rig.call(rig.user.fs.open(device, O_RDWR))
    flag = bytearray(4)
    assert rig.call(file.ioctl(GET_SHUTDOWN_ON_RELEASE, flag)) == 0
    assert flag == bytes(4)
    rig.call(file.ioctl(SET_SHUTDOWN_ON_RELEASE, b"\x01\0\0\0"))
    rig.call(file.ioctl(GET_SHUTDOWN_ON_RELEASE, flag))
    assert flag == b"\x01\0\0\0"
    assert _errno(rig, file.ioctl(0x1234, 0)) == "EINVAL"
    assert _errno(rig, file.ioctl(SET_SHUTDOWN_ON_RELEASE, None)) == "EFAULT"
    assert rig.call(file.write(b"start")) == 5
    rig.settle()
    rig.call(file.close())
    assert rig.state == "offline"


def _errno(rig: Rig, work: Any) -> str:
    with pytest.raises(LinuxError) as caught:
        rig.call(work)
    return caught.value.name


def test_read_only_remote() -> None:
    """sysfs_read_only takes the write permission away."""
    rig = Rig()
    rig.rproc.sysfs_read_only = True
    for view in rig.kernel.remoteproc.views:
        view.removed(rig.rproc)
        view.added(rig.rproc)
    assert rig.sh(f"ls -l {STATE}")[1].startswith("-r--r--r--")
    assert rig.sh(f"echo start > {STATE}")[1] == f"sh: can't create {STATE}: Permission denied\n"
