# SPDX-License-Identifier: Apache-2.0
"""Powering a remote up and down: rproc_boot(), rproc_shutdown() and what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.kernel.errors import LinuxError
from host_side.remoteproc import attach
from host_side.remoteproc.carveouts import alloc_registered
from host_side.remoteproc.memory import copy_to
from host_side.remoteproc.ops import Firmware
from host_side.remoteproc.resources import handle_resources
from host_side.remoteproc.states import State
from host_side.remoteproc.subdev import prepare_all, start_all, stop_all, unprepare_all
from host_side.remoteproc.table import CachedTable, LoadedTable

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

EINVAL, ENODEV = 22, 19


async def boot(rproc: Rproc) -> None:
    """rproc_boot(): see ``Rproc.boot``."""
    async with rproc.lock:
        if rproc.deleting:
            rproc.error(f"can't boot deleting rproc {rproc.name}")
            raise LinuxError(ENODEV)
        rproc.power += 1
        if rproc.power > 1:
            return
        try:
            if rproc.state is State.DETACHED:
                rproc.info(f"attaching to {rproc.name}")
                await attach.attach(rproc)
            else:
                rproc.info(f"powering up {rproc.name}")
                await _fw_boot(rproc, await rproc.request_firmware())
        except LinuxError:
            rproc.power -= 1
            raise


async def _fw_boot(rproc: Rproc, fw: Firmware) -> None:
    """rproc_fw_boot(): check, prepare, parse, allocate, start; undone on the way back."""
    ops = rproc.ops
    if ops.sanity_check is not None:
        await ops.sanity_check(rproc, fw)
    rproc.info(f"Booting fw image {rproc.firmware}, size {fw.size}")
    await prepare_device(rproc)
    try:
        if ops.get_boot_addr is not None:
            rproc.bootaddr = ops.get_boot_addr(rproc, fw)
        if ops.parse_fw is not None:
            await ops.parse_fw(rproc, fw)
        try:
            await take_resources(rproc)
            await start(rproc, fw)
        except LinuxError:
            await rproc.cleanup()
            rproc.forget_table()
            raise
    except LinuxError:
        await unprepare_device(rproc)
        raise


async def prepare_device(rproc: Rproc) -> None:
    """ops->prepare. LinuxError with the message."""
    if rproc.ops.prepare is None:
        return
    try:
        await rproc.ops.prepare(rproc)
    except LinuxError as error:
        rproc.error(f"can't prepare rproc {rproc.name}: {-error.errno}")
        raise


async def unprepare_device(rproc: Rproc) -> None:
    """ops->unprepare."""
    if rproc.ops.unprepare is not None:
        await rproc.ops.unprepare(rproc)


async def take_resources(rproc: Rproc) -> None:
    """The table's entries, then the carveouts. LinuxError with the message."""
    rproc.max_notifyid = -1
    rproc.nb_vdev = 0
    try:
        await handle_resources(rproc)
    except LinuxError as error:
        rproc.error(f"Failed to process resources: {-error.errno}")
        raise
    try:
        await alloc_registered(rproc)
    except LinuxError as error:
        rproc.error(f"Failed to allocate associated carveouts: {-error.errno}")
        raise


async def start(rproc: Rproc, fw: Firmware) -> None:
    """rproc_start(): load, hand the table over, release the core, then the subdevices."""
    ops = rproc.ops
    if ops.load is not None:
        try:
            await ops.load(rproc, fw)
        except LinuxError as error:
            rproc.error(f"Failed to load program segments: {-error.errno}")
            raise
    await _install_table(rproc, fw)
    try:
        await _prepare_subdevs(rproc)
        try:
            await _power_up(rproc)
        except LinuxError:
            await unprepare_all(rproc.subdevs)
            raise
    except LinuxError:
        rproc.table = rproc.cached_table
        raise
    rproc.state = State.RUNNING
    rproc.info(f"remote processor {rproc.name} is now up")


async def _install_table(rproc: Rproc, fw: Firmware) -> None:
    """From here on the table in the remote's memory is the one in use, if it has a place there."""
    find, cached = rproc.ops.find_loaded_rsc_table, rproc.cached_table
    address = None if find is None else find(rproc, fw)
    if address is not None and cached is not None:
        await copy_to(rproc.host.bus, address, cached.data)
        rproc.table = LoadedTable(rproc.host.bus, address, cached.size)


async def _prepare_subdevs(rproc: Rproc) -> None:
    try:
        await prepare_all(rproc.subdevs)
    except LinuxError as error:
        rproc.error(f"failed to prepare subdevices for {rproc.name}: {-error.errno}")
        raise


async def _power_up(rproc: Rproc) -> None:
    assert rproc.ops.start is not None
    try:
        await rproc.ops.start(rproc)
    except LinuxError as error:
        rproc.error(f"can't start rproc {rproc.name}: {-error.errno}")
        raise
    await start_subdevs(rproc)


async def start_subdevs(rproc: Rproc) -> None:
    """Start them; when one fails, the core is stopped. LinuxError with the message."""
    try:
        await start_all(rproc.subdevs)
    except LinuxError as error:
        rproc.error(f"failed to probe subdevices for {rproc.name}: {-error.errno}")
        if rproc.ops.stop is not None:
            await rproc.ops.stop(rproc)
        raise


async def shutdown(rproc: Rproc) -> None:
    """rproc_shutdown(): see ``Rproc.shutdown``."""
    async with rproc.lock:
        if rproc.state not in (State.RUNNING, State.ATTACHED, State.CRASHED):
            raise LinuxError(EINVAL)
        rproc.power -= 1
        if rproc.power:
            return
        try:
            await stop(rproc, crashed=rproc.state is State.CRASHED)
        except LinuxError:
            rproc.power += 1
            raise
        await rproc.cleanup()
        await unprepare_device(rproc)
        rproc.forget_table()


async def stop(rproc: Rproc, *, crashed: bool) -> None:
    """rproc_stop(): subdevices, then the core. LinuxError with the message."""
    if rproc.ops.stop is None:
        raise LinuxError(EINVAL)
    await stop_all(rproc.subdevs, crashed)
    await _retire_table(rproc)
    try:
        await rproc.ops.stop(rproc)
    except LinuxError as error:
        rproc.error(f"can't stop rproc: {-error.errno}")
        raise
    await unprepare_all(rproc.subdevs)
    rproc.state = State.OFFLINE
    rproc.info(f"stopped remote processor {rproc.name}")


async def _retire_table(rproc: Rproc) -> None:
    """rproc_reset_rsc_table_on_stop(): the remote's copy is not to be touched any more."""
    if rproc.table is None:
        return
    if rproc.cached_table is None:
        live = await rproc.table.read(0, rproc.table.size)
        rproc.cached_table = CachedTable(live)
        rproc.clean_table = None
    rproc.table = rproc.cached_table
