# SPDX-License-Identifier: Apache-2.0
"""The messages of ``lifecycle``: sent several at a time, taken back, each put to the account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from host_side.fs.file import OpenFile
from host_side.fs.flags import O_RDWR, Poll
from host_side.fs.poll import poll
from host_side.kernel.errors import LinuxError
from sim.errors import RunError

if TYPE_CHECKING:
    from sim.inside.linux_side import LinuxSide
    from sim.scenarios.ledger import MessageLedger

CHANNEL_DEVICE = re.compile(r"rpmsg\d+")
MESSAGES = 10  # of each quiet stretch
UNDER_WAY = 6  # messages that are sent before the first has to be back
ANSWER_NS = 500_000_000
# How long one that came twice, or too late, is waited for; an echo takes 30 us.
STRAGGLER_NS = 1_000_000
POLL_MS, POLLS = 4, 500


class LifeTraffic:
    """Sends and receives through the channel's device; ``ledger`` judges."""

    def __init__(self, linux: LinuxSide, ledger: MessageLedger) -> None:
        self._linux = linux
        self._ledger = ledger

    async def open(self) -> OpenFile:
        """Open the channel's device: number 0, unless the last one was still open when it came."""
        fs = self._linux.userspace.fs
        for _ in range(POLLS):
            names = [name for name in fs.listdir("/dev") if CHANNEL_DEVICE.fullmatch(name)]
            if len(names) == 1:
                return await fs.open(f"/dev/{names[0]}", O_RDWR)
            await self._linux.kernel.msleep(POLL_MS)
        raise RunError(f"lifecycle: expected one device of a channel, found {len(names)}")

    async def quiet_stretch(self, where: str) -> None:
        """Send messages and take each back; nothing may come after the last.

        ``where`` is for the RunError of a remote that goes away meanwhile.
        """
        file = await self.open()
        try:
            for _ in range(MESSAGES):
                await self.send(file)
                await self.keep_up(file)
            while self._ledger.under_way:
                await self._receive(file)
            while await poll(file, Poll.IN, STRAGGLER_NS):
                self._ledger.take(await file.read(512))
        except LinuxError as error:
            raise RunError(f"lifecycle: {where}: {error} with no crash due") from None
        finally:
            await file.close()

    async def send(self, file: OpenFile) -> None:
        """Send one message; LinuxError when it was refused."""
        message = self._ledger.make()
        try:
            await file.write(message)
        except LinuxError:
            self._ledger.not_sent()
            raise

    async def keep_up(self, file: OpenFile, *, crashed: bool = False) -> None:
        """Take a message back if many are under way.

        From a remote that has ``crashed`` none may come, but its end does: LinuxError.
        """
        if self._ledger.under_way >= UNDER_WAY:
            await self._receive(file, None if crashed else ANSWER_NS)

    async def until_gone(self, file: OpenFile, pause_ns: int) -> None:
        """Send and receive on and on, with a pause each time; return when the channel goes away."""
        try:
            while True:
                await self.send(file)
                await self.keep_up(file, crashed=True)
                await self._linux.kernel.sleep_ns(pause_ns)
        except LinuxError:
            return

    async def _receive(self, file: OpenFile, limit_ns: int | None = ANSWER_NS) -> None:
        if await poll(file, Poll.IN, limit_ns):
            self._ledger.take(await file.read(512))
        else:
            self._ledger.give_up()
