# SPDX-License-Identifier: Apache-2.0
"""The vendor's librpmsg: endpoints of a remote processor by name."""

from __future__ import annotations

from host_side.fs.flags import O_RDWR
from host_side.kernel.errors import LinuxError
from host_side.programs.process import Process, strerror
from host_side.rpmsg.sunxi_layout import (
    NAME_SIZE,
    RPMSG_CREATE_AF_EPT_IOCTL,
    RPMSG_CREATE_EPT_IOCTL,
    RPMSG_DESTROY_EPT_IOCTL,
    EptInfo,
)

_NO_ID = 0xFFFFFFFF


async def open_ctrl(process: Process, remote: str) -> int | None:
    """Descriptor of a remote's control device; None when it cannot be opened, which was told."""
    path = f"/dev/rpmsg_ctrl-{remote}"
    try:
        return await process.open(path, O_RDWR)
    except LinuxError as error:
        await process.complain(f"failed to open {path} ({strerror(error)})\n")
        return None


async def alloc_ept(process: Process, ctrl_fd: int, name: str, auto_free: bool) -> int | None:
    """The N of a new /dev/rpmsgN; with ``auto_free`` it goes when ``ctrl_fd`` is closed.

    None when there is none, with the reason on standard error.
    """
    if not 0 < len(name) < NAME_SIZE:
        valid = f"its length should be in range [1, {NAME_SIZE})"
        await process.complain(f'invalid ept name "{name}", {valid}\n')
        return None
    argument = bytearray(EptInfo(name, _NO_ID).pack())
    command = RPMSG_CREATE_AF_EPT_IOCTL if auto_free else RPMSG_CREATE_EPT_IOCTL
    try:
        await process.ioctl(ctrl_fd, command, argument)
    except LinuxError as error:
        # The library's text says BUF.
        await process.complain(f"ept {name}: ioctl CREATE_BUF failed ({strerror(error)})\n")
        return None
    return EptInfo.unpack(argument).id


async def free_ept(process: Process, remote: str, number: int) -> bool:
    """Close endpoint /dev/rpmsg``number``; False when that failed, with the reason."""
    ctrl_fd = await open_ctrl(process, remote)
    if ctrl_fd is None:
        return False
    try:
        await process.ioctl(ctrl_fd, RPMSG_DESTROY_EPT_IOCTL, EptInfo("", number).pack())
    except LinuxError as error:
        await process.complain(f"ept : ioctl DESTROY_EPT failed ({strerror(error)})\n")
        return False
    await process.close(ctrl_fd)
    return True
