# SPDX-License-Identifier: Apache-2.0
"""The requests a hart's software yields outwards, as leaf awaitables, and the bus made of them.

A request is a plain tuple ``(operation, ...)``; the driver of the hart sends the reply back in.
Nothing here waits by itself: who drives the coroutine decides what a bus cycle is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from types import coroutine
from typing import Any, Protocol, TypeVar

from host_side.kernel.errors import KernelOops

T = TypeVar("T")

LOAD, STORE, READ, WRITE, WAIT, SERIES, POLL, RUN = range(8)

SEND, THROW, GO_ON, ASKS, ENDED = range(5)
"""How a coroutine runs on, and why a RUN of it has ended (see ``Scheduler.run``)."""

SOFT, TIMER, EXT = 1, 2, 4
"""Level bits of a hart's interrupt lines (CLINT msip, CLINT mtip, PLIC S context)."""

Request = tuple[Any, ...] | None
"""What a task yields: a request tuple, or None for "call the scheduler" (stays in the kernel)."""

Steps = Generator[Request, Any, Any]


class BusFault(KernelOops):
    """A refused bus access: ``resp`` is the AXI response, 2 SLVERR or 3 DECERR."""

    def __init__(self, address: int, resp: int) -> None:
        self.address = address
        self.resp = resp
        kind = {2: "SLVERR", 3: "DECERR"}.get(resp, f"response {resp}")
        super().__init__(f"bus access at 0x{address:08x} refused: {kind}")


class Hart(Protocol):
    """The hardware thread as its driver shows it to the software that runs on it."""

    index: int
    hart_id: int
    lines: bytearray
    mask: bytearray
    """One byte, set by software: lines that end a RUN."""

    def now(self) -> int:
        """Clock cycles since reset."""

    def thread(self, name: str) -> None:
        """Name the running thread for the waveform; takes no simulated time."""

    def event(self, name: str, a: int = 0, b: int = 0) -> None:
        """Put a software event into the record stream; takes no simulated time."""


@coroutine
def load(address: int, size: int) -> Generator[Request, int, int]:
    """Load 1, 2, 4 or 8 naturally aligned bytes as a little-endian integer."""
    return (yield (0, address, size))


@coroutine
def store(address: int, size: int, value: int) -> Generator[Request, None, None]:
    """Store 1, 2, 4 or 8 naturally aligned bytes of a little-endian integer."""
    yield (1, address, size, value)


@coroutine
def read(address: int, length: int) -> Generator[Request, Any, bytes]:
    """Read ``length`` bytes: one load when naturally aligned and 1, 2, 4 or 8, else bursts."""
    if length in (1, 2, 4, 8) and not address % length:
        value: int = yield (0, address, length)
        return value.to_bytes(length, "little")
    data: bytes = yield (2, address, length)
    return data


@coroutine
def write(address: int, data: bytes | bytearray | memoryview) -> Generator[Request, Any, None]:
    """Write bytes: one store when naturally aligned and 1, 2, 4 or 8, else bursts."""
    length = len(data)
    if length in (1, 2, 4, 8) and not address % length:
        yield (1, address, length, int.from_bytes(data, "little"))
    else:
        yield (3, address, data)


def run(steps: Generator[Request, Any, T]) -> Awaitable[T]:
    """On a hart there is nothing between the steps and the trampoline: they are awaited as is."""
    return steps  # type: ignore[return-value]  # made by a types.coroutine


@coroutine
def wait(cycles: int, mask: int) -> Generator[Request, int, int]:
    """Let ``cycles`` pass (-1: for ever) or until a line of ``mask`` is high; cycles left."""
    return (yield (4, cycles, mask))


@coroutine
def schedule() -> Generator[Request, None, None]:
    """Give the CPU to the scheduler, as Linux's ``schedule()``: sleep if marked as sleeping."""
    yield None


class HartBus:
    """The bus of the hart the calling task runs on."""

    load = staticmethod(load)
    store = staticmethod(store)
    read = staticmethod(read)
    write = staticmethod(write)
    run = staticmethod(run)
