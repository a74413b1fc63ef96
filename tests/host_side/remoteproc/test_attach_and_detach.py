# SPDX-License-Identifier: Apache-2.0
"""A remote that a boot stage has started: attach, detach, attach again, stop, crash."""

from __future__ import annotations

from typing import Any

from host_side.fs.node import RegularFile
from tests.host_side.remoteproc.rproc_rig import (
    BUFFERS,
    CODE,
    GATES,
    MEM_FW,
    PARENT,
    RPROC,
    STATE,
    TABLE,
    Remote,
    Rig,
    firmware,
    good_table,
)
from tests.host_side.remoteproc.v821_machine import RESETS

SIZE = len(good_table())


class BootedRig(Rig):
    """The boot stage has loaded the firmware and started the core."""

    def __init__(self, **changes: Any) -> None:
        self.memory_firmware = changes.pop("memory_firmware", True)
        super().__init__(**changes)

    def before_boot(self) -> None:
        machine, memory = self.machine, self.machine.memory
        memory.write(CODE, bytes(range(256)) * 8)
        memory.write(TABLE, good_table())
        if self.memory_firmware:
            memory.write(MEM_FW, self.image)
        memory.put(GATES, 4, 1)
        memory.put(RESETS, 4, 0x17)
        self.remote = Remote(machine)
        machine.running = True
        machine.released(CODE)


def test_found_running() -> None:
    """detached at probe; start attaches to the table where it lies; no byte of it is loaded."""
    rig = BootedRig(auto_boot=None)
    assert rig.state == "detached"
    assert rig.log()[-6:-1] == [
        PARENT + "sunxi rproc driver 2.4.7",
        PARENT + f"register memory firmware('amp_rv0.bin') for 'e907', addr: 0x{MEM_FW:x}, "
        "size: 65536",
        PARENT + "is_using_kernel_fw: 0",
        RPROC + "e907_rproc is available",
        PARENT + "sunxi rproc driver probe ok",
    ]  # fmt: skip
    rig.machine.recording = True
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    assert rig.state == "attached"
    log = [text for text in rig.log() if "creating channel" not in text]
    assert log == [
        RPROC + "attaching to e907_rproc",
        RPROC + "load fw from memory",
        PARENT + f"loaded resource table, addr: 0x{TABLE:08x}, size: {SIZE}",
        PARENT + "remoteproc initialized in general fast boot mode",
        "rproc-virtio rproc-virtio.0.auto: assigned reserved memory node vdev0buffer",
        "virtio_rpmsg_bus virtio0: rpmsg host is online",
        "rproc-virtio rproc-virtio.0.auto: registered virtio0 (type 7)",
        RPROC + "remote processor e907_rproc is now attached",
    ]
    written = [
        address
        for hart, op, address, _ in rig.machine.accesses
        if hart == 0 and op in ("write", "store4") and CODE <= address < TABLE
    ]
    assert written == []
    rig.settle(10_000_000)
    assert rig.sh("ls /sys/bus/rpmsg/devices | grep -c echo") == (0, "1\n")
    assert rig.read("/sys/class/remoteproc/remoteproc0/firmware") == "unknown\n"


def test_detach_restores_the_table_byte_for_byte() -> None:
    """The remote's table is as it was before, and the core runs on."""
    rig = BootedRig(auto_boot=None)
    memory = rig.machine.memory
    rig.sh(f"echo start > {STATE}")
    live = memory.read(TABLE, SIZE)
    assert live != good_table()
    at = 16 + 12 + 4
    assert live[at : at + 4] == BUFFERS.to_bytes(4, "little")
    rig.log()
    assert rig.sh(f"echo detach > {STATE}") == (0, "")
    assert memory.read(TABLE, SIZE) == good_table()
    assert rig.rproc_log() == ["detached remote processor e907_rproc"]
    assert rig.state == "detached"
    assert rig.machine.running


def test_attach_again() -> None:
    """Memory firmware is given up after its use: the second time the file system has it."""
    rig = BootedRig(auto_boot=None)
    for number in range(2):
        rig.log()
        assert rig.sh(f"echo start > {STATE}") == (0, "")
        assert rig.state == "attached"
        from_memory = RPROC + "load fw from memory" in rig.log()
        assert from_memory == (number == 0)
        assert rig.sh(f"echo detach > {STATE}") == (0, "")


def test_stop_of_an_attached_remote() -> None:
    """It goes offline, and the next start loads it."""
    rig = BootedRig(auto_boot=None)
    rig.sh(f"echo start > {STATE}")
    rig.settle(10_000_000)
    assert rig.sh(f"echo stop > {STATE}") == (0, "")
    assert rig.state == "offline"
    assert not rig.machine.running
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    assert rig.state == "running"


