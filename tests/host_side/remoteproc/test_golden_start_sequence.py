# SPDX-License-Identifier: Apache-2.0
"""From `echo start > state` to the first echo: order of accesses and golden bytes.

Expected values: the compiled virtio_ring.c of Linux 6.12, driven by the calls of rproc (4
descriptors, alignment 16, rings and buffers at the addresses of the golden dump).
"""

from __future__ import annotations

from typing import Any

from host_side.rpmsg.client_sample import RpmsgClientSample
from tests.host_side.remoteproc.rproc_rig import (
    BUFFERS,
    CODE,
    CORE_RESET,
    MSGBOX_E907,
    STATE,
    TABLE,
    VRING0,
    VRING1,
    Remote,
    Rig,
    firmware,
    good_table,
)

V = TABLE + 16 + 12 + 56 + 4
"""Address of the vdev payload in the loaded table."""
FIFO = MSGBOX_E907 + 0x70

AFTER_PROBE = bytes.fromhex(
    "00000140000000000002000002000100 00020140000000000002000002000200"
    "00040140000000000002000002000300 00060140000000000002000002000000"
    "0000040000000100020003000000"
)
AFTER_FIRST_RX = bytes.fromhex(
    "00000140000000000002000002000000 00020140000000000002000002000200"
    "00040140000000000002000002000300 00060140000000000002000002000000"
    "0000050000000100020003000100"
)


def started(remote: bool = False, count: int = 1) -> tuple[Rig, list[tuple[str, int, Any]]]:
    """A rig after `echo start`, and what Linux did on the bus meanwhile."""
    rig = Rig()
    if remote:
        Remote(rig.machine).service = b"rpmsg-client-sample"
        driver = RpmsgClientSample(rig.kernel, count)
        rig.call(rig.kernel.rpmsg.register_driver(driver))
    rig.machine.recording = True
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    if remote:
        rig.settle(5_000_000)
    accesses = [
        (operation, address, value)
        for hart, operation, address, value in rig.machine.accesses
        if hart == 0
    ]
    return rig, accesses


def interesting(accesses: list[tuple[str, int, Any]]) -> list[tuple[str, int, Any]]:
    """Accesses to table, rings and doorbell, and the release of the core."""

    def ours(address: int) -> bool:
        return (
            V <= address < V + 64
            or VRING0 <= address < BUFFERS + 0x8000
            or address in (FIFO, CORE_RESET)
        )

    return [access for access in accesses if ours(access[1])]


def test_order_of_accesses_up_to_the_first_kick() -> None:
    """Steps 1 to 22 of the golden sequence."""
    _, accesses = started()
    release = accesses.index(("store4", CORE_RESET, 0xA569_0001))
    before, after = accesses[:release], interesting(accesses[release + 1 :])
    writes = [(a, v) for op, a, v in before if op == "write"]
    table = bytearray(good_table())
    assert writes[0] == (CODE, bytes(range(256)) * 8)
    assert writes[1] == (TABLE, bytes(table))
    assert writes[2] == (TABLE + len(table), bytes(64))
    # The kernel's copy: carveout filled in, notify ids 0 and 1, vring addresses as in the file.
    table[32:44] = b"".join(n.to_bytes(4, "little") for n in (BUFFERS, BUFFERS, 0x8000))
    at = V - TABLE
    table[at + 36 : at + 40] = bytes(4)
    table[at + 56 : at + 60] = (1).to_bytes(4, "little")
    assert writes[3:] == [(TABLE, bytes(table))]
    rx = [
        access
        for i in range(4)
        for access in (
            ("store2", VRING0 + 16 * i + 12, 3),
            ("store8", VRING0 + 16 * i, BUFFERS + 512 * i),
            ("store4", VRING0 + 16 * i + 8, 512),
            ("store2", VRING0 + 16 * i + 14, (i + 1) % 4),
            ("load2", VRING0 + 16 * i + 12, 3),
            ("store2", VRING0 + 16 * i + 12, 2),
            ("store2", VRING0 + 0x44 + 2 * i, i),
            ("store2", VRING0 + 0x42, i + 1),
        )
    ]
    assert after == [
        ("store1", V + 20, 0),
        ("load1", V + 20, 0),
        ("store1", V + 20, 1),
        ("load1", V + 20, 1),
        ("store1", V + 20, 3),
        ("load4", V + 8, 1),
        ("store4", V + 12, 1),
        ("write", VRING0, bytes(118)),
        ("store4", V + 24, VRING0),
        ("write", VRING1, bytes(118)),
        ("store4", V + 44, VRING1),
        ("write", BUFFERS, bytes(4096)),
        *rx,
        ("store2", VRING1 + 0x40, 1),
        ("load2", VRING0 + 0x50, 0),
        ("load1", V + 20, 3),
        ("store1", V + 20, 7),
        ("store4", FIFO, 0),
        ("load1", V + 20, 7),
    ]


