# SPDX-License-Identifier: Apache-2.0
"""What the protocol code (virtio, rpmsg) needs from the outside, as typing protocols.

``LinuxKernel`` is the implementation on simulated harts. A test bench can give its own: an object
with ``await bus.read(address, length)`` and ``await bus.write(address, data)`` becomes a bus by
``WordBus``; wait queues, work and time come from the event loop of the bench.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from types import TracebackType
from typing import Any, Protocol, TypeVar

from host_side.kernel.requests import LOAD, SERIES, Request

T = TypeVar("T")


class ByteBus(Protocol):
    """The least a bus has to offer; cocotbext-axi masters fit as they are."""

    def read(self, address: int, length: int) -> Awaitable[bytes]:
        """Read ``length`` bytes."""

    def write(self, address: int, data: bytes) -> Awaitable[object]:
        """Write all of ``data``."""


class Bus(Protocol):
    """Bus with single accesses (aligned, 1/2/4/8 bytes, little endian) and bursts."""

    def load(self, address: int, size: int) -> Awaitable[int]:
        """One naturally aligned access of ``size`` bytes."""

    def store(self, address: int, size: int, value: int) -> Awaitable[None]:
        """One naturally aligned access of ``size`` bytes."""

    def run(self, steps: Generator[Request, Any, T]) -> Awaitable[T]:
        """Carry out the LOAD, STORE and SERIES requests of ``steps``, and give what it returns.

        For code that makes many accesses in a row (the rings): one generator that is resumed, where
        load() and store() make a new one for each access. It has to be a ``types.coroutine``.
        """

    def read(self, address: int, length: int) -> Awaitable[bytes]:
        """Any alignment, any length."""

    def write(self, address: int, data: bytes) -> Awaitable[None]:
        """Any alignment, any length."""


class WordBus:
    """Makes a ``Bus`` of a ``ByteBus``."""

    def __init__(self, bus: ByteBus) -> None:
        self._bus = bus

    async def load(self, address: int, size: int) -> int:
        """One access of ``size`` bytes, as an integer."""
        return int.from_bytes(await self.read(address, size), "little")

    async def store(self, address: int, size: int, value: int) -> None:
        """One access of ``size`` bytes, from an integer."""
        await self._bus.write(address, value.to_bytes(size, "little"))

    async def run(self, steps: Generator[Request, Any, T]) -> T:
        """The accesses one after the other; what ``steps`` returns."""
        reply: Any = None
        while True:
            try:
                request = steps.send(reply)
            except StopIteration as stop:
                result: T = stop.value
                return result
            assert request is not None
            if request[0] == SERIES:
                reply = [await self._access(one) for one in request[1]]
            else:
                reply = await self._access(request)

    async def _access(self, request: tuple[Any, ...]) -> int | None:
        if request[0] == LOAD:
            return await self.load(request[1], request[2])
        await self.store(request[1], request[2], request[3])
        return None

    async def read(self, address: int, length: int) -> bytes:
        """``length`` bytes; cocotbext-axi's response objects carry them in ``data``."""
        answer = await self._bus.read(address, length)
        return bytes(getattr(answer, "data", answer))

    async def write(self, address: int, data: bytes) -> None:
        """All of ``data``."""
        await self._bus.write(address, bytes(data))


class Clock(Protocol):
    """Simulated time."""

    def now_ns(self) -> int:
        """Nanoseconds since reset."""


class WaitQueue(Protocol):
    """Linux's wait_event family."""

    def wait(
        self,
        predicate: Callable[[], object],
        timeout_ns: int | None = None,
        interruptible: bool = False,
    ) -> Awaitable[bool]:
        """Sleep until the predicate holds: True; False when ``timeout_ns`` ran out."""

    def wait_for(
        self,
        attempt: Callable[[], Awaitable[T | None]],
        timeout_ns: int | None = None,
        interruptible: bool = False,
    ) -> Awaitable[T | None]:
        """Sleep until an awaited attempt gives something; None when the time ran out."""

    def wake_up(self) -> None:
        """Wake every waiter; each tests its condition again."""


class Mutex(Protocol):
    """A sleeping lock, for ``async with``."""

    def locked(self) -> bool:
        """Somebody holds it."""

    async def __aenter__(self) -> None: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Work:
    """A work item (INIT_WORK): an async function that a worker runs once per queueing."""

    __slots__ = ("function", "name", "pending", "runner")

    def __init__(self, function: Callable[[], Awaitable[None]], name: str) -> None:
        self.function = function
        self.name = name
        self.pending = False
        self.runner: object | None = None


class Platform(Protocol):
    """All that virtio and rpmsg code may ask of the system they run in."""

    @property
    def bus(self) -> Bus:
        """Access to shared memory."""

    @property
    def clock(self) -> Clock:
        """Simulated time."""

    def wait_queue(self, what: str = "", where: str = "") -> WaitQueue:
        """A new, empty wait queue; the words say what is waited for, to whoever asks."""

    def mutex(self, name: str = "") -> Mutex:
        """A new, free mutex."""

    def schedule_work(self, work: Work) -> bool:
        """Queue work on the system work queue; False when it was pending already."""

    def cancel_work(self, work: Work) -> Awaitable[None]:
        """Take work off the queue and wait until it does not run any more."""

    def spend(self, name: str) -> Awaitable[None]:
        """Let the CPU time of the named cost pass."""

    def printk(self, prefix: str, text: str, level: int = 6) -> None:
        """Write one line to the kernel log."""

    def event(self, name: str, a: int = 0, b: int = 0) -> None:
        """Put a software event into the bench's record; takes no time."""
