# SPDX-License-Identifier: Apache-2.0
"""Errors of firmware files and of booting from memory; each is one line."""

from __future__ import annotations

from typing import Self

from sim.errors import AmpsimError


class FirmwareError(AmpsimError):
    """A firmware file cannot be built or used: where, what was expected, what was found."""

    @classmethod
    def at(cls, where: str, expected: str, found: str) -> Self:
        """Return the error for a place: a file, or an address in simulated memory."""
        return cls(f"{where}: expected {expected}, found {found}")


class BootError(FirmwareError):
    """A hart found no sound firmware in its memory, or it would not load: a failed run."""

    exit_code = 1


class BusFault(BootError):
    """The bus refused a read of the image; the hart's driver throws it into the boot code."""

    _RESPONSES = {2: "SLVERR", 3: "DECERR"}

    def __init__(self, address: int, resp: int) -> None:
        self.address = address
        self.resp = resp
        found = self._RESPONSES.get(resp, str(resp))
        super().__init__(f"firmware at 0x{address:x}: expected readable memory, found {found}")
