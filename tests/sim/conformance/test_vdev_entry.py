# SPDX-License-Identifier: Apache-2.0
"""The vdev entry of the resource table: stores by offset, bytes with the golden addresses."""

from pathlib import Path

import pytest

from sim.boards import load_board
from sim.conformance.observed import Observer, What
from sim.conformance.ring_map import RingMap
from sim.conformance.vdev_entry import BYTES, dump_line, expected_dump, store_text, vdev_of
from sim.errors import AmpsimError
from sim.records import Kind, Record
from sim.referee.ring_layout import RingShape

SHAPES = RingShape(0x6E410000, 4, 4096), RingShape(0x6E414000, 4, 4096)
RING_MAP = RingMap(SHAPES, 0)
# As the kernel's remoteproc_core.c and rproc_virtio.c leave it: 4 entries, alignment 4096.
READY = (
    "07000000 00000000 01000000 01000000 00000000 07020000 "
    "00000040 00100000 04000000 00000000 00000000 "
    "00800040 00100000 04000000 01000000 00000000"
)


def test_golden_bytes_of_the_entry():
    assert expected_dump(4) == f"vdev: {READY}"


def test_a_dump_has_the_rings_where_the_golden_one_has_them():
    words = READY.split()
    words[6], words[11] = "0000416e", "0040416e"
    raw = bytes.fromhex("".join(words))
    assert len(raw) == BYTES
    assert dump_line(RING_MAP, raw) == f"vdev: {READY}"


def test_a_ring_elsewhere_is_not_renamed():
    assert store_text(RING_MAP, 24, bytes.fromhex("0000416e")) == "vdev +24: rx ring"
    assert store_text(RING_MAP, 44, bytes.fromhex("0100416e")) == "vdev +44: 0100416e"
    raw = bytes(24) + bytes.fromhex("0100416e") + bytes(BYTES - 28)
    assert dump_line(RING_MAP, raw) == f"vdev: {raw.hex(' ', 4)}"


def test_stores_count_up_to_the_first_kick():
    board = load_board("visionfive2")
    clint = board.compatible("sifive,clint0").region.base
    observer = Observer(RING_MAP, board, 0x5000)

    def seen(address: int, value: int, kind: Kind = Kind.MEMORY_WRITE) -> list[str]:
        record = Record(0, 0, kind, 1, 0, 1, address, 1, value)
        return [item.text for item in observer.take(record, 0) if item.what == What.TABLE]

    assert seen(0x5000 + 20, 7) == ["vdev +20: 07"]
    assert seen(0x5000 + BYTES, 7) == []
    seen(clint + 4 * 4, 1, Kind.REGISTER_WRITE)
    assert seen(0x5000 + 20, 0) == []


def test_a_board_without_a_table_has_no_entry():
    assert vdev_of(load_board("visionfive2"), Path("none.elf")) is None


def test_a_firmware_without_a_table_is_one_line(tmp_path: Path):
    firmware = tmp_path / "remote.elf"
    firmware.write_bytes(b"no ELF")
    with pytest.raises(AmpsimError) as error:
        vdev_of(load_board("v821"), firmware)
    assert str(error.value) == f"{firmware}: expected a section .resource_table, found none"
