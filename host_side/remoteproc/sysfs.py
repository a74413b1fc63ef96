# SPDX-License-Identifier: Apache-2.0
"""/sys/class/remoteproc/remoteprocN: state, firmware, name, recovery, coredump.

drivers/remoteproc/remoteproc_sysfs.c. A write is done when the remote has done what it asks for.
"""

from __future__ import annotations

import errno
from functools import partial
from typing import TYPE_CHECKING

from host_side.fs.node import Directory, Store, Symlink, TextNode
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.remoteproc.names import (
    recovery_text,
    recovery_word,
    same,
    set_coredump,
    set_recovery,
)
from host_side.remoteproc.states import State

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

EINVAL = 22
CLASS = "/sys/class/remoteproc"


class RprocSysfs:
    """Shows remote processors in ``fs``."""

    def __init__(self, fs: FileSystem) -> None:
        self._fs = fs
        fs.add(CLASS, Directory(create_errno=errno.EACCES))

    def added(self, rproc: Rproc) -> None:
        """Make the class device and its link."""
        for name, node in _attributes(rproc).items():
            self._fs.add(f"{rproc.sysfs_path}/{name}", node)
        self._fs.add(f"{rproc.sysfs_path}/subsystem", Symlink(CLASS))
        self._fs.add(f"{rproc.sysfs_path}/device", Symlink(rproc.parent_path))
        self._fs.add(f"{CLASS}/{rproc.device_name}", Symlink(rproc.sysfs_path))

    def removed(self, rproc: Rproc) -> None:
        """Take both away."""
        self._fs.remove(f"{CLASS}/{rproc.device_name}")
        self._fs.remove(rproc.sysfs_path)


def _attributes(rproc: Rproc) -> dict[str, TextNode]:
    def store(function: Store) -> Store | None:
        return None if rproc.sysfs_read_only else function

    return {
        "coredump": TextNode(
            lambda: f"{rproc.coredump.mode.text}\n", store(partial(_coredump, rproc))
        ),
        "recovery": TextNode(partial(recovery_text, rproc), store(partial(_recovery, rproc))),
        "firmware": TextNode(partial(_firmware_text, rproc), store(rproc.set_firmware)),
        "state": TextNode(lambda: f"{rproc.state.text}\n", store(partial(_state, rproc))),
        "name": TextNode(lambda: f"{rproc.name}\n"),
    }


def _firmware_text(rproc: Rproc) -> str:
    """When somebody else has booted it, nobody knows with what."""
    return "unknown\n" if rproc.state is State.ATTACHED else f"{rproc.firmware}\n"


async def _state(rproc: Rproc, written: str) -> None:
    if same(written, "start"):
        try:
            await rproc.boot()
        except LinuxError as error:
            rproc.error(f"Boot failed: {-error.errno}")
            raise
    elif same(written, "stop"):
        await rproc.shutdown()
    elif same(written, "detach"):
        await rproc.detach()
    else:
        rproc.error(f"Unrecognised option: {written}")
        raise LinuxError(EINVAL)


async def _recovery(rproc: Rproc, written: str) -> None:
    await set_recovery(rproc, recovery_word(written, prefix=False))


async def _coredump(rproc: Rproc, written: str) -> None:
    set_coredump(rproc, written, prefix=False)
