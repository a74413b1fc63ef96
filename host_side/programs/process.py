# SPDX-License-Identifier: Apache-2.0
"""A process as its program sees it: system calls on descriptors, the clock, standard streams."""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar

from host_side.fs.file import IoctlArgument, OpenFile
from host_side.fs.flags import O_RDONLY, Poll
from host_side.fs.poll import poll
from host_side.fs.tree import FileSystem
from host_side.kernel.cpu import Cpu
from host_side.kernel.errors import ERESTARTSYS, LinuxError
from host_side.kernel.interrupts import Interrupts
from host_side.kernel.platform import Platform
from host_side.kernel.printk import PrintkBuffer
from host_side.kernel.scheduler import Scheduler
from host_side.kernel.task import Task
from host_side.programs.mapping import Killed, UserMapping

__all__ = (
    "SIGINT",
    "SIGPIPE",
    "TIMEBASE_NS",
    "Killed",
    "Main",
    "Process",
    "ProcessKernel",
    "SharedFile",
    "decode",
    "encode",
    "strerror",
)

T = TypeVar("T")

TIMEBASE_NS = 250
"""One count of the SoC's 4 MHz time register, which clock_gettime() reads."""

_COARSE_NS = 20_000_000
"""A sleep ends with this much of it on the high-resolution timer: two ticks of the timer wheel."""

SIGINT, SIGPIPE = 2, 13
OPEN_MAX = 1024
"""Descriptors a process may hold (RLIMIT_NOFILE)."""


class ProcessKernel(Platform, Protocol):
    """What processes need of the kernel beyond ``Platform``."""

    log: PrintkBuffer
    interrupts: Interrupts
    scheduler: Scheduler
    cpu: Cpu
    release: str
    machine: str

    @property
    def current(self) -> Task:
        """The task that runs now."""

    def spawn(self, coro: Coroutine[Any, Any, Any], name: str, user: bool = False) -> Task:
        """Start a task."""

    def join(self, task: Task) -> Awaitable[Any]:
        """Wait until a task has ended; its result."""

    def send_signal(self, task: Task) -> None:
        """Make a signal pending."""

    def sleep_ns(self, ns: int) -> Awaitable[None]:
        """Let the calling task sleep."""


class SharedFile:
    """An open file that several descriptors may stand for; closed with the last of them."""

    __slots__ = ("file", "references")

    def __init__(self, file: OpenFile) -> None:
        self.file = file
        self.references = 0

    async def drop(self) -> None:
        """One descriptor less."""
        self.references -= 1
        if not self.references:
            await self.file.close()


