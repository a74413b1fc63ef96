# SPDX-License-Identifier: Apache-2.0
"""The memory devices every system has: /dev/null, /dev/zero and /dev/full."""

from __future__ import annotations

import errno

from host_side.fs.file import FileOperations, OpenFile
from host_side.kernel.errors import LinuxError


class NullDevice(FileOperations):
    """Reads nothing, takes everything."""

    async def read(self, file: OpenFile, count: int) -> bytes:
        """End of file."""
        return b""

    async def write(self, file: OpenFile, data: bytes) -> int:
        """All of it is gone."""
        return len(data)


class ZeroDevice(NullDevice):
    """Reads zero bytes without end."""

    async def read(self, file: OpenFile, count: int) -> bytes:
        """``count`` zero bytes."""
        return bytes(count)


class FullDevice(ZeroDevice):
    """Reads zero bytes, refuses every write."""

    async def write(self, file: OpenFile, data: bytes) -> int:
        """ENOSPC."""
        raise LinuxError(errno.ENOSPC)
