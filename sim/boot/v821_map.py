# SPDX-License-Identifier: Apache-2.0
"""Where V821's boot code puts things, and the registers it writes, out of its devicetree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.boards import Board
from sim.boards.model import Region, RegisterBit, RemoteprocLink
from sim.boards.views import rtos_windows

# Offsets in the always-on blocks and the application CCU, and bits in them, as E907_BOOT's source
# has them. The always-on clock and power blocks are no part of the bench's SoC.
AON_POWER, AON_E907_CLOCK, AON_A27_CLOCK = 0x4A011064, 0x4A010584, 0x4A010588
A27_POWER_ENABLE, CLOCK_ENABLE = 1 << 8, 1 << 31
CCU_A27_TIMER_CLOCK, CCU_GATES, CCU_RESETS = 0x10, 0x7C, 0x94
GATES_DIVIDER_MASK, GATES_DIVIDER_2, GATES_CONFIG_MSGBOX = 3 << 8, 1 << 8, 3 << 6
RESETS_CONFIG_MSGBOX, RESET_A27 = 3 << 27, 1 << 26
A27_WFI_MODE, A27_START = 0x004, 0x204
E907_START = 0x204

# Bench choices, as offsets into DRAM: the vendor's U-Boot runs at 32 MiB, which is not simulated.
_KERNEL, _U_BOOT, _PACKAGE = 0x400000, 0x1800000, 0x1C00000
STAGE_LIMIT = 0x40000  # bytes of a stage's image


@dataclass(frozen=True)
class V821Map:
    """Addresses that the boot stages use."""

    sram: Region
    dram: Region
    ccu: int
    a27: int
    e907: int
    opensbi: Region
    firmware: Region
    windows: tuple[tuple[int, int], ...]
    resets: Mapping[str, RegisterBit]
    clocks: Mapping[str, RegisterBit]
    keys: Mapping[int, int]
    brom: int
    devices: tuple[Region, ...]

    @classmethod
    def of(cls, board: Board) -> V821Map:
        """Return the map of a board."""
        link = board.rpmsg
        assert isinstance(link, RemoteprocLink)
        (dram,) = board.memory
        return cls(
            sram=board.compatible("mmio-sram").region,
            dram=dram,
            ccu=board.compatible("allwinner,sun300iw1-app-ccu").region.base,
            a27=board.compatible("ampsim,a27-config").region.base,
            e907=link.device.region.base,
            opensbi=next(item for item in board.reserved if item.name.startswith("opensbi")),
            firmware=link.firmware_region,
            windows=tuple(rtos_windows(board)),
            resets=link.resets,
            clocks=link.clocks,
            keys=link.keys,
            brom=board.compatible("ampsim,boot-rom").region.base,
            devices=tuple(region for device in board.devices for region in device.regions),
        )

    @property
    def u_boot(self) -> int:
        """Return the address that U-Boot runs at."""
        return self.dram.base + _U_BOOT

    @property
    def kernel(self) -> int:
        """Return the address that Linux starts at; RV32 wants it 4-MiB aligned."""
        return self.dram.base + _KERNEL

    @property
    def package(self) -> int:
        """Return the address that the boot package is read to."""
        return self.dram.base + _PACKAGE

    def simulated(self, address: int) -> bool:
        """Tell whether there is a register block behind an address."""
        return any(region.contains(address, 4) for region in self.devices)