class Process:
    """System calls of one process. Each costs ``syscall``; errors are raised as LinuxError."""

    def __init__(
        self,
        kernel: ProcessKernel,
        fs: FileSystem,
        files: Mapping[int, SharedFile],
        directory: str = "/",
        services: Mapping[str, object] | None = None,
    ) -> None:
        self.kernel = kernel
        self._spend = kernel.spend
        self.fs = fs
        self.directory = directory
        self.services: Mapping[str, object] = services or {}
        """Kernel services that are no files, by name (``modules`` for insmod and rmmod)."""
        self._files: dict[int, SharedFile] = {}
        for fd, shared in files.items():
            self.attach(fd, shared)

    # Files.

    def attach(self, fd: int, shared: SharedFile) -> None:
        """Make descriptor ``fd`` stand for an open file (what fork and dup2 do)."""
        shared.references += 1
        self._files[fd] = shared

    def shared(self, fd: int) -> SharedFile:
        """The open file behind a descriptor; EBADF when there is none."""
        if fd not in self._files:
            raise LinuxError(errno.EBADF)
        return self._files[fd]

    def absolute(self, path: str) -> str:
        """A path seen from the process's directory."""
        return path if path.startswith("/") else f"{self.directory}/{path}" if path else ""

    async def open(self, path: str, flags: int = O_RDONLY) -> int:
        """The lowest free descriptor for a file."""
        await self._enter()
        fd = next((n for n in range(OPEN_MAX) if n not in self._files), None)
        if fd is None:
            raise LinuxError(errno.EMFILE)
        self.attach(fd, SharedFile(await self._call(self.fs.open(self.absolute(path), flags))))
        return fd

    # Reading and writing have what _enter() and _call() do written out: they are the calls that
    # messages pass through, and every frame between costs time at every bus cycle below.

    async def read(self, fd: int, count: int) -> bytes:
        """Up to ``count`` bytes."""
        await self._spend("syscall")
        self._check_signal()
        try:
            return await self.shared(fd).file.read(count)
        except LinuxError as error:
            self._check_restart(error)
            raise

    async def write(self, fd: int, data: bytes) -> int:
        """Bytes written. A pipe without reader ends the process (SIGPIPE)."""
        await self._spend("syscall")
        self._check_signal()
        file = self.shared(fd).file
        try:
            return await file.write(data)
        except LinuxError as error:
            self._check_restart(error)
            if error.errno == errno.EPIPE and file.path == "pipe:":
                raise Killed(SIGPIPE) from None
            raise

    async def ioctl(self, fd: int, command: int, argument: IoctlArgument = 0) -> int:
        """Device command."""
        await self._enter()
        return await self._call(self.shared(fd).file.ioctl(command, argument))

    async def mmap(self, fd: int, length: int) -> UserMapping:
        """Map ``length`` bytes of a device's memory; ENODEV when it has none to map."""
        await self._enter()
        file = self.shared(fd).file
        return UserMapping(self.kernel, file.operations.mmap(file, length), length)

    async def poll(self, fd: int, events: Poll, timeout_ns: int | None = None) -> Poll:
        """Pending events of one descriptor."""
        await self._enter()
        return await self._call(poll(self.shared(fd).file, events, timeout_ns))

    async def close(self, fd: int) -> None:
        """Give a descriptor back."""
        await self._enter()
        shared = self.shared(fd)
        del self._files[fd]
        await shared.drop()

    async def dup2(self, old: int, new: int) -> None:
        """Make ``new`` stand for the same open file as ``old``."""
        await self._enter()
        await self.replace(new, self.shared(old))

    async def replace(self, fd: int, shared: SharedFile) -> None:
        """Make ``fd`` stand for another open file; the one before is dropped."""
        before = self._files.get(fd)
        self.attach(fd, shared)
        if before is not None:
            await before.drop()

    def files(self) -> Mapping[int, SharedFile]:
        """Open files by descriptor, for a child to inherit."""
        return self._files

    async def exit(self) -> None:
        """Close whatever is open."""
        while self._files:
            await self._files.popitem()[1].drop()

    # Output.

    async def write_all(self, fd: int, data: bytes) -> None:
        """Write all of ``data``, as stdio does."""
        while data:
            data = data[await self.write(fd, data) :]

    async def print(self, text: str) -> None:
        """Text to standard output, as it is (no newline is added)."""
        await self.write_all(1, encode(text))

    async def complain(self, text: str) -> None:
        """Text to standard error, as it is."""
        await self.write_all(2, encode(text))

    # Time.

    def clock_gettime_ns(self) -> int:
        """CLOCK_MONOTONIC in ns, in steps of 250 ns; read in user space, so no system call."""
        return self.kernel.clock.now_ns() // TIMEBASE_NS * TIMEBASE_NS

    def cycles(self) -> int:
        """Exact time in clock cycles of the simulation, for measurements of the bench itself."""
        return self.kernel.cpu.hart.now()

    async def sleep_ns(self, ns: int) -> None:
        """nanosleep(2); a signal ends the process within it (in the last 20 ms: after it)."""
        await self._enter()
        kernel = self.kernel
        deadline = kernel.clock.now_ns() + ns
        if ns > _COARSE_NS:
            nothing = kernel.wait_queue("sleep")
            await self._call(nothing.wait(_never, ns - _COARSE_NS, interruptible=True))
        await kernel.sleep_ns(max(0, deadline - kernel.clock.now_ns()))
        self._check_signal()

    # System call entry and exit.

    async def _enter(self) -> None:
        await self._spend("syscall")
        self._check_signal()

    async def _call(self, operation: Awaitable[T]) -> T:
        try:
            return await operation
        except LinuxError as error:
            self._check_restart(error)
            raise

    def _check_restart(self, error: LinuxError) -> None:
        if error.errno == ERESTARTSYS:
            self._check_signal()

    def _check_signal(self) -> None:
        if self.kernel.current.signal_pending:
            raise Killed(SIGINT)


Main = Callable[[list[str], Process], Awaitable[int]]
"""A program: arguments (the name first) and process to exit status."""


def _never() -> bool:
    return False


def strerror(error: LinuxError) -> str:
    """The message perror() prints for an error."""
    return os.strerror(error.errno)


def encode(text: str) -> bytes:
    """Text as the bytes it was typed or read as."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """Bytes as text; what is no UTF-8 survives the way back."""
    return data.decode("utf-8", "surrogateescape")
