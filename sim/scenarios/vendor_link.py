# SPDX-License-Identifier: Apache-2.0
"""The V821's link with all its services: started, and waited for, before a script uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.errors import TimedOut

if TYPE_CHECKING:
    from sim.inside.linux_side import LinuxSide
    from sim.inside.session import Session

WAIT_MS, WAITS = 10, 300


async def vendor_link(session: Session) -> LinuxSide:
    """Start the RTOS and sleep until it has announced its last service, the one for calls."""
    linux = session.linux
    assert linux is not None
    await linux.start_remote()
    for _ in range(WAITS):
        if linux.userspace.services.remote is not None:
            return linux
        linux.check_remote()
        await linux.kernel.msleep(WAIT_MS)
    seconds = WAIT_MS * WAITS / 1000
    raise TimedOut(f"the RTOS has not announced its services within {seconds:g} s")
