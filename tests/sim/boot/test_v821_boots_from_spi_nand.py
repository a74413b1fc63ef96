# SPDX-License-Identifier: Apache-2.0
"""V821 from SPI-NAND: the stages run in their order, and the E907 is left to Linux."""

from __future__ import annotations

import pytest
from boot_machine import BOARD, PROFILE, Machine

from sim.boards.views import rtos_board
from sim.firmware import build_firmware

LOG = [
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


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    folder = tmp_path_factory.mktemp("v821")
    board = rtos_board(BOARD, PROFILE)
    return Machine(folder, build_firmware(board, "rpmsg_linux_test", folder / "amp_rv0.bin"))


def test_stages_log_in_their_order(machine: Machine):
    assert machine.boot() == LOG


def test_e907_boot_writes_the_registers_of_the_original_in_its_order(machine: Machine):
    machine.bus.log.clear()
    machine.bus.registers.clear()
    machine.boot()
    assert machine.bus.log == [
        (0x42001010, 0x80000000),
        (0x4200107C, 0x1C0),
        (0x42001094, 0x18000000),
        (0x49100204, 0x020001A0),
        (0x49100004, 0),
        (0x42001094, 0x1C000000),
    ]
