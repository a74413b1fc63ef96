# SPDX-License-Identifier: Apache-2.0
"""The event log of a run: the record stream of the core port, hashed and, on request, kept."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO


class EventLog:
    """Takes the record stream (layout: ``core_record`` in sim/native/core_port.h).

    The SHA-256 over all records is the identity of the run. With ``path`` the stream is also
    written to that file.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._digest = hashlib.sha256()
        self._file: BinaryIO | None = path.open("wb") if path else None

    def take(self, records: memoryview) -> None:
        """Add records; called by the core port with a view that is valid during the call only."""
        self._digest.update(records)
        if self._file is not None:
            self._file.write(records)

    def close(self) -> str:
        """End the log and return its SHA-256 as hex digits."""
        if self._file is not None:
            self._file.close()
            self._file = None
        return self._digest.hexdigest()