def test_golden_bytes_after_the_probe() -> None:
    """Ring 0 full, ring 1 empty with interrupts off."""
    rig, _ = started()
    memory = rig.machine.memory
    assert memory.read(VRING0, 78) == AFTER_PROBE
    assert memory.read(VRING0 + 0x50, 32) == bytes(32)
    assert memory.read(VRING1, 0x60) == bytes(0x40) + b"\x01\x00" + bytes(0x1E)
    assert memory.read(V + 20, 1) == b"\x07"


def test_golden_bytes_and_kicks_of_the_first_message() -> None:
    """Steps 23 to 31: the sample says hello before the announcement's buffer is returned."""
    rig, accesses = started(remote=True, count=1)
    log = rig.log()
    assert (
        "rpmsg_client_sample virtio0.rpmsg-client-sample.-1.30: new channel: 0x400 -> 0x1e!" in log
    )
    kicks = [value for op, address, value in accesses if address == FIFO and op == "store4"]
    # Link up, hello (ring 1) before the returned buffer (ring 0), then the echo's buffer.
    assert kicks == [0, 1, 0, 0]
    memory = rig.machine.memory
    message = memory.read(BUFFERS + 512 * 4, 28)
    assert message == bytes.fromhex("000400001e000000000000000c000000") + b"hello world!"
    tx = [access for access in interesting(accesses) if VRING1 <= access[1] < VRING1 + 0x46]
    added = tx.index(("store2", VRING1 + 0x42, 1))
    assert tx[added + 1 :] == []


def test_rings_after_two_messages() -> None:
    """Step 33: the second hello uses the second buffer; ring 0 is refilled in order."""
    rig, _ = started(remote=True, count=2)
    memory = rig.machine.memory
    ring = memory.read(VRING0, 78)
    # Three messages came in (announcement and two echoes): three descriptors were recycled.
    assert ring[:14] == AFTER_FIRST_RX[:14]
    assert [ring[16 * i + 14] for i in range(4)] == [0, 0, 0, 0]
    assert ring[0x40:] == bytes.fromhex("0000070000000100020003000300")
    assert memory.read(VRING1 + 0x40, 8) == bytes.fromhex("0100020000000100")
    assert memory.read(VRING1 + 16, 8) == bytes.fromhex("000a014000000000")


def test_stop_ends_with_status_1_and_leaves_the_rings() -> None:
    """Section 6.2: status 0, then 1, no access to the rings."""
    rig, _ = started()
    before = rig.machine.memory.read(VRING0, 0x100)
    rig.machine.accesses.clear()
    Remote(rig.machine)
    rig.machine.asleep = True
    rig.machine.memory.put(0x4A00_020C, 4, 0x16AA_0001)
    assert rig.sh(f"echo stop > {STATE}") == (0, "")
    stores = [
        (address, value)
        for _, op, address, value in rig.machine.accesses
        if op.startswith("store") and V <= address < V + 64
    ]
    assert stores == [(V + 20, 0), (V + 20, 1)]
    assert rig.machine.memory.read(VRING0, 0x100) == before


def test_a_table_outside_memory_never_reaches_the_remote() -> None:
    """A section whose address is in no carveout: the kernel works on its own copy."""
    rig = Rig(firmware(address=0x5000_0000))
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    memory = rig.machine.memory
    assert memory.read(TABLE, len(good_table())) == good_table()
    assert rig.read("/sys/bus/virtio/devices/virtio0/status") == "0x00000007\n"
