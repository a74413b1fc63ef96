# SPDX-License-Identifier: Apache-2.0
"""The record stream of a run on its way out of the simulator's process, to the referee."""

from __future__ import annotations

import os

RECORDS_FD = "AMPSIM_RECORDS_FD"


class RecordPipe:
    """The sending end; not ``wanted``, it sends nothing. A reader that has gone changes nothing."""

    def __init__(self, *, wanted: bool) -> None:
        descriptor = os.environ.get(RECORDS_FD) if wanted else None
        self._descriptor = int(descriptor) if descriptor else None

    def send(self, records: memoryview) -> None:
        """Send whole records; waits while the reader is too far behind."""
        try:
            while records and self._descriptor is not None:
                records = records[os.write(self._descriptor, records) :]
        except OSError:
            self._descriptor = None
