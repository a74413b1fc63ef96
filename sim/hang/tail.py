# SPDX-License-Identifier: Apache-2.0
"""The last records of a run, kept as they come: some megabytes, and no work but the copy."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.records import Record

CHUNKS = 24
"""Pieces of the stream that are kept, each of up to 256 KiB: some 150000 records."""


class RecordTail:
    """Keeps the newest pieces of the record stream."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque(maxlen=CHUNKS)

    def take(self, records: memoryview) -> None:
        """Keep a copy; called by the core port."""
        self._chunks.append(bytes(records))

    def records(self) -> list[Record]:
        """Return what was kept, oldest first, without what a record that is cut off spoils."""
        from sim.records import RecordError, cut_records  # what a sound run needs none of

        pieces = list(self._chunks)
        while pieces:
            found: list[Record] = []
            try:
                found.extend(cut_records(pieces))
            except RecordError:
                if not found:  # the first piece begins in the middle of a record
                    del pieces[0]
                    continue
            return found
        return []
