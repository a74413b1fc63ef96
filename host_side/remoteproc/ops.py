# SPDX-License-Identifier: Apache-2.0
"""struct rproc_ops: what a platform driver gives to the core, and what it hands around."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc
    from host_side.remoteproc.table import ResourceTable

RSC_HANDLED, RSC_IGNORED = 0, 1
"""What ``handle_rsc`` returns (enum rsc_handling_status)."""


class Firmware(NamedTuple):
    """A firmware file in the kernel's memory (struct firmware)."""

    name: str
    data: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


Hook = Callable[["Rproc"], Awaitable[None]]
FirmwareHook = Callable[["Rproc", Firmware], Awaitable[None]]


@dataclass(kw_only=True)
class RprocOps:
    """Operations; each raises LinuxError where the original returns a negative errno.

    What is None has the core's default, or does not exist (``attach``, ``detach``, ``kick``).
    """

    start: Hook | None = None
    """Power the core up at ``rproc.bootaddr``."""
    stop: Hook | None = None
    attach: Hook | None = None
    detach: Hook | None = None
    prepare: Hook | None = None
    """Before firmware is loaded: register carveouts, enable clocks."""
    unprepare: Hook | None = None
    kick: Callable[[Rproc, int], Awaitable[None]] | None = None
    """Tell the remote of virtqueue ``notifyid``."""
    da_to_va: Callable[[Rproc, int, int], int | None] | None = None
    """CPU address of ``len`` bytes at a device address, None if there is none."""
    request_firmware: Callable[[Rproc], Awaitable[Firmware]] | None = None
    """Where the firmware comes from; the vendor's kernel has this, the mainline core asks the file
    system."""
    sanity_check: FirmwareHook | None = None
    load: FirmwareHook | None = None
    parse_fw: FirmwareHook | None = None
    get_boot_addr: Callable[[Rproc, Firmware], int] | None = None
    find_loaded_rsc_table: Callable[[Rproc, Firmware], int | None] | None = None
    """CPU address of the table in the remote's memory."""
    get_loaded_rsc_table: Callable[[Rproc], Awaitable[ResourceTable | None]] | None = None
    """The table of a remote that somebody else has booted."""
    handle_rsc: Callable[[Rproc, int, int, int], Awaitable[int]] | None = None
    """A vendor's entry ``(type, offset of the payload, bytes left)``: RSC_HANDLED, RSC_IGNORED."""
    coredump: Hook | None = None
