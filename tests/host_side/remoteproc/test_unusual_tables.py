# SPDX-License-Identifier: Apache-2.0
"""Tables that Linux takes, with a word about it or without: what does not stop a boot."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest

from host_side.kernel.dma import CoherentPool
from tests.host_side.remoteproc import elf_builder as eb
from tests.host_side.remoteproc.rproc_rig import (
    BUFFERS,
    CODE,
    DEBUG,
    PARENT,
    REGIONS,
    RPROC,
    STATE,
    TABLE,
    TRACE,
    VRING0,
    VRING1,
    Rig,
    firmware,
)

PROBE = "rproc-virtio rproc-virtio.0.auto: probe with driver rproc-virtio failed with error "


def running(table: bytes, regions: dict[str, Any] | None = None, pool: Any = None) -> Rig:
    rig = Rig(firmware(table), memory_region=regions or REGIONS)
    rig.rproc.dma = pool
    rig.log()
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    assert rig.state == "running"
    return rig


def test_unknown_types_are_only_warned_about() -> None:
    """4 to 127, above 512, and vendor types that the driver does not know."""
    kinds = (4, 127, 513, 0xFFFF_FFFF, 128, 512)
    rig = running(eb.table(*(pack("<I", kind) for kind in kinds)))
    log = rig.log()
    unknown = [text for text in log if "unsupported" in text]
    assert unknown == [
        RPROC + "unsupported resource 4",
        RPROC + "unsupported resource 127",
        RPROC + "unsupported resource 513",
        RPROC + "unsupported resource -1",
        RPROC + "unsupported vendor resource 128",
        RPROC + "unsupported vendor resource 512",
    ]
    assert PARENT + "handle vendor resource, type: 128" in log
    assert RPROC + "sunxi_rproc_handle_rsc nobody handle RSC_VENDOR" in log


def test_empty_table() -> None:
    """No entries: the core runs without a virtio device."""
    rig = running(eb.table())
    assert rig.sh("ls /sys/bus/virtio/devices") == (0, "")


@pytest.mark.parametrize("vring", [(0, 16), (4, 0), (0xFFFF_FFFF, 0)])
def test_bad_queue_size_or_alignment(vring: tuple[int, int]) -> None:
    """The vdev's probe fails, the boot does not."""
    rig = running(eb.table(eb.vdev((vring, (4, 16)))))
    log = rig.log()
    num = -1 if vring[0] == 0xFFFF_FFFF else vring[0]
    assert RPROC + f"invalid qsz ({num}) or alignment ({vring[1]})" in log
    assert PROBE + "-22" in log
    assert rig.sh("ls /sys/bus/virtio/devices") == (0, "")


@pytest.mark.parametrize("vring", [(1024, 16), (0x0FFF_FFFF, 16), (4, 0x8000_0000)])
def test_ring_that_does_not_fit_its_carveout(vring: tuple[int, int]) -> None:
    """The second ring is wrong: the first one's notify id is given back."""
    rig = running(eb.table(eb.vdev(((4, 16), vring))))
    log = rig.log()
    assert RPROC + "Registered carveout doesn't fit len request" in log
    assert PROBE + "-12" in log
    assert rig.rproc.notifyids == {}
    assert rig.machine.memory.read(TABLE + 20 + 4 + 36, 4) == b"\xff\xff\xff\xff"


@pytest.mark.parametrize("vring", [(0x8000_0000, 16), (4, 0xFFFF_FF00), (4, 0xFFFF_FFF0)])
def test_ring_whose_size_wraps(vring: tuple[int, int]) -> None:
    """vring_size() wraps at 2^32 and the ring seems to fit: no queue is made of it.

    Linux fails to allocate the shadow of the first; where it would use wild pointers for the
    others, the model refuses the ring in the same words.
    """
    rig = running(eb.table(eb.vdev((vring, (4, 16)))))
    log = rig.log()
    assert "remoteproc remoteproc0: vring_new_virtqueue input failed" in log
    assert rig.read("/sys/bus/virtio/devices/virtio0/status") == "0x00000083\n"
    assert rig.sh(f"echo stop > {STATE}")[0] == 0


@pytest.mark.parametrize("num", [1, 2, 6, 8])
def test_any_number_of_buffers_is_taken(num: int) -> None:
    """Also 6, which is no power of two."""
    rig = running(eb.table(eb.vdev(((num, 16), (num, 16)))))
    assert "virtio_rpmsg_bus virtio0: rpmsg host is online" in rig.log()


def test_a_single_ring_is_too_few_for_rpmsg() -> None:
    """The virtio driver's probe fails: the state is running, the status 0x83."""
    rig = running(eb.table(eb.vdev(((4, 16),))))
    failed = "virtio_rpmsg_bus virtio0: probe with driver virtio_rpmsg_bus failed with error -12"
    assert failed in rig.log()
    assert rig.read("/sys/bus/virtio/devices/virtio0/status") == "0x00000083\n"


