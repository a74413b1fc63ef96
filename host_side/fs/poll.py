# SPDX-License-Identifier: Apache-2.0
"""poll(2) on one file: sleep until it has an event."""

from __future__ import annotations

from host_side.fs.file import OpenFile
from host_side.fs.flags import Poll


async def poll(file: OpenFile, events: Poll, timeout_ns: int | None = None) -> Poll:
    """Pending events of ``file`` among ``events``; ERR and HUP are always reported.

    Waits at most ``timeout_ns`` (None: for ever, 0: not at all) and is 0 when that ran out. A
    signal raises LinuxError ERESTARTSYS.
    """
    wanted = events | Poll.ERR | Poll.HUP
    queue = file.operations.poll_queue(file)
    if queue is not None and timeout_ns != 0:
        await queue.wait(lambda: file.poll() & wanted, timeout_ns, interruptible=True)
    return file.poll() & wanted
