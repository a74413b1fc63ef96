# SPDX-License-Identifier: Apache-2.0
"""The memory behind axi_host_memory, as its owner has it."""

from __future__ import annotations

import ctypes
import os

from sim.ports.library import load_library


class MappedMemory:
    """`length` bytes that back the window's bytes from `first` on, until others are mapped."""

    def __init__(self, length: int, first: int = 0) -> None:
        self.first = first
        self.cells = (ctypes.c_uint8 * length)()
        library = load_library(os.environ["CORE_PORT"])
        library.host_memory_map(ctypes.addressof(self.cells), length, first)

    def read(self, offset: int, length: int) -> bytes:
        """Bytes at an offset of the window."""
        at = offset - self.first
        return bytes(self.cells[at : at + length])

    def write(self, offset: int, data: bytes) -> None:
        """The owner's own store."""
        at = offset - self.first
        self.cells[at : at + len(data)] = list(data)