def test_no_memory_for_buffers() -> None:
    """A vdev0buffer that is too small: status 0x83 as well."""
    regions = REGIONS | {"vdev0buffer": (BUFFERS, 0x800)}
    rig = running(eb.table(eb.vdev()), regions)
    failed = "virtio_rpmsg_bus virtio0: probe with driver virtio_rpmsg_bus failed with error -12"
    assert failed in rig.log()


def test_ring_lies_at_the_start_of_its_carveout() -> None:
    """A given address inside the carveout is accepted, and rewritten to the carveout's."""
    rig = running(eb.table(eb.vdev(das=(VRING0, VRING1))))
    memory = rig.machine.memory
    assert memory.u32(TABLE + 20 + 4 + 24) == VRING0
    log = rig.log()
    assert not [text for text in log if "doesn't fit" in text]


def test_ring_asked_for_elsewhere() -> None:
    """An address below the registered carveout."""
    rig = running(eb.table(eb.vdev(das=(CODE - 0x0200_0000, VRING1))))
    assert RPROC + "Registered carveout doesn't fit da request" in rig.log()


def test_two_vdevs() -> None:
    """Two virtio devices at once; notify ids 0 to 3; the driver kicks with 0 and 1 alone."""
    regions = REGIONS | {
        "vdev1buffer": (BUFFERS + 0x4000, 0x4000),
        "vdev0buffer": (BUFFERS, 0x4000),
        "vdev1vring0": (VRING0 + 0x2000, 0x1000),
        "vdev1vring1": (VRING0 + 0x3000, 0x1000),
    }
    rig = running(eb.table(eb.vdev(), eb.vdev()), regions)
    log = rig.log()
    for name in ("virtio0", "virtio1"):
        assert f"virtio_rpmsg_bus {name}: rpmsg host is online" in log
    assert "rproc-virtio rproc-virtio.1.auto: registered virtio1 (type 7)" in log
    assert "WARNING: CPU: 0 PID: 0 at sunxi_rproc_kick, vqid 2" in log
    assert sorted(rig.rproc.notifyids) == [0, 1, 2, 3]
    assert rig.rproc.max_notifyid == 3
    parent = "/sys/devices/platform/soc/43030000.e907_rproc/remoteproc/remoteproc0"
    assert rig.sh("ls -l /sys/bus/virtio/devices | grep -c rproc-virtio")[1] == "2\n"
    assert rig.read(f"{parent}/rproc-virtio.1.auto/virtio1/device") == "0x0007\n"
    assert rig.sh(f"echo stop > {STATE}")[0] == 0
    assert rig.sh("ls /sys/bus/virtio/devices") == (0, "")


POOL = CODE + 0x2_0000


def test_unregistered_carveouts_come_from_the_dma_pool() -> None:
    """Cleared memory, its address in the table, and given back at the stop."""
    pool = CoherentPool(POOL, 0x8000)
    table = eb.table(eb.carveout(b"heap", 0x1800), eb.carveout(b"fixed", 0x100, da=0x1234))
    rig = Rig(firmware(table))
    rig.rproc.dma = pool
    rig.machine.memory.write(POOL, b"\xee" * 0x8000)
    rig.log()
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    assert PARENT + "Allocated carveout doesn't fit device address request" in rig.log()
    memory = rig.machine.memory
    assert memory.read(POOL, 0x1801) == bytes(0x1800) + b"\xee"
    heap, fixed = TABLE + 24 + 4, TABLE + 24 + 4 + 56
    assert [memory.u32(heap + at) for at in (0, 4, 8)] == [POOL, POOL, 0x1800]
    assert [memory.u32(fixed + at) for at in (0, 4, 8)] == [0x1234, POOL + 0x2000, 0x100]
    text = rig.read(f"{DEBUG}/carveout_memories")
    assert f"\tName: heap\n\tVirtual address: 00000000\n\tDMA address: 0x{POOL:08x}\n" in text
    rig.call(rig.rproc.shutdown())
    assert pool.allocate(0x8000) == POOL


def test_vendor_trace() -> None:
    """RSC_AW_TRACE shows as aw_trace_<name>."""
    rig = running(eb.table(eb.trace(TRACE, 64, kind=129)))
    line = f"add trace mem 'aw_trace_log', da: 0x{TRACE:08x}, len: 64"
    assert PARENT + line in rig.log()
    rig.machine.memory.write(TRACE, b"hello\n\0")
    assert rig.read(f"{DEBUG}/aw_trace_log") == "hello\n"


def test_features() -> None:
    """gfeatures is what the driver and the ring layer know of dfeatures."""
    rig = running(eb.table(eb.vdev(features=0xFFFF_FFFF)))
    assert rig.machine.memory.u32(TABLE + 20 + 4 + 12) == 0x3000_0001
    bits = rig.read("/sys/bus/virtio/devices/virtio0/features")
    assert [n for n, bit in enumerate(bits) if bit == "1"] == [0, 28, 29]
