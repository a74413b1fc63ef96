# SPDX-License-Identifier: Apache-2.0
"""A user's own software for user_amp: both sides of an RPMsg link over cocotbext-axi masters."""

from __future__ import annotations

import logging
from struct import pack

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiBus, AxiLiteBus, AxiLiteMaster, AxiMaster

from sim.referee import ANY_RING, Doorbells, LinkSetup, RingShape, Side

BASE, NUM, CLOCK_NS = 0x8000_0000, 4, 10
RINGS = (RingShape(BASE, NUM, 64), RingShape(BASE + 0x400, NUM, 64))
POOL = BASE + 0x1000
BUFFER = 128
TX = POOL + NUM * BUFFER
TO_RTOS, TO_LINUX = BASE + 0x7000, BASE + 0x7004
LINUX_ADDRESS, RTOS_ADDRESS, NAME_SERVICE = 0x400, 0x1E, 53
SETUP = LinkSetup(
    masters={0: Side.LINUX, 1: Side.RTOS},
    rings=RINGS,
    buffers=range(POOL, POOL + 2 * NUM * BUFFER),
    payload=BUFFER - 16,
    doorbells=Doorbells(
        {TO_RTOS: (Side.LINUX, ANY_RING), TO_LINUX: (Side.RTOS, ANY_RING)},
        clears={TO_RTOS: Side.RTOS, TO_LINUX: Side.LINUX},
    ),
    lines={"irq_rtos": Side.RTOS, "irq_linux": Side.LINUX},
    own={Side.LINUX: (range(BASE + 0x4000, BASE + 0x5000),)},
)


def message(source: int, destination: int, payload: bytes) -> bytes:
    """Header and payload."""
    return pack("<IIIHH", source, destination, 0, len(payload), 0) + payload


PING = message(LINUX_ADDRESS, RTOS_ADDRESS, b"ping")
PONG = message(RTOS_ADDRESS, LINUX_ADDRESS, b"pong")
SERVICE = message(RTOS_ADDRESS, NAME_SERVICE, pack("<32sII", b"echo", RTOS_ADDRESS, 0))


class MasterOfUser:
    """Loads and stores of one side."""

    def __init__(self, dut, name: str) -> None:
        bus = AxiBus.from_prefix(dut, f"{name}_axi")
        self._master = AxiMaster(bus, dut.clk_i, dut.rst_ni, reset_active_level=False)
        for part in (self._master.write_if, self._master.read_if):
            part.log.setLevel(logging.WARNING)

    async def store(self, address: int, size: int, value: int) -> None:
        """A store of `size` bytes."""
        data = value.to_bytes(size, "little")
        await self._master.write(address, data, size=size.bit_length() - 1)

    async def load(self, address: int, size: int) -> int:
        """A load of `size` bytes."""
        answer = await self._master.read(address, size, size=size.bit_length() - 1)
        return int.from_bytes(answer.data, "little")

    async def write(self, address: int, data: bytes) -> None:
        """A block, in bursts."""
        await self._master.write(address, data)

    async def clear_doorbells(self) -> None:
        """Both words at once, which is no store to either."""
        await self.write(TO_RTOS, bytes(8))

    async def read(self, address: int, length: int) -> bytes:
        """A block, in bursts."""
        return bytes((await self._master.read(address, length)).data)


class LiteMasterOfUser(MasterOfUser):
    """The same over AXI4-Lite, where each access is one word of the bus."""

    def __init__(self, dut, name: str) -> None:
        bus = AxiLiteBus.from_prefix(dut, f"{name}_axil")
        self._master = AxiLiteMaster(bus, dut.clk_i, dut.rst_ni, reset_active_level=False)
        for part in (self._master.write_if, self._master.read_if):
            part.log.setLevel(logging.WARNING)

    async def store(self, address: int, size: int, value: int) -> None:
        await self._master.write(address, value.to_bytes(size, "little"))

    async def load(self, address: int, size: int) -> int:
        return int.from_bytes((await self._master.read(address, size)).data, "little")

    async def clear_doorbells(self) -> None:
        """The reset has cleared them; a store of a word would be a ring."""


