# SPDX-License-Identifier: Apache-2.0
"""V821's boot chain: which stage does what, on which medium, with which register writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from boot_machine import Machine

from sim.boot.code import make_code
from sim.firmware import BootError, read_elf

Boots = Callable[..., Machine]

BROM = {"sd": 0, "emmc": 1, "spi-nor": 2, "spi-nand": 3}
A27_WRITES = [
    (0x42001010, 0x80000000),
    (0x4200107C, 0x1C0),
    (0x42001094, 0x18000000),
    (0x49100204, 0x020001A0),
    (0x49100004, 0),
    (0x42001094, 0x1C000000),
]
E907_WRITES = [
    (0x42001080, 0),
    (0x42001090, 0),
    (0x42001090, 0),
    (0x4200109C, 0xA5690000),
    (0x42001090, 1),
    (0x42001090, 3),
    (0x42001080, 1),
    (0x43030204, 0x81000000),
    (0x4200109C, 0xA5690001),
]


def test_spi_nand_leaves_the_e907_to_linux(machine: Boots):
    bench = machine()
    assert bench.boot() == [
        "hart1 brom: sd: no medium",
        "hart1 brom: emmc: no medium",
        "hart1 brom: spi-nor: no medium",
        "hart1 brom: spi-nand: boot image loaded",
        "hart1 e907_boot: A27 released at 0x020001a0, light sleep",
        "hart0 boot0: HELLO! BOOT0 is starting!",
        "hart0 boot0: dram size =32",
        "hart0 boot0: Jump to OpenSBI: opensbi_base = 0x80fc0000, uboot_base = 0x81800000",
        "hart0 opensbi: next stage at 0x81800000",
        "hart0 u-boot: spi-nand: the E907 is left to Linux",
        "hart0 u-boot: boot, Starting kernel at 0x80400000",
    ]
    assert bench.bus.log == A27_WRITES


@pytest.mark.parametrize("medium", ["sd", "emmc", "spi-nor"])
def test_boot0_starts_the_e907_from_the_other_media(machine: Boots, medium: str):
    bench = machine(medium=medium)
    log = bench.boot()
    missing = [f"hart1 brom: {name}: no medium" for name in list(BROM)[: BROM[medium]]]
    assert log[: BROM[medium] + 1] == [*missing, f"hart1 brom: {medium}: boot image loaded"]
    assert "hart0 boot0: E907 started at 0x81000000" in log
    assert bench.bus.log == A27_WRITES + E907_WRITES


def test_secure_boot_starts_the_e907_in_u_boot(machine: Boots):
    bench = machine(medium="spi-nor", secure=True)
    assert bench.boot()[2:] == [
        "hart1 brom: spi-nor: signed boot image loaded",
        "hart1 e907_boot: A27 released at 0x020001a0, light sleep",
        "hart0 sboot: HELLO! SBOOT is starting!",
        "hart0 sboot: dram size =32",
        "hart0 sboot: opensbi verified",
        "hart0 sboot: u-boot verified",
        "hart0 sboot: Jump to OpenSBI: opensbi_base = 0x80fc0000, uboot_base = 0x81800000",
        "hart0 opensbi: next stage at 0x81800000",
        "hart0 u-boot: bootrv: temporary mem: 0x813c4000+0x280000",
        "hart0 u-boot: riscv0 verified, E907 started at 0x81000000",
        "hart0 u-boot: boot verified, Starting kernel at 0x80400000",
    ]
    assert bench.bus.log == A27_WRITES + E907_WRITES


@pytest.mark.parametrize("secure", [False, True])
def test_loaded_segments_are_the_files(machine: Boots, mcu: Path, secure: bool):
    bench = machine(medium="spi-nor", secure=secure)
    bench.boot()
    for segment in read_elf(mcu).segments:
        memory, at = bench.bus.span(segment.address, len(segment.data))
        assert bytes(memory[at : at + len(segment.data)]) == segment.data


def test_everything_is_read_back_through_the_bus(machine: Boots):
    """The E907 touches SRAM alone; the A27 writes DRAM."""
    bench = machine()
    bench.boot()
    writes = [address for kind, address, *_ in bench.bus.requests if kind == 3]
    assert {address >> 24 for address in writes} == {0x02, 0x80, 0x81}


def test_another_stage_in_the_right_place_does_not_run(machine: Boots):
    bench = machine()
    chain = bench.chain()
    bench.run(chain.start(bench.e907, 0))
    memory, at = bench.bus.span(0x020001A0, 0x2000)
    memory[at : at + 0x2000] = make_code("sboot", 0x2000)
    with pytest.raises(BootError) as caught:
        bench.run(chain.start(bench.a27, 0x020001A0))
    expected = "boot code at 0x020001a0: expected the stage boot0, found sboot"
    assert str(caught.value) == expected


@pytest.mark.parametrize("secure", [False, True])
def test_stages_that_ran_are_those_of_the_chain(machine: Boots, secure: bool):
    bench = machine(medium="emmc", secure=secure)
    chain = bench.chain()
    bench.run(chain.start(bench.e907, 0))
    bench.run(chain.start(bench.a27, 0x020001A0))
    second = "sboot" if secure else "boot0"
    assert tuple(chain.log.stages) == chain.stages
    assert chain.stages == ("brom", "e907_boot", second, "opensbi", "u-boot")


def test_no_medium_at_all(machine: Boots):
    bench = machine()
    chain = bench.chain()
    chain.storage.media.clear()
    with pytest.raises(BootError) as caught:
        bench.run(chain.start(bench.e907, 0))
    expected = "brom: expected a medium among sd, emmc, spi-nor, spi-nand, found none"
    assert str(caught.value) == expected


def test_core_released_at_another_address_is_named(machine: Boots):
    bench = machine()
    chain = bench.chain()
    bench.run(chain.start(bench.e907, 0))
    with pytest.raises(BootError) as caught:
        bench.run(chain.start(bench.a27, 0x02000200))
    found = bytes(bench.bus.ram[0x02000000][0x208:0x210]).hex()
    assert str(caught.value) == (
        f"boot code at 0x02000200: expected a stage with magic 414d505354414745, found {found}"
    )
    with pytest.raises(BootError) as caught:
        bench.run(chain.start(bench.e907, 0x81000004))
    expected = "reset vector of the RTOS hart: expected 0x81000000, found 0x81000004"
    assert str(caught.value) == expected
