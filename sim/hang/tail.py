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
        self._held: tuple[bytes, ...] = ()

    def take(self, records: memoryview) -> None:
        """Keep a copy; called by the core port."""
        self._chunks.append(bytes(records))

    def hold(self) -> None:
        """Keep what there is now, too, until :meth:`release`: what comes may drive it out."""
        if not self._held:
            self._held = tuple(self._chunks)

    def release(self) -> None:
        """Let go of what was held: the run has gone on."""
        self._held = ()

    def records(self) -> list[Record]:
        """Return what was kept, oldest first, without what a record that is cut off spoils."""
        newest = list(self._chunks)
        held = [piece for piece in self._held if not any(piece is other for other in newest)]
        if len(held) < len(self._held):  # nothing has been driven out in between
            return _cut([*held, *newest])
        return [*_cut(held), *_cut(newest)]


def _cut(pieces: list[bytes]) -> list[Record]:
    """Return the records in pieces of the stream that follow each other."""
    from sim.records import RecordError, cut_records  # what a sound run needs none of

    while pieces:
        found: list[Record] = []
        try:
            found.extend(cut_records(pieces))
        except RecordError:
            if not found:  # the first piece begins in the middle of a record
                pieces = pieces[1:]
                continue
        return found
    return []
