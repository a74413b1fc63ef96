# SPDX-License-Identifier: Apache-2.0
"""The event log of a run: the record stream of the core port, hashed and, on request, kept."""

from __future__ import annotations

import hashlib
from io import RawIOBase
from pathlib import Path

from sim.errors import RunError
from sim.whole_file import cannot_write


class EventLog:
    """Takes the record stream (layout: ``core_record`` in sim/native/core_port.h).

    The SHA-256 over all records is the identity of the run. With ``path`` the stream is also
    written to that file; when its disk is full, ``error`` says so and what is there stays readable.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.error: RunError | None = None
        self._digest = hashlib.sha256()
        self._path = path or Path()
        self._file: RawIOBase | None = path.open("wb", buffering=0) if path else None

    def take(self, records: memoryview) -> None:
        """Add records; called by the core port with a view that is valid during the call only."""
        self._digest.update(records)
        if self._file is not None:
            self._keep(self._file, records)

    def _keep(self, file: RawIOBase, records: memoryview) -> None:
        """Write all to the file; what fits onto a disk that fills up is kept."""
        try:
            while records:
                records = records[file.write(records) or 0 :]
        except OSError as error:
            self.error = RunError(cannot_write(self._path, error))
            self._file = None
            file.close()

    def close(self) -> str:
        """End the log and return its SHA-256 as hex digits."""
        if self._file is not None:
            self._file.close()
            self._file = None
        return self._digest.hexdigest()
