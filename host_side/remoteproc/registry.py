# SPDX-License-Identifier: Apache-2.0
"""The class ``remoteproc``: every remote processor, and who shows them to user space."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform, Work
from host_side.remoteproc.devcoredump import DevCoredumps
from host_side.remoteproc.firmware import FirmwareLoader
from host_side.remoteproc.states import State

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

EINVAL = 22


class RprocView(Protocol):
    """Something that shows remote processors (sysfs, debugfs, character devices)."""

    def added(self, rproc: Rproc) -> None:
        """A remote processor is there."""

    def removed(self, rproc: Rproc) -> None:
        """It goes away."""


class Remoteprocs:
    """All remote processors of a kernel, in order of registration."""

    def __init__(self, platform: Platform, release: str) -> None:
        self.rprocs: list[Rproc] = []
        self.views: list[RprocView] = []
        self.firmware = FirmwareLoader(platform, release)
        self.coredumps = DevCoredumps()
        self._indices = 0
        self._auto: dict[int, object] = {}

    def new_index(self) -> int:
        """The number of the next remote processor."""
        self._indices += 1
        return self._indices - 1

    def auto_id(self, owner: object) -> int:
        """The lowest free number for a platform device (PLATFORM_DEVID_AUTO)."""
        number = next(n for n in range(len(self._auto) + 1) if n not in self._auto)
        self._auto[number] = owner
        return number

    def free_auto_id(self, owner: object) -> None:
        """The device with that number is gone."""
        self._auto = {number: other for number, other in self._auto.items() if other is not owner}

    def add_view(self, view: RprocView) -> None:
        """Have ``view`` told of every remote processor, those that are there first."""
        self.views.append(view)
        for rproc in self.rprocs:
            view.added(rproc)

    async def add(self, rproc: Rproc) -> None:
        """rproc_add(): make it known, and boot it if it wants that.

        LinuxError EINVAL for a state that a new remote processor cannot be in.
        """
        _validate(rproc)
        self.rprocs.append(rproc)
        for view in self.views:
            view.added(rproc)
        rproc.info(f"{rproc.name} is available")
        if rproc.auto_boot:
            rproc.host.schedule_work(Work(lambda: _auto_boot(rproc), "rproc_auto_boot"))

    async def remove(self, rproc: Rproc) -> None:
        """rproc_del(): shut it down, take it out of sight."""
        rproc.deleting = True
        await rproc.recovery.cancel()
        with suppress(LinuxError):  # it may be offline; nobody looks at the result
            await rproc.shutdown()
        for view in self.views:
            view.removed(rproc)
        self.rprocs.remove(rproc)


def _validate(rproc: Rproc) -> None:
    """rproc_validate()."""
    needs = {State.OFFLINE: rproc.ops.start, State.DETACHED: rproc.ops.attach}
    if needs.get(rproc.state) is None:
        raise LinuxError(EINVAL)
    if rproc.state is State.DETACHED and rproc.cached_table is not None:
        raise LinuxError(EINVAL)


async def _auto_boot(rproc: Rproc) -> None:
    """rproc_auto_boot_callback(), or the attach work: the result is in the log alone."""
    with suppress(LinuxError):
        await rproc.boot()
