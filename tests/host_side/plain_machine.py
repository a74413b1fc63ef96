# SPDX-License-Identifier: Apache-2.0
"""A plain Python machine for the Linux model: memory, CLINT and a virtual clock, no simulator.

It executes the request tuples of any number of harts in order of time (ties: lower index first).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from host_side.devicetree import DeviceNode
from host_side.kernel.cpu import REQUIRED_COSTS
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.requests import LOAD, READ, SOFT, STORE, TIMER, WAIT, WRITE, BusFault
from sim.plain_software import plain_software

CLINT, CLINT_SIZE = 0x0200_0000, 0x1_0000
CYCLES_PER_MTIME = 25
SINGLE_CYCLES = 4


class Memory:
    """Byte regions; an access outside raises BusFault with DECERR."""

    def __init__(self, *regions: tuple[int, int]) -> None:
        self._regions = [(base, bytearray(size)) for base, size in regions]

    def _find(self, address: int, length: int) -> tuple[bytearray, int]:
        for base, data in self._regions:
            if base <= address and address + length <= base + len(data):
                return data, address - base
        raise BusFault(address, 3)

    def read(self, address: int, length: int) -> bytes:
        data, offset = self._find(address, length)
        return bytes(data[offset : offset + length])

    def write(self, address: int, content: bytes) -> None:
        data, offset = self._find(address, len(content))
        data[offset : offset + len(content)] = content

    def u16(self, address: int) -> int:
        return int.from_bytes(self.read(address, 2), "little")

    def u32(self, address: int) -> int:
        return int.from_bytes(self.read(address, 4), "little")

    def put(self, address: int, size: int, value: int) -> None:
        self.write(address, value.to_bytes(size, "little"))


class PlainHart:
    """The hart object of the contract, and what the machine keeps of its progress."""

    def __init__(self, machine: PlainMachine, index: int, hart_id: int) -> None:
        self._machine = machine
        self.index = index
        self.hart_id = hart_id
        self.lines = bytearray(1)
        self.mask = bytearray(1)
        self.threads: list[str] = []
        self.events: list[tuple[str, int, int]] = []
        self.software: Generator[Any, Any, Any] | None = None
        self.at = 0
        self.reply: Any = None
        self.wait: tuple[int, int] | None = None
        """(cycle at which a WAIT ends or -1, mask) while the hart waits."""
        self.request: Any = None
        self.mtimecmp = (1 << 64) - 1

    def now(self) -> int:
        return self._machine.cycle

    def thread(self, name: str) -> None:
        self.threads.append(name)

    def event(self, name: str, a: int = 0, b: int = 0) -> None:
        self.events.append((name, a, b))


class PlainMachine:
    """Harts by id over one memory. ``accesses`` records (hart id, operation, address, value)."""

    def __init__(self, hart_ids: tuple[int, ...], *regions: tuple[int, int]) -> None:
        self.cycle = 0
        self.memory = Memory(*regions)
        self.harts = {n: PlainHart(self, i, n) for i, n in enumerate(hart_ids)}
        self.accesses: list[tuple[int, str, int, int | bytes]] = []
        self.recording = False
        self.mtime_phase = 0
        """Cycles by which mtime's divider runs ahead of the hart's clock (0 to 24)."""
        self.watch: Callable[[int], None] | None = None

    # Running.

    def start(self, hart_id: int, software: Generator[Any, Any, Any]) -> None:
        hart = self.harts[hart_id]
        hart.software = plain_software(software, hart.lines, hart.mask)
        hart.at = self.cycle

    def run(self, until: Callable[[], object], limit_ns: int = 1_000_000_000) -> None:
        """Run until ``until()`` holds; fails after ``limit_ns`` of simulated time."""
        limit = self.cycle + limit_ns // 10
        while not until():
            hart = self._next()
            assert hart is not None, "every hart waits for ever"
            assert hart.at <= limit, f"not reached within {limit_ns} ns"
            self.cycle = max(self.cycle, hart.at)
            self._step(hart)

    def run_for(self, ns: int) -> None:
        """Let ``ns`` pass."""
        end = self.cycle + ns // 10
        while (hart := self._next()) is not None and hart.at <= end:
            self.cycle = max(self.cycle, hart.at)
            self._step(hart)
        self.cycle = end

    def _next(self) -> PlainHart | None:
        self._timer_lines()
        ready = [hart for hart in self.harts.values() if hart.software and self._due(hart)]
        return min(ready, key=lambda hart: (hart.at, hart.index), default=None)

    def _due(self, hart: PlainHart) -> bool:
        """Fill in ``hart.at``, the time of its next step; False if nothing will wake it."""
        if hart.wait is None:
            return True
        end, mask = hart.wait
        times = [end] if end >= 0 else []
        if hart.lines[0] & mask:
            times.append(self.cycle)
        elif mask & TIMER and hart.mtimecmp < 1 << 63:
            times.append(max(self.cycle, hart.mtimecmp * CYCLES_PER_MTIME - self.mtime_phase))
        if not times:
            return False
        hart.at = min(times)
        return True

    def _step(self, hart: PlainHart) -> None:
        self._timer_lines()
        software = hart.software
        assert software is not None
        if hart.wait is not None:
            end, _ = hart.wait
            hart.wait = None
            reply: Any = max(0, end - self.cycle) if end >= 0 else 0
        elif hart.request is not None:
            try:
                reply = self._execute(hart, hart.request)
            except BusFault as fault:
                self._issue(hart, software.throw(fault))
                return
        else:
            reply = None
        self._issue(hart, software.send(reply))

    def _issue(self, hart: PlainHart, request: Any) -> None:
        operation = request[0]
        if operation == WAIT:
            _, cycles, mask = request
            hart.request = None
            hart.wait = (self.cycle + cycles if cycles >= 0 else -1, mask)
            return
        hart.request = request
        length = request[2] if operation == READ else len(request[2]) if operation == WRITE else 0
        hart.at = self.cycle + SINGLE_CYCLES + length // 8

    # The bus.

    def _execute(self, hart: PlainHart, request: Any) -> Any:
        operation, address, what = request[:3]
        if operation == LOAD:
            assert what in (1, 2, 4, 8) and address % what == 0
            value = self._load(address, what)
            self._record(hart, f"load{what}", address, value)
            return value
        if operation == STORE:
            assert what in (1, 2, 4, 8) and address % what == 0
            assert 0 <= request[3] < 1 << 8 * what
            self._record(hart, f"store{what}", address, request[3])
            self._store(address, what, request[3])
            return None
        if operation == READ:
            data = self.memory.read(address, what)
            self._record(hart, "read", address, data)
            return data
        assert operation == WRITE
        self._record(hart, "write", address, bytes(what))
        self.memory.write(address, bytes(what))
        return None

    def _record(self, hart: PlainHart, operation: str, address: int, value: int | bytes) -> None:
        if self.recording:
            self.accesses.append((hart.hart_id, operation, address, value))

    def _load(self, address: int, size: int) -> int:
        if CLINT <= address < CLINT + CLINT_SIZE:
            assert address == CLINT + 0xBFF8
            return self._mtime()
        return int.from_bytes(self.memory.read(address, size), "little")

    def _store(self, address: int, size: int, value: int) -> None:
        offset = address - CLINT
        if not 0 <= offset < CLINT_SIZE:
            self.memory.put(address, size, value)
        elif offset < 0x4000:
            lines = self.harts[offset // 4].lines
            lines[0] = lines[0] & ~SOFT | (SOFT if value & 1 else 0)
        else:
            self.harts[(offset - 0x4000) // 8].mtimecmp = value
            self._timer_lines()

    def _mtime(self) -> int:
        return (self.cycle + self.mtime_phase) // CYCLES_PER_MTIME

    def _timer_lines(self) -> None:
        mtime = self._mtime()
        for hart in self.harts.values():
            due = TIMER if mtime >= hart.mtimecmp else 0
            hart.lines[0] = hart.lines[0] & ~TIMER | due


MAILBOX, VRINGS, BUFFERS = 0x6E40_0000, 0x6E41_0000, 0x6E42_0000

COSTS = dict.fromkeys(REQUIRED_COSTS, 10) | {"tick_softirq_min": 50, "tick_softirq_max": 4000}

NODES = (
    DeviceNode("/soc/timer@2000000", ("starfive,jh7110-clint",), {}, ((CLINT, CLINT_SIZE),)),
    DeviceNode(
        "/rpmsg",
        ("starfive,amp-virtio-rpmsg",),
        {
            "memory-region": {
                "mailbox": (MAILBOX, 0x1000),
                "vrings": (VRINGS, 0x1_0000),
                "buffers": (BUFFERS, 0x1_0000),
            },
            "rtos-hart-id": 4,
            "ampsim,vring-num": 2,
            "ampsim,vring-align": 64,
            "ampsim,avail-aligned": True,
        },
    ),
)


def shared_machine() -> PlainMachine:
    """Four harts (1 to 3 for Linux, 4 the remote's) over the AMP shared memory."""
    return PlainMachine((1, 2, 3, 4), (MAILBOX, 0x40_0000))


def linux_on(
    machine: PlainMachine,
    seed: int = 1,
    nodes: tuple[DeviceNode, ...] = NODES,
    costs: dict[str, int] = COSTS,
) -> LinuxKernel:
    """A kernel on harts 1 to 3, not started."""
    return LinuxKernel([machine.harts[n] for n in (1, 2, 3)], nodes, costs, seed)


def boot(machine: PlainMachine, kernel: LinuxKernel) -> None:
    """Start all Linux harts and run until the initcalls are through."""
    machine.start(1, kernel.boot_cpu())
    for number in range(1, len(kernel.cpus)):
        machine.start(kernel.cpus[number].hart.hart_id, kernel.secondary_cpu(number))
    machine.run(lambda: kernel.booted)
