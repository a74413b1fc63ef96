# SPDX-License-Identifier: Apache-2.0
"""A master of cocotbext-axi on one AXI port of a design."""

from __future__ import annotations

from typing import Any

from cocotbext.axi import AxiBus, AxiMaster

_LOG2 = {1: 0, 2: 1, 4: 2, 8: 3}


class BusRefused(OSError):
    """An access that the bus refused, with the AXI ``response``."""

    def __init__(self, address: int, response: int) -> None:
        super().__init__(f"bus fault at 0x{address:08x}: response {int(response)}")
        self.response = int(response)


class CocotbextMaster:
    """``AxiMaster`` as its users use it: one awaited call an access."""

    def __init__(self, scope: Any, prefix: str, clock: Any) -> None:
        """``scope`` has the pins under ``prefix``, and ``rst_ni``.

        ``clock`` must be the one that the testbench drives: behind a port of the design, Verilator
        shows its edges after the registers have changed.
        """
        bus = AxiBus.from_prefix(scope, prefix)
        self._master = AxiMaster(bus, clock, scope.rst_ni, reset_active_level=False)

    async def load(self, address: int, size: int) -> int:
        """Read one naturally aligned value of ``size`` bytes."""
        answer = await self._master.read(address, size, size=_LOG2[size])
        _accept(address, answer.resp)
        return int.from_bytes(answer.data, "little")

    async def store(self, address: int, size: int, value: int) -> None:
        """Write one naturally aligned value of ``size`` bytes."""
        data = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")
        answer = await self._master.write(address, data, size=_LOG2[size])
        _accept(address, answer.resp)

    async def read(self, address: int, length: int) -> bytes:
        """Read ``length`` bytes in bursts."""
        answer = await self._master.read(address, length)
        _accept(address, answer.resp)
        return bytes(answer.data)

    async def write(self, address: int, data: bytes) -> None:
        """Write ``data`` in bursts."""
        answer = await self._master.write(address, data)
        _accept(address, answer.resp)


def _accept(address: int, response: int) -> None:
    if response != 0:
        raise BusRefused(address, response)
