# SPDX-License-Identifier: Apache-2.0
"""Device numbers handed out lowest first, as Linux's ida_alloc_max() does."""

from __future__ import annotations

import errno

from host_side.kernel.errors import LinuxError


class Minors:
    """Numbers 0 .. ``limit`` - 1; a freed one is the next to be used when it is the lowest."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._used: set[int] = set()

    def alloc(self) -> int:
        """The lowest free number; LinuxError ENOSPC when all are in use."""
        number = next((n for n in range(self.limit) if n not in self._used), None)
        if number is None:
            raise LinuxError(errno.ENOSPC)
        self._used.add(number)
        return number

    def free(self, number: int) -> None:
        """Give a number back."""
        self._used.remove(number)
