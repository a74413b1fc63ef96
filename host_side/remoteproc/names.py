# SPDX-License-Identifier: Apache-2.0
"""Words that user space writes to the files of a remote processor, and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.kernel.errors import LinuxError
from host_side.remoteproc.states import DumpMode, State

if TYPE_CHECKING:
    from host_side.remoteproc.core import Rproc

EBUSY, EINVAL = 16, 22


def same(written: str, word: str) -> bool:
    """sysfs_streq(): equal, but for one newline at the end of what was written."""
    return written in (word, f"{word}\n")


def starts(word: str, written: str) -> bool:
    """strncmp(written, word, count) is 0: as far as it goes, what was written is the word.

    Up to a NUL only: nothing behind the end of either counts.
    """
    if "\0" in written:
        return written.split("\0", 1)[0] == word
    return word.startswith(written)


def without_newline(written: str) -> str:
    """What debugfs compares: a newline at the end becomes a NUL, and that has to be matched too.

    So a beginning of a word is taken from ``echo -n``, and from ``echo`` only the word itself.
    """
    return f"{written[:-1]}\0" if written.endswith("\n") else written


def recovery_word(written: str, *, prefix: bool) -> str | None:
    """Which of the words of ``recovery`` was written; ``prefix`` as debugfs compares."""
    for word in ("enabled", "disabled", "recover"):
        if starts(word, written) if prefix else same(written, word):
            return word
    return None


async def set_recovery(rproc: Rproc, word: str | None) -> None:
    """enabled (and recover at once), disabled, or recover this once. LinuxError EINVAL."""
    if word is None:
        raise LinuxError(EINVAL)
    if word == "disabled":
        rproc.recovery.disabled = True
        return
    if word == "enabled":
        rproc.recovery.disabled = False
    await rproc.recovery.trigger()


def recovery_text(rproc: Rproc) -> str:
    """What the file ``recovery`` shows."""
    return "disabled\n" if rproc.recovery.disabled else "enabled\n"


def set_coredump(rproc: Rproc, written: str, *, prefix: bool) -> None:
    """Choose the dump. LinuxError EBUSY while crashed, EINVAL; with the messages."""
    if rproc.state is State.CRASHED:
        rproc.error("can't change coredump configuration")
        raise LinuxError(EBUSY)
    for mode in DumpMode:
        if starts(mode.text, written) if prefix else same(written, mode.text):
            rproc.coredump.mode = mode
            return
    rproc.error("Invalid coredump configuration")
    raise LinuxError(EINVAL)
