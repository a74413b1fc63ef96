# SPDX-License-Identifier: Apache-2.0
"""The two sides of a link."""

from __future__ import annotations

from enum import IntEnum


class Side(IntEnum):
    """Linux is the VirtIO driver, the RTOS the device."""

    LINUX = 0
    RTOS = 1

    @property
    def other(self) -> Side:
        """Return the opposite side."""
        return _OTHER[self]


_OTHER = (Side.RTOS, Side.LINUX)
