# SPDX-License-Identifier: Apache-2.0
"""States, crash types and dump modes of a remote processor (include/linux/remoteproc.h)."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """rproc_state. Suspended is set by drivers alone, the core never enters it."""

    OFFLINE = 0
    SUSPENDED = 1
    RUNNING = 2
    CRASHED = 3
    ATTACHED = 4
    DETACHED = 5

    @property
    def text(self) -> str:
        """What the file ``state`` shows."""
        return self.name.lower()


class CrashType(IntEnum):
    """rproc_crash_type."""

    MMUFAULT = 0
    WATCHDOG = 1
    FATAL_ERROR = 2


def crash_text(kind: int) -> str:
    """rproc_crash_to_string(): numbers without a name are "unknown"."""
    try:
        return CrashType(kind).name.lower().replace("_", " ")
    except ValueError:
        return "unknown"


class DumpMode(IntEnum):
    """rproc_dump_mechanism."""

    DISABLED = 0
    ENABLED = 1
    INLINE = 2

    @property
    def text(self) -> str:
        """What the file ``coredump`` shows and takes."""
        return self.name.lower()
