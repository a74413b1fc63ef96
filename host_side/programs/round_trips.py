# SPDX-License-Identifier: Apache-2.0
"""Running figures of round-trip times, as the measuring programs print them."""

from __future__ import annotations


class RoundTrips:
    """Count, sum, least and greatest of times in ns."""

    def __init__(self) -> None:
        self.count = 0
        self.total = 0
        self.least = 0
        self.greatest = 0

    def add(self, ns: int) -> None:
        """Take one more time into account."""
        self.least = ns if not self.count else min(self.least, ns)
        self.greatest = max(self.greatest, ns)
        self.count += 1
        self.total += ns

    @property
    def mean(self) -> int:
        """Average, rounded down as integer division in C does; 0 before the first time."""
        return self.total // self.count if self.count else 0
