# SPDX-License-Identifier: Apache-2.0
"""Device coredumps: /sys/class/devcoredump/devcdN/data (drivers/base/devcoredump.c).

A dump stays until somebody writes to its ``data`` file, or for five minutes; while a device has
one, further ones of that device are dropped. A 1 written to the class's file ``disabled`` drops
them all, and there are none from then on.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

from host_side.fs.file import FileOperations, OpenFile
from host_side.fs.node import Directory, LiveDirectory, Node, Symlink, TextNode
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.timers import Timer, TimerWheel

CLASS = "/sys/class/devcoredump"
DEVICES = "/sys/devices/virtual/devcoredump"
LINK = "devcoredump"
"""Name of the link in the directory of the device that crashed."""
TIMEOUT_NS = 300_000_000_000
READ_MAX = 4096
"""A binary attribute gives at most a page at a time (kernfs_file_read_iter)."""

Reader = Callable[[int, int], Awaitable[bytes]]
"""``await reader(offset, count)``: bytes of the dump, none at its end."""


class DevCoredump(Node, FileOperations):
    """One dump; the node is its ``data`` file."""

    kind = "-"
    mode = 0o600

    def __init__(
        self, dumps: DevCoredumps, name: str, failing: str, reader: Reader, gone: Callable[[], None]
    ) -> None:
        self.name = name
        self.failing = failing
        """Path of the device that crashed."""
        self.timer: Timer | None = None
        self.gone = gone
        self._dumps = dumps
        self._reader = reader

    def operations(self, flags: int) -> FileOperations:
        """The dump itself."""
        return self

    async def read(self, file: OpenFile, count: int) -> bytes:
        """Bytes of the dump."""
        data = await self._reader(file.position, min(count, READ_MAX))
        file.position += len(data)
        return data

    async def write(self, file: OpenFile, data: bytes) -> int:
        """Whatever is written: the dump is not needed any more."""
        self._dumps.drop(self)
        return len(data)


class DevCoredumps:
    """The dumps there are."""

    def __init__(self) -> None:
        self.dumps: list[DevCoredump] = []
        self.disabled = False
        self._count = 0
        self._fs: FileSystem | None = None

    def add(
        self, failing: str, reader: Reader, wheel: TimerWheel, gone: Callable[[], None]
    ) -> DevCoredump | None:
        """dev_coredumpm(): None when the device has a dump already; ``gone()`` when it ends."""
        if self.disabled or any(dump.failing == failing for dump in self.dumps):
            gone()
            return None
        self._count += 1
        dump = DevCoredump(self, f"devcd{self._count}", failing, reader, gone)
        dump.timer = wheel.add_ns(TIMEOUT_NS, lambda: self.drop(dump))
        self.dumps.append(dump)
        if self._fs is not None:
            self._fs.add(f"{failing}/{LINK}", Symlink(f"{DEVICES}/{dump.name}"))
        return dump

    def drop(self, dump: DevCoredump) -> None:
        """Free a dump."""
        if dump in self.dumps:
            self.dumps.remove(dump)
            if dump.timer is not None:
                dump.timer.callback = None
            if self._fs is not None:
                with suppress(LinuxError):  # the device may be gone, its directory with it
                    self._fs.remove(f"{dump.failing}/{LINK}")
            dump.gone()

    def show(self, fs: FileSystem) -> None:
        """Put the class into a file tree."""
        self._fs = fs
        fs.add(DEVICES, LiveDirectory(self._devices))
        fs.add(CLASS, LiveDirectory(self._links))

    def _devices(self) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for dump in self.dumps:
            directory = Directory(create_errno=errno.EACCES)
            directory.entries["data"] = dump
            directory.entries["failing_device"] = Symlink(dump.failing)
            found[dump.name] = directory
        return found

    def _links(self) -> dict[str, Node]:
        found: dict[str, Node] = {
            dump.name: Symlink(f"{DEVICES}/{dump.name}") for dump in self.dumps
        }
        found["disabled"] = TextNode(lambda: f"{int(self.disabled)}\n", self._disable)
        return found

    async def _disable(self, written: str) -> None:
        """disabled_store(): simple_strtol() has to find 1, and there is no way back."""
        number = re.match("-?[0-9]+", written)
        if number is None or int(number[0]) != 1:
            raise LinuxError(errno.EINVAL)
        self.disabled = True
        for dump in list(self.dumps):
            self.drop(dump)
