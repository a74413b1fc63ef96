# SPDX-License-Identifier: Apache-2.0
"""The VisionFive 2's payload image: what is in it, where, and that it outgrows 4 MiB."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from boot_machine import BootHart, Bus

from sim.boards import load_board, load_profile
from sim.boards.views import rtos_board
from sim.boot.jh7110 import Jh7110Chain
from sim.boot.jh7110_payload import (
    DEFAULT_PARTITION,
    PAYLOAD_OFFSET,
    flat_binary,
    make_payload,
    parts,
)
from sim.boot.storage import Kind, Medium
from sim.firmware import BootError, Elf, FirmwareError, build_firmware, read_elf
from sim.firmware.elf import Segment

BOARD = load_board("visionfive2")
PROFILE = load_profile(BOARD)
DRAM, RTOS = 0x40000000, 0x6E800000


@pytest.fixture(scope="module")
def elf(tmp_path_factory: pytest.TempPathFactory) -> Elf:
    out = tmp_path_factory.mktemp("vf2") / "rtthread.elf"
    return read_elf(build_firmware(rtos_board(BOARD, PROFILE), "rpmsg_linux_test", out))


class Run:
    """The boot hart's software over plain memory, until it waits for U-Boot's time or for ever."""

    def __init__(self, elf: Elf, directory: Path) -> None:
        self.bus = Bus([(region.base, region.size) for region in BOARD.memory], BOARD)
        self.hart = BootHart(1)
        session = SimpleNamespace(
            board=BOARD,
            directory=directory,
            clock_ns=10,
            artifacts={},
            elf=elf,
            profile=PROFILE,
            system=None,
            rtos_hart=None,
            linux_boot_hart=self.hart,
        )
        self.chain = Jh7110Chain(session)

    def go(self) -> list[str]:
        software = self.chain.start(self.hart, 0)
        reply: Any = None
        while True:
            request = software.send(reply)
            reply = 0 if request[0] == 4 else self.bus.answer(request)
            if request[0] == 4 and request[1] < 0:
                return [line.partition("] ")[2] for line in self.chain.log.lines]


def test_payload_outgrows_the_partition_it_had(elf: Elf):
    payload = make_payload(elf)
    assert len(payload) > 4 << 20
    with pytest.raises(FirmwareError) as caught:
        make_payload(elf, DEFAULT_PARTITION)
    assert str(caught.value) == (
        "visionfive2_fw_payload.img: expected at most 4194304 bytes, the size of its partition, "
        f"found {len(payload)}, {len(payload) - 4194304} too many"
    )


def test_payload_has_its_parts_at_their_places(elf: Elf):
    payload = make_payload(elf)
    found = {part.name: payload[part.offset : part.offset + part.size] for part in parts(payload)}
    assert [part.offset for part in parts(payload)] == [0, 0x200000, 0x400000]
    assert found["opensbi"][16:23] == b"opensbi"
    assert found["u-boot.bin"][16:22] == b"u-boot"
    assert found["rtthread.bin"] == elf.at_entry().data == flat_binary(elf)


def test_stages_bring_the_rtos_to_its_place(elf: Elf, tmp_path: Path):
    run = Run(elf, tmp_path)
    code = elf.at_entry().data
    size = len(make_payload(elf))
    assert run.go() == [
        f"hart1 spl: payload of {size} bytes from spi-nor to 0x40000000",
        f"hart1 spl: RTOS of {len(code)} bytes moved to 0x6e800000",
        "hart1 opensbi: rtos-domain: hart 4 to 0x6e800000",
        "hart1 opensbi: linux-domain: next stage at 0x40200000",
        "hart1 u-boot: Starting kernel at 0x40600000",
    ]
    memory, at = run.bus.span(RTOS, len(code))
    assert bytes(memory[at : at + len(code)]) == code
    assert run.hart.threads == ["spl", "opensbi", "u-boot", "parked"]
    assert (tmp_path / "boot.log").read_text().count("\n") == 5


def test_stage_that_was_damaged_in_storage_does_not_run(elf: Elf, tmp_path: Path):
    run = Run(elf, tmp_path)
    nor = bytearray(run.chain.storage.media[Kind.SPI_NOR].contents)
    nor[PAYLOAD_OFFSET + 0x200000 + 200] ^= 1
    run.chain.storage.media[Kind.SPI_NOR] = Medium(Kind.SPI_NOR, bytes(nor))
    with pytest.raises(BootError) as caught:
        run.go()
    assert str(caught.value).startswith("boot code at 0x40200000: expected CRC-32 ")


@pytest.mark.parametrize(
    ("segments", "message"),
    [
        ((Segment("a", RTOS, b"", 16, 5),), "expected segments with contents, found none"),
        (
            (Segment("a", RTOS, bytes(4), 4, 5), Segment("b", RTOS + 0x64000, b"1", 1, 6)),
            "expected at most 409600 bytes from the entry 0x6e800000 on, "
            "found 409601 from 0x6e800000 on",
        ),
        (
            (Segment("a", RTOS - 4, bytes(8), 8, 5),),
            "expected at most 409600 bytes from the entry 0x6e800000 on, "
            "found 8 from 0x6e7ffffc on",
        ),
    ],
)
def test_firmware_that_is_no_flat_binary_is_refused(segments: tuple[Segment, ...], message: str):
    with pytest.raises(FirmwareError) as caught:
        flat_binary(Elf(RTOS, segments))
    assert str(caught.value) == f"rtthread.bin: {message}"


def test_gaps_between_segments_are_zeros():
    segments = (Segment("a", RTOS, b"ab", 2, 5), Segment("b", RTOS + 4, b"cd", 2, 6))
    assert flat_binary(Elf(RTOS, segments)) == b"ab\0\0cd"
