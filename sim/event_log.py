# SPDX-License-Identifier: Apache-2.0
"""The event log of a run: the record stream of the core port, hashed and, on request, kept."""

from __future__ import annotations

import contextlib
import hashlib
from io import FileIO
from pathlib import Path

from sim.errors import RunError
from sim.record_file import StreamHeader
from sim.whole_file import cannot_write


class EventLog:
    """Takes the record stream (layout: docs/records.md).

    The SHA-256 over all records is the identity of the run. With ``path`` the stream is also
    written to that file, behind ``header``; RunError where the file cannot be made. When its disk
    is full, ``error`` says so; the file then ends with a whole record and has given back the room
    of the last ones, so that the run can still write its own files.
    """

    def __init__(self, path: Path | None = None, header: StreamHeader | None = None) -> None:
        self.error: RunError | None = None
        self._digest = hashlib.sha256()
        self._path = path or Path()
        self._file: FileIO | None = None
        self._ends = (0, 0)  # of the file: before the last piece, and with it
        if path is not None:
            try:
                self._file = FileIO(path, "wb")
                self._keep(self._file, header.pack() if header is not None else b"")
            except OSError as error:
                raise RunError(cannot_write(path, error)) from None

    def take(self, records: memoryview) -> None:
        """Add records; called by the core port with a view that is valid during the call only."""
        self._digest.update(records)
        if self._file is not None:
            try:
                self._keep(self._file, records)
            except OSError as error:
                self._give_up(self._file, error)

    def close(self) -> str:
        """End the log and return its SHA-256 as hex digits."""
        if self._file is not None:
            self._file.close()
            self._file = None
        return self._digest.hexdigest()

    def _keep(self, file: FileIO, data: bytes | memoryview) -> None:
        """Write whole records."""
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        self._ends = (self._ends[1], self._ends[1] + len(data))

    def _give_up(self, file: FileIO, error: OSError) -> None:
        self.error = RunError(cannot_write(self._path, error))
        self._file = None
        with contextlib.suppress(OSError):
            file.truncate(self._ends[0] or self._ends[1])
        with contextlib.suppress(OSError):
            file.close()
