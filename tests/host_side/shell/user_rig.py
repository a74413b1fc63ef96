# SPDX-License-Identifier: Apache-2.0
"""A booted kernel with user space and a shell, and a remote that can echo."""

from __future__ import annotations

from collections.abc import Callable, Generator
from struct import unpack
from typing import Any

from host_side.fs.file import OpenFile
from host_side.fs.flags import O_RDWR
from host_side.shell.sink import Capture
from host_side.userspace import Userspace
from tests.host_side.rpmsg.rig import Rig

REMOTE = 0x1E


class UserRig(Rig):
    """``sh`` runs a line and gives (status, output)."""

    _wanted = 0

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.user = Userspace(self.kernel)
        self.call(self.user.init())
        self.capture = Capture()
        self.shell = self.user.shell(self.capture)

    def sh(self, line: str, limit_ns: int = 10**9) -> tuple[int, str]:
        status = self.call(self.shell.execute(line), limit_ns)
        return status, self.capture.take()

    def open(self, path: str, flags: int = O_RDWR) -> OpenFile:
        file: OpenFile = self.call(self.user.fs.open(path, flags))
        return file

    def raise_interrupt(self, *queues: int) -> None:
        """Interrupts add up until Linux takes them: test and remote hart raise them at will."""
        wanted = self._wanted
        super().raise_interrupt(*queues)
        self._wanted |= wanted

    async def _ipi(self) -> None:
        await super()._ipi()
        self._wanted = 0

    def give_back(self) -> list[tuple[int, int, bytes]]:
        """Take what Linux has sent and return the buffers to it, without an interrupt."""
        messages = []
        while (entry := self.tx.take()) is not None:
            messages.append(self._message(entry))
            self.tx.give(entry[0], 0)
        return messages

    def _message(self, entry: tuple[int, int, int, int]) -> tuple[int, int, bytes]:
        raw = self.machine.memory.read(entry[1], entry[2])
        src, dst = unpack("<II", raw[:8])
        return src, dst, raw[16:]

    def start_echo(self, change: Callable[[bytes], bytes] = lambda data: data) -> None:
        """Let the remote hart send everything back through ``change``, a few us later."""
        self.machine.start(4, self._echo(change))

    def _echo(self, change: Callable[[bytes], bytes]) -> Generator[Any, Any, None]:
        while True:
            yield (4, 300, 0)
            for src, dst, data in self.give_back():
                self.deliver(src, change(data), src=dst, interrupt=False)
                self.raise_interrupt(0)
