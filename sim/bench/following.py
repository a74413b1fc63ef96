# SPDX-License-Identifier: Apache-2.0
"""What a measurement shows while it goes on, and what it leaves behind: no process."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

Say = Callable[[str], None]
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


@contextlib.contextmanager
def follow_bench(console: Console) -> Iterator[Say]:
    """Yield what is to be told each step: shown in place, or line by line where that cannot be."""
    begin = time.monotonic()

    def passed() -> str:
        minutes, seconds = divmod(round(time.monotonic() - begin), 60)
        return f"{minutes:2d}:{seconds:02d}"

    if not console.is_terminal:
        yield lambda text: print(f"{passed()}  {text}", file=sys.stderr, flush=True)
        return
    with console.status("") as status:
        yield lambda text: status.update(f"{passed()}  {text}")


@contextlib.contextmanager
def all_processes_end() -> Iterator[None]:
    """Have all processes that were started inside end with it, also a compiler's of a build.

    A child of a child that has ended becomes this process's own meanwhile.
    """
    others = set(child_processes())
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        while children := set(child_processes()) - others:
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            for child in children:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(child, 0)
        prctl(_PR_SET_CHILD_SUBREAPER, 0)


def child_processes() -> list[int]:
    """Return the processes that this one has started."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    files = [task / "children" for task in tasks.iterdir()]
    return [int(word) for file in files if file.exists() for word in file.read_text().split()]
