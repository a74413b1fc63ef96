# SPDX-License-Identifier: Apache-2.0
"""Subdevices: what comes up and goes down with a remote (struct rproc_subdev)."""

from __future__ import annotations

from collections.abc import Sequence

from host_side.kernel.errors import LinuxError


class Subdev:
    """Base of subdevices; each step does nothing by itself. LinuxError refuses one."""

    async def prepare(self) -> None:
        """Before the core starts."""

    async def start(self) -> None:
        """The core runs."""

    async def stop(self, crashed: bool) -> None:
        """Before the core is stopped, or after it has ``crashed``."""

    async def unprepare(self) -> None:
        """The core stands."""


async def prepare_all(subdevs: Sequence[Subdev]) -> None:
    """In order; those that were prepared are undone when one fails."""
    done: list[Subdev] = []
    for subdev in list(subdevs):
        try:
            await subdev.prepare()
        except LinuxError:
            for other in reversed(done):
                await other.unprepare()
            raise
        done.append(subdev)


async def start_all(subdevs: Sequence[Subdev]) -> None:
    """In order; those that were started are stopped, as after a crash, when one fails."""
    done: list[Subdev] = []
    for subdev in list(subdevs):
        try:
            await subdev.start()
        except LinuxError:
            for other in reversed(done):
                await other.stop(True)
            raise
        done.append(subdev)


async def stop_all(subdevs: Sequence[Subdev], crashed: bool) -> None:
    """In reverse order."""
    for subdev in reversed(list(subdevs)):
        await subdev.stop(crashed)


async def unprepare_all(subdevs: Sequence[Subdev]) -> None:
    """In reverse order."""
    for subdev in reversed(list(subdevs)):
        await subdev.unprepare()
