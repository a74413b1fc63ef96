# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of axi_ram; its window is 64 KiB at 0x6E40_0000."""

from __future__ import annotations

import random

import cocotb
from axi_port import start
from cocotb.handle import SimHandleBase

BASE = 0x6E40_0000
SIZE = 0x1_0000


@cocotb.test()
async def what_is_written_is_read(dut: SimHandleBase) -> None:
    port = await start(dut)
    data = random.randbytes(300)
    await port.write(BASE + 5, data)
    assert await port.read(BASE + 5, 300) == data