class UserLink:
    """Both sides; each step is one that a test can leave out or do wrongly."""

    def __init__(self, dut, master: type[MasterOfUser] = MasterOfUser) -> None:
        self.dut = dut
        self.linux = master(dut, "linux")
        self.rtos = master(dut, "rtos")
        self._avail, self._used = [0, 0], [0, 0]

    async def start(self) -> None:
        """Clock, reset, rings and receive buffers."""
        self.dut.deaf_i.value = self.dut.false_i.value = 0
        self.dut.rst_ni.value = 0
        cocotb.start_soon(Clock(self.dut.clk_i, CLOCK_NS, unit="ns").start())
        await ClockCycles(self.dut.clk_i, 4)
        self.dut.rst_ni.value = 1
        await ClockCycles(self.dut.clk_i, 2)
        for address, size in ((POOL, 2 * NUM * BUFFER), (BASE + 0x4000, 8)):
            await self.linux.write(address, bytes(size))
        await self.linux.clear_doorbells()
        for ring in RINGS:
            await self.linux.write(ring.base, bytes(0x200))
        for slot in range(2):
            await self.post(0, slot, POOL + BUFFER * slot, BUFFER, 2)
        await self.ring_rtos()

    async def wait_us(self, microseconds: int) -> None:
        """Let time pass."""
        await ClockCycles(self.dut.clk_i, 1000 * microseconds // CLOCK_NS)

    async def post(self, ring: int, head: int, address: int, length: int, flags: int) -> None:
        """Linux makes a buffer available."""
        desc = RINGS[ring].base + 16 * head
        await self.linux.store(desc, 8, address)
        await self.linux.store(desc + 8, 4, length)
        await self.linux.store(desc + 12, 2, flags)
        await self.linux.store(RINGS[ring].avail + 4 + 2 * (self._avail[ring] % NUM), 2, head)
        self._avail[ring] += 1
        await self.linux.store(RINGS[ring].avail + 2, 2, self._avail[ring])

    async def take(self, ring: int) -> int:
        """The RTOS takes the next descriptor. -> its number"""
        slot = self._used[ring] % NUM
        head = await self.rtos.load(RINGS[ring].avail + 4 + 2 * slot, 2)
        await self.rtos.load(RINGS[ring].base + 16 * head, 8)
        return head

    async def give_back(self, ring: int, head: int, length: int, step: int = 1) -> None:
        """The RTOS returns a descriptor."""
        element = RINGS[ring].used + 4 + 8 * (self._used[ring] % NUM)
        await self.rtos.store(element, 4, head)
        await self.rtos.store(element + 4, 4, length)
        self._used[ring] += step
        await self.rtos.store(RINGS[ring].used + 2, 2, self._used[ring])

    async def ring_rtos(self) -> None:
        """Linux rings, the RTOS clears its interrupt."""
        await self.linux.store(TO_RTOS, 4, 1)
        await self.wait_us(1)
        await self.rtos.store(TO_RTOS, 4, 0)

    async def ring_linux(self) -> None:
        """The RTOS rings, Linux clears its interrupt."""
        await self.rtos.store(TO_LINUX, 4, 1)
        await self.wait_us(1)
        await self.linux.store(TO_LINUX, 4, 0)

    async def rtos_sends(self, content: bytes) -> int:
        """A message to Linux. -> the descriptor"""
        head = await self.take(0)
        await self.rtos.write(POOL + BUFFER * head, content)
        await self.give_back(0, head, len(content))
        await self.ring_linux()
        return head

    async def linux_receives(self, content: bytes, head: int) -> None:
        """Linux reads that message and gives the buffer back."""
        slot = (self._used[0] - 1) % NUM
        assert await self.linux.load(RINGS[0].used + 4 + 8 * slot, 4) == head
        assert await self.linux.read(POOL + BUFFER * head, len(content)) == content
        await self.post(0, head, POOL + BUFFER * head, BUFFER, 2)
        await self.ring_rtos()

    async def linux_sends(self, content: bytes) -> None:
        """A message to the RTOS."""
        await self.linux.write(TX, content)
        await self.post(1, 0, TX, len(content), 0)
        await self.ring_rtos()

    async def rtos_receives(self, content: bytes) -> None:
        """The RTOS reads that message and returns the buffer."""
        head = await self.take(1)
        assert await self.rtos.read(TX, len(content)) == content
        await self.give_back(1, head, len(content))

    async def exchange(self) -> None:
        """A service and a message in each direction."""
        await self.linux_receives(SERVICE, await self.rtos_sends(SERVICE))
        await self.linux_sends(PING)
        await self.rtos_receives(PING)
        await self.linux_receives(PONG, await self.rtos_sends(PONG))
