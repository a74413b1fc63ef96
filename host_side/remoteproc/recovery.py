# SPDX-License-Identifier: Apache-2.0
"""Crashes: the report, the worker that takes it, and recovery by booting or attaching again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Work
from host_side.remoteproc import attach, boot
from host_side.remoteproc.states import State, crash_text

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc


class Recovery:
    """What happens to one remote after a crash; ``disabled`` leaves it crashed."""

    def __init__(self, rproc: Rproc) -> None:
        self.disabled = False
        self.crashes = 0
        self._rproc = rproc
        self._work = Work(self._handle, f"{rproc.device_name}_crash")

    def report(self, kind: int) -> None:
        """rproc_report_crash(); a report while one waits to be handled adds nothing."""
        rproc = self._rproc
        if rproc.deleting:
            return
        rproc.error(f"crash detected in {rproc.name}: type {crash_text(kind)}")
        rproc.host.schedule_work(self._work)

    async def cancel(self) -> None:
        """No report waits or is handled any more."""
        await self._rproc.host.cancel_work(self._work)

    async def _handle(self) -> None:
        """rproc_crash_handler_work(): only the first crash counts, and none of a stopped core."""
        rproc = self._rproc
        async with rproc.lock:
            if rproc.deleting or rproc.state in (State.CRASHED, State.OFFLINE):
                return
            rproc.state = State.CRASHED
            self.crashes += 1
            rproc.error(f"handling crash #{self.crashes} in {rproc.name}")
        if not self.disabled:
            await self.trigger()

    async def trigger(self) -> None:
        """rproc_trigger_recovery(): nothing unless crashed; what fails is in the log."""
        rproc = self._rproc
        async with rproc.lock:
            if rproc.deleting or rproc.state is not State.CRASHED:
                return
            rproc.error(f"recovering {rproc.name}")
            try:
                if rproc.attach_on_recovery:
                    await self._attach()
                else:
                    await self._boot()
            except LinuxError:
                return  # the callers of the original do not look at the result either

    async def _boot(self) -> None:
        """rproc_boot_recovery(): carveouts, notify ids and vdevs stay as they are.

        When the firmware cannot be loaded again, the remote is offline with its power count still
        one: the next boot does nothing, and a shutdown is EINVAL.
        """
        rproc = self._rproc
        await boot.stop(rproc, crashed=True)
        if rproc.ops.coredump is not None:
            await rproc.ops.coredump(rproc)
        else:
            await rproc.coredump.take()
        await boot.start(rproc, await rproc.request_firmware())

    async def _attach(self) -> None:
        """rproc_attach_recovery()."""
        rproc = self._rproc
        await attach.detach_device(rproc)
        await rproc.cleanup()
        await boot.unprepare_device(rproc)
        rproc.forget_table()
        await attach.attach(rproc)
