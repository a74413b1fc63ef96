# SPDX-License-Identifier: Apache-2.0
"""A remote is started, spoken to, stopped, started again through the shell."""

from __future__ import annotations

from tests.host_side.remoteproc.rproc_rig import (
    CODE,
    CORE_RESET,
    E907,
    GATES,
    PARENT,
    RECORD,
    RESETS,
    STATE,
    STOP_MESSAGE,
    TABLE,
    Remote,
    Rig,
    firmware,
    good_table,
)


def test_start_traffic_stop_start() -> None:
    """The whole life through the shell, with the kernel's log."""
    rig = Rig()
    remote = Remote(rig.machine)
    assert rig.state == "offline"
    assert rig.log()[-5:] == [
        PARENT + "sunxi rproc driver 2.4.7",
        PARENT + "is_using_kernel_fw: 0",
        "remoteproc remoteproc0: e907_rproc is available",
        PARENT + "sunxi rproc driver probe ok",
        "Run /sbin/init as init process",
    ]
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    assert rig.log() == [
        "remoteproc remoteproc0: powering up e907_rproc",
        "remoteproc remoteproc0: load fw from filesystem, filename: amp_rv0.bin",
        PARENT + "checking private firmware",
        f"remoteproc remoteproc0: Booting fw image amp_rv0.bin, size {len(rig.image)}",
        "remoteproc remoteproc0: firmware version: v1.2.3",
        PARENT + f"boot address: 0x{CODE + 0x40:08x}",
        "rproc-virtio rproc-virtio.0.auto: assigned reserved memory node vdev0buffer",
        "virtio_rpmsg_bus virtio0: rpmsg host is online",
        "rproc-virtio rproc-virtio.0.auto: registered virtio0 (type 7)",
        "remoteproc remoteproc0: remote processor e907_rproc is now up",
    ]
    assert rig.state == "running"
    rig.settle()
    assert "virtio_rpmsg_bus virtio0: creating channel echo addr 0x1e" in rig.log()
    assert rig.read("/sys/bus/virtio/devices/virtio0/status") == "0x00000007\n"
    path = "/sys/devices/platform/soc/43030000.e907_rproc/remoteproc/remoteproc0"
    assert rig.read(f"{path}/rproc-virtio.0.auto/virtio0/virtio0.echo.-1.30/name") == "echo\n"
    assert rig.sh(f"echo stop > {STATE}") == (0, "")
    assert rig.state == "offline"
    assert remote.kicks[-1] == STOP_MESSAGE
    assert "remoteproc remoteproc0: stopped remote processor e907_rproc" in rig.log()
    assert not rig.user.fs.exists(f"{path}/rproc-virtio.0.auto")
    memory = rig.machine.memory
    assert memory.u32(CORE_RESET) & 1 == 0
    assert memory.u32(RESETS) & 3 == 0
    assert memory.u32(GATES) & 1 == 0
    assert memory.u32(RECORD) == 0x16AA_0000
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    rig.settle()
    assert "virtio_rpmsg_bus virtio0: creating channel echo addr 0x1e" in rig.log()
    assert rig.machine.starts == [CODE + 0x40, CODE + 0x40]


def test_core_is_released_last() -> None:
    """Order of the accesses to resets, clocks and the boot address."""
    rig = Rig()
    rig.machine.recording = True
    rig.sh(f"echo start > {STATE}")
    places = {CORE_RESET: "core", RESETS: "resets", GATES: "gates", E907 + 0x204: "address"}
    stores = [
        (places[address], value)
        for _, operation, address, value in rig.machine.accesses
        if operation == "store4" and address in places
    ]
    assert stores == [
        ("resets", 0x14),
        ("resets", 0x14),
        ("core", 0xA569_0000),
        ("gates", 1),
        ("resets", 0x15),
        ("resets", 0x17),
        ("address", CODE + 0x40),
        ("core", 0xA569_0001),
    ]


def test_loaded_bytes_are_those_of_the_file() -> None:
    """Memory against the ELF; the tail of a segment is cleared, the table is the kernel's copy."""
    rig = Rig()
    memory = rig.machine.memory
    memory.write(CODE, b"\xaa" * 0x10000)
    rig.sh(f"echo start > {STATE}")
    assert memory.read(CODE, 2048) == bytes(range(256)) * 8
    assert memory.read(CODE + 2048, 16) == b"\xaa" * 16
    size = len(good_table())
    assert memory.read(TABLE + size, 65) == bytes(64) + b"\xaa"
    loaded = memory.read(TABLE, size)
    assert loaded[:16] == good_table()[:16]
    assert rig.call(rig.kernel.rprocs[0].table.read(0, size)) == loaded


def test_64_bit_firmware_loads_too() -> None:
    """The loader takes both classes."""
    rig = Rig(firmware(bits=64))
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    assert rig.machine.memory.read(CODE, 2048) == bytes(range(256)) * 8
