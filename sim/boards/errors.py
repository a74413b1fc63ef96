# SPDX-License-Identifier: Apache-2.0
"""The one error that a bad board description or timing profile ends in."""

from __future__ import annotations

from sim.errors import AmpsimError


class BoardError(AmpsimError):
    """A board or profile cannot be used; the text is one line: where, expected what, found what."""

    @classmethod
    def at(cls, where: str, expected: str, found: str) -> BoardError:
        """Return the error for the place `where` (file and node path, or file and key)."""
        return cls(f"{where}: expected {expected}, found {found}")
