# SPDX-License-Identifier: Apache-2.0
"""/sys/kernel/debug/remoteproc/remoteprocN (drivers/remoteproc/remoteproc_debugfs.c)."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from host_side.fs.file import OpenFile
from host_side.fs.node import DebugNode, Directory, LiveDirectory, Node
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.remoteproc.memory import copy_from, string_length
from host_side.remoteproc.names import (
    recovery_text,
    recovery_word,
    set_coredump,
    set_recovery,
    without_newline,
)
from host_side.remoteproc.resources import Trace
from host_side.remoteproc.table_text import hidden, table_text

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

ROOT = "/sys/kernel/debug/remoteproc"
RECOVERY_LIMIT, COREDUMP_LIMIT = 10, 20
"""Bytes that a write may have at most."""
_UNSIGNED = re.compile(r"\+?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\n?")


class TraceNode(DebugNode):
    """A trace buffer: the text up to its first NUL, read anew with every read."""

    def __init__(self, rproc: Rproc, trace: Trace) -> None:
        super().__init__(str)
        self._rproc = rproc
        self._trace = trace

    async def read(self, file: OpenFile, count: int) -> bytes:
        """Bytes from the file's position on; without a mapping, one line that says so."""
        address = self._rproc.da_to_va(self._trace.da, self._trace.length)
        if address is None:
            # The original never fills in the name, hence the two blanks.
            data = b"Trace  not available\n"[file.position : file.position + count]
        else:
            bus = self._rproc.host.bus
            end = await string_length(bus, address, self._trace.length)
            length = max(0, min(count, end - file.position))
            data = await copy_from(bus, address + file.position, length)
        file.position += len(data)
        return data


class RprocDebugfs:
    """Shows remote processors in ``fs``."""

    def __init__(self, fs: FileSystem) -> None:
        self._fs = fs
        fs.add(ROOT, Directory(create_errno=errno.EPERM))

    def added(self, rproc: Rproc) -> None:
        """Make its directory."""
        self._fs.add(f"{ROOT}/{rproc.device_name}", LiveDirectory(partial(_files, rproc)))

    def removed(self, rproc: Rproc) -> None:
        """Take it away."""
        self._fs.remove(f"{ROOT}/{rproc.device_name}")


def _files(rproc: Rproc) -> Mapping[str, Node]:
    files: dict[str, Node] = {
        "name": DebugNode(lambda: f"{rproc.name[:98]}\n"),
        "recovery": DebugNode(
            partial(recovery_text, rproc), partial(_recovery, rproc), RECOVERY_LIMIT
        ),
        "crash": DebugNode(None, partial(_crash, rproc)),
        "resource_table": DebugNode(lambda: table_text(rproc.table, rproc.digits)),
        "carveout_memories": DebugNode(partial(_carveouts, rproc)),
        "coredump": DebugNode(
            lambda: f"{rproc.coredump.mode.text}\n", partial(_coredump, rproc), COREDUMP_LIMIT
        ),
    }
    for trace in rproc.traces:
        files[trace.name] = TraceNode(rproc, trace)
    return files


async def _recovery(rproc: Rproc, written: str) -> None:
    await set_recovery(rproc, recovery_word(without_newline(written), prefix=True))


async def _coredump(rproc: Rproc, written: str) -> None:
    set_coredump(rproc, without_newline(written), prefix=True)


async def _crash(rproc: Rproc, written: str) -> None:
    """kstrtouint_from_user(): the number of a crash type, in any base C writes."""
    if _UNSIGNED.fullmatch(written) is None:
        raise LinuxError(errno.EINVAL)
    text = written.strip().removeprefix("+")
    octal = text.startswith("0") and text.isdigit()
    number = int(text, 8 if octal else 0)
    if number > 0xFFFF_FFFF:
        raise LinuxError(errno.ERANGE)
    rproc.report_crash(number)


def _carveouts(rproc: Rproc) -> str:
    text = ""
    for mem in rproc.carveouts:
        text += (
            "Carveout memory entry:\n"
            f"\tName: {mem.name}\n"
            f"\tVirtual address: {hidden(rproc.digits)}\n"
            f"\tDMA address: {rproc.pad(mem.dma)}\n"
            f"\tDevice address: 0x{mem.da:x}\n"
            f"\tLength: 0x{mem.length:x} Bytes\n\n"
        )
    return text
