# SPDX-License-Identifier: Apache-2.0
"""Addresses of the test top fabric_path, and the MPU's registers in it."""

from __future__ import annotations

from axi_port import AxiPort
from cocotb.handle import SimHandleBase

DRAM, AMP_RAM = 0x4000_0000, 0x6E40_0000
RAM_BYTES = 0x1_0000
MPU = 0x1305_0000
NO_DEVICE = 0x1000_0000  # in the peripheral window, but of no slave
NOWHERE = 0x8000_0000  # in no window
MASTERS = ("s0", "s1", "s2", "s3")

STATUS, IRQ_ENABLE, COUNT, ADDRESS, INFO = range(0, 0x14, 4)
INFO_WRITE = 1 << 8
ENABLE, LOCK = 1, 2


class Mpu:
    """The MPU's registers as one master reaches them."""

    def __init__(self, port: AxiPort) -> None:
        self._port = port

    async def read(self, offset: int) -> int:
        return int.from_bytes(await self._port.read(MPU + offset, 4, size=2), "little")

    async def write(self, offset: int, value: int) -> None:
        await self._port.write(MPU + offset, value.to_bytes(4, "little"), size=2)

    async def confine(self, master: int, *windows: tuple[int, int], control: int = ENABLE) -> None:
        """Give `master` up to two windows (first and last byte), the rest of them empty."""
        offset = 0x100 + 0x20 * master
        for number, (base, limit) in enumerate((*windows, (1, 0), (1, 0))[:2]):
            await self.write(offset + 8 * number, base)
            await self.write(offset + 8 * number + 4, limit)
        await self.write(offset + 0x10, control)

    async def refusals(self) -> tuple[int, int, int]:
        """Count, last address and last info."""
        return await self.read(COUNT), await self.read(ADDRESS), await self.read(INFO)


def irq(dut: SimHandleBase) -> int:
    return int(dut.irq_o.value)
