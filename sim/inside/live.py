# SPDX-License-Identifier: Apache-2.0
"""The live bench: both consoles on ptys, simulated time held back to the clock on the wall."""

from __future__ import annotations

import json
import select
import time
from pathlib import Path

from sim.inside.pty_bridge import PtyBridge
from sim.inside.session import Session
from sim.whole_file import write_whole

CONSOLE_FILE = "console.json"


class LiveConsoles:
    """The ptys of a session. Their paths stand in ``console.json``; links have fixed names."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bridges = {
            "linux": PtyBridge(session.peer.line if session.peer else session.linux_console),
            "rtos": PtyBridge(session.rtos_console),
        }
        for name, bridge in self._bridges.items():
            bridge.link(session.directory / f"tty-{name}")
        self._announce(session.directory / CONSOLE_FILE)
        self._begin = time.monotonic()

    def _announce(self, path: Path) -> None:
        paths = {name: bridge.path for name, bridge in self._bridges.items()}
        write_whole(path, json.dumps(paths) + "\n")

    def look_in(self) -> None:
        """Move characters; wait for typing while the simulation is ahead of real time."""
        ahead = self._session.now_ns() / 1e9 - (time.monotonic() - self._begin)
        if ahead > 0:
            waiting = [bridge.descriptor for bridge in self._bridges.values()]
            select.select(waiting, [], [], min(ahead, 0.05))
        for bridge in self._bridges.values():
            bridge.pump()

    def close(self) -> None:
        """Give the ptys back."""
        for name, bridge in self._bridges.items():
            (self._session.directory / f"tty-{name}").unlink(missing_ok=True)
            bridge.close()
