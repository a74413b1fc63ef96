# SPDX-License-Identifier: Apache-2.0
"""A V821 without a simulator: memory, plain registers, and cores that leave reset as on the SoC."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sim.boards import Board, load_board, load_profile
from sim.boot.rtos import CPythonRuntime
from sim.boot.v821 import V821Chain
from sim.firmware.errors import BusFault

BOARD = load_board("v821")
PROFILE = load_profile(BOARD)
LOAD, STORE, READ, WRITE, WAIT = range(5)
PARKED = "parked"


class BootHart:
    """What boot code uses of a hart."""

    def __init__(self, hart_id: int) -> None:
        self.hart_id = hart_id
        self.index = hart_id
        self.threads: list[str] = []

    def now(self) -> int:
        return 0

    def thread(self, name: str) -> None:
        self.threads.append(name)

    def event(self, name: str, a: int = 0, b: int = 0) -> None:
        pass

    def faults(self, kind: type[BaseException]) -> None:
        assert kind is BusFault


class Bus:
    """RAM where the board has some, words at its register blocks, DECERR elsewhere."""

    def __init__(self, memory: list[tuple[int, int]], board: Board = BOARD) -> None:
        self.ram = {base: bytearray(size) for base, size in memory}
        self.registers: dict[int, int] = {}
        self.blocks = [
            region
            for device in board.devices
            for region in device.regions
            if region.base >= 1 << 28
        ]
        self.log: list[tuple[int, int]] = []
        self.requests: list[tuple[Any, ...]] = []

    def span(self, address: int, length: int) -> tuple[bytearray, int]:
        for base, data in self.ram.items():
            if base <= address and address + length <= base + len(data):
                return data, address - base
        raise BusFault(address, 3)

    def answer(self, request: tuple[Any, ...]) -> Any:
        kind, address = request[0], request[1]
        self.requests.append(request)
        if kind == READ:
            data, at = self.span(address, request[2])
            return bytes(data[at : at + request[2]])
        if kind == WRITE:
            data, at = self.span(address, len(request[2]))
            data[at : at + len(request[2])] = request[2]
            return None
        if kind == LOAD:
            return self.load(address)
        return self.store(address, request[3])

    def load(self, address: int) -> int:
        if any(block.contains(address, 4) for block in self.blocks):
            return self.registers.get(address, 0)
        data, at = self.span(address, 4)
        return int.from_bytes(data[at : at + 4], "little")

    def store(self, address: int, value: int) -> None:
        if any(block.contains(address, 4) for block in self.blocks):
            self.registers[address] = value
            self.log.append((address, value))
            return
        data, at = self.span(address, 4)
        data[at : at + 4] = value.to_bytes(4, "little")


class Machine:
    """Runs a chain: the E907 from reset until it sleeps, then the A27 until it parks."""

    def __init__(
        self,
        directory: Path,
        firmware: Path,
        medium: str | None = None,
        secure: bool = False,
        contents: bytes | None = None,
    ) -> None:
        flash = None
        if contents is not None:
            flash = directory / "flash.img"
            flash.write_bytes(contents)
        dram = BOARD.memory[0]
        sram = BOARD.compatible("mmio-sram").region
        self.bus = Bus([(sram.base, sram.size), (dram.base, dram.size)])
        self.e907, self.a27 = BootHart(1), BootHart(0)
        self.session = SimpleNamespace(
            board=BOARD,
            directory=directory,
            clock_ns=10,
            artifacts={},
            config=SimpleNamespace(
                firmware=str(firmware), medium=medium, secure=secure, flash=flash and str(flash)
            ),
            profile=PROFILE,
            system=None,
            rtos_hart=self.e907,
            runtime=CPythonRuntime(),
        )

    def chain(self) -> V821Chain:
        return V821Chain(self.session)

    def boot(self) -> list[str]:
        """Run both cores' boot code; return the boot log."""
        chain = self.chain()
        self.run(chain.start(self.e907, 0))
        start = self.bus.registers[0x49100204]
        assert self.bus.registers[0x42001094] >> 26 & 1
        self.run(chain.start(self.a27, start))
        return [line.partition("] ")[2] for line in chain.log.lines]

    def run(self, software: Generator[Any, Any, Any]) -> str:
        """Answer requests until the software sleeps for ever."""
        reply: Any = None
        fault: BusFault | None = None
        while True:
            request = software.throw(fault) if fault else software.send(reply)
            fault = None
            if request[0] == WAIT:
                if request[1] < 0:
                    return PARKED
                reply = 0
                continue
            try:
                reply = self.bus.answer(request)
            except BusFault as error:
                fault = error
