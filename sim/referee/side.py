# SPDX-License-Identifier: Apache-2.0
"""The two sides of a link."""

from __future__ import annotations

from enum import IntEnum


class Side(IntEnum):
    """Linux is the VirtIO driver, the RTOS the device."""

    LINUX = 0
    RTOS = 1

    other: Side
    """The opposite side."""


Side.LINUX.other, Side.RTOS.other = Side.RTOS, Side.LINUX