def test_crash_of_an_attached_remote() -> None:
    """Recovery boots it: it is running afterwards."""
    rig = BootedRig(auto_boot=None)
    rig.sh(f"echo start > {STATE}")
    rig.settle(10_000_000)
    rig.sh("echo 2 > /sys/kernel/debug/remoteproc/remoteproc0/crash")
    rig.recover()
    assert rig.state == "running"
    assert rig.sh("ls /sys/bus/rpmsg/devices | grep -c echo") == (0, "1\n")


def test_recovery_by_attaching() -> None:
    """RPROC_FEAT_ATTACH_ON_RECOVERY: detach, attach; the core is not touched."""
    rig = BootedRig(auto_boot=None)
    rig.rproc.attach_on_recovery = True
    rig.sh(f"echo start > {STATE}")
    rig.settle(10_000_000)
    starts = list(rig.machine.starts)
    rig.log()
    rig.sh("echo 0 > /sys/kernel/debug/remoteproc/remoteproc0/crash")
    rig.recover()
    assert rig.rproc_log() == [
        "crash detected in e907_rproc: type mmufault",
        "handling crash #1 in e907_rproc",
        "recovering e907_rproc",
        "detached remote processor e907_rproc",
        "rproc has been booted by another entity(perhaps bootloader), "
        "please confirm whether the ELF file is same!",
        "load fw from filesystem, filename: amp_rv0.bin",
        "remote processor e907_rproc is now attached",
    ]
    assert rig.state == "attached"
    assert rig.machine.starts == starts


def test_auto_boot_attaches() -> None:
    """auto-boot with memory firmware: attached without anybody asking."""
    rig = BootedRig(auto_boot=True)
    rig.recover()
    assert rig.state == "attached"


def test_auto_boot_needs_memory_firmware() -> None:
    """Without fw-region it is switched off, with two warnings."""
    rig = BootedRig(auto_boot=True, fw_region=None)
    log = rig.log()
    assert PARENT + "Register memory firmware failed when auto-boot is enabled!" in log
    rig.recover()
    assert rig.state == "detached"


def test_auto_boot_of_a_core_that_stands() -> None:
    """The driver does not load on its own."""
    rig = Rig(auto_boot=True)
    warning = "The bootloader doesn't boot up the remoteproc when auto-boot is enabled!"
    assert PARENT + warning in rig.log()
    rig.recover()
    assert rig.state == "offline"


def test_memory_without_an_elf() -> None:
    """Garbage in fw-region: the file system is next."""
    rig = BootedRig(auto_boot=None, memory_firmware=False)
    rig.log()
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    assert RPROC + "load fw from filesystem, filename: amp_rv0.bin" in rig.log()


def test_attach_that_cannot_find_the_table() -> None:
    """No firmware anywhere: ENODEV, still detached, power count 0."""
    rig = BootedRig(auto_boot=None, memory_firmware=False)
    rig.user.fs.remove("/lib/firmware/amp_rv0.bin")
    rig.log()
    assert rig.sh(f"echo start > {STATE}") == (1, "sh: write error: No such device\n")
    assert rig.rproc_log()[-3:] == [
        "can't load resource table: -19",
        "can't load resource table: -19",
        "Boot failed: -19",
    ]
    assert rig.state == "detached"
    assert rig.rproc.power == 0
    assert rig.rproc.carveouts == []
    assert rig.rproc.coredump.segments == []


def test_attach_with_another_firmware() -> None:
    """The file says that the table lies elsewhere: what is there is walked, and refused."""
    rig = BootedRig(auto_boot=None, memory_firmware=False)
    rig.replace_firmware(firmware(address=CODE))
    rig.log()
    assert rig.sh(f"echo start > {STATE}") == (1, "sh: write error: Invalid argument\n")
    assert "rsc table is truncated" in rig.rproc_log()


def test_partitions_come_before_the_file_system() -> None:
    """fw-partitions, looked for in /dev/by-name; the size from fw-partition-sectors."""
    rig = Rig(fw_partitions=("riscv0", "riscv0-r"), fw_partition_sectors=64)
    rig.user.fs.add("/dev/by-name/riscv0-r", RegularFile(rig.image.ljust(32768, b"\xff")))
    rig.user.fs.remove("/lib/firmware/amp_rv0.bin")
    rig.log()
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    log = rig.log()
    assert RPROC + "load fw from partition riscv0-r" in log
    assert RPROC + "Booting fw image amp_rv0.bin, size 32768" in log
