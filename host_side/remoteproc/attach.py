# SPDX-License-Identifier: Apache-2.0
"""Attaching to a remote that somebody else has booted, and detaching from it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.kernel.errors import LinuxError
from host_side.remoteproc import boot
from host_side.remoteproc.memory import copy_to
from host_side.remoteproc.states import State
from host_side.remoteproc.subdev import prepare_all, stop_all, unprepare_all
from host_side.remoteproc.table import CachedTable, LoadedTable

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

EINVAL = 22


async def attach(rproc: Rproc) -> None:
    """rproc_attach(): its table is used where it lies. LinuxError with the message."""
    await boot.prepare_device(rproc)
    try:
        await _set_table(rproc)
        await boot.take_resources(rproc)
        await _attach(rproc)
    except LinuxError:
        await rproc.cleanup()
        await boot.unprepare_device(rproc)
        raise


async def _set_table(rproc: Rproc) -> None:
    """rproc_set_rsc_table(): keep a clean copy of it if we can detach."""
    get = rproc.ops.get_loaded_rsc_table
    try:
        table = None if get is None else await get(rproc)
    except LinuxError as error:
        # Both functions of the original say so, the one that fails and the one that asked.
        rproc.error(f"can't load resource table: {-error.errno}")
        rproc.error(f"can't load resource table: {-error.errno}")
        raise
    if table is None:
        return
    rproc.clean_table = None
    if rproc.ops.detach is not None:
        rproc.clean_table = await table.read(0, table.size)
    rproc.cached_table = None
    rproc.table = table


async def _attach(rproc: Rproc) -> None:
    """__rproc_attach()."""
    try:
        await prepare_all(rproc.subdevs)
    except LinuxError as error:
        rproc.error(f"failed to prepare subdevices for {rproc.name}: {-error.errno}")
        raise
    try:
        await _attach_device(rproc)
        await boot.start_subdevs(rproc)
    except LinuxError:
        await unprepare_all(rproc.subdevs)
        raise
    rproc.state = State.ATTACHED
    rproc.info(f"remote processor {rproc.name} is now attached")


async def _attach_device(rproc: Rproc) -> None:
    if rproc.ops.attach is None:
        return
    try:
        await rproc.ops.attach(rproc)
    except LinuxError as error:
        rproc.error(f"can't attach to rproc {rproc.name}: {-error.errno}")
        raise


async def detach(rproc: Rproc) -> None:
    """rproc_detach(): see ``Rproc.detach``."""
    async with rproc.lock:
        if rproc.state is not State.ATTACHED:
            raise LinuxError(EINVAL)
        rproc.power -= 1
        if rproc.power:
            return
        try:
            await detach_device(rproc)
        except LinuxError:
            rproc.power += 1
            raise
        await rproc.cleanup()
        await boot.unprepare_device(rproc)
        rproc.forget_table()


async def detach_device(rproc: Rproc) -> None:
    """__rproc_detach(): subdevices, the remote's table as it was, then the driver."""
    if rproc.ops.detach is None:
        raise LinuxError(EINVAL)
    await stop_all(rproc.subdevs, False)
    await _restore_table(rproc)
    try:
        await rproc.ops.detach(rproc)
    except LinuxError as error:
        rproc.error(f"can't detach from rproc: {-error.errno}")
        raise
    await unprepare_all(rproc.subdevs)
    rproc.state = State.DETACHED
    rproc.info(f"detached remote processor {rproc.name}")


async def _restore_table(rproc: Rproc) -> None:
    """rproc_reset_rsc_table_on_detach()."""
    table = rproc.table
    if table is None:
        return
    if rproc.clean_table is None:
        rproc.error(f"can't reset resource table: {-EINVAL}")
        raise LinuxError(EINVAL)
    rproc.cached_table = CachedTable(await table.read(0, table.size))
    rproc.table = rproc.cached_table
    if isinstance(table, LoadedTable):
        await copy_to(rproc.host.bus, table.address, rproc.clean_table)
    rproc.clean_table = None
