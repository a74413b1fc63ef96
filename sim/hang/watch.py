# SPDX-License-Identifier: Apache-2.0
"""Watches a run for progress; has one that makes none explained, and ended if it would for ever.

What counts as progress: what the scenario counts, a message that Linux has sent or received, a
character on a console, a line in Linux's log, a process that starts, a hart that leaves reset.
Until both systems are up every bus access does. What it costs is a few attributes every look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sim.boards.model import MailboxLink
from sim.hang.tail import RecordTail

if TYPE_CHECKING:
    from host_side.kernel.linux import LinuxKernel
    from sim.hang.explanation import Explanation
    from sim.inside.session import Session

_HOLD_PART = 16
"""After this part of the span the last records are held: a poll in a hurry makes many new ones."""
DOCUMENT_FILE, TEXT_FILE = "hang.json", "hang.txt"


class Progress(NamedTuple):
    """The last progress that was seen: when (ns), and what it was."""

    at_ns: int
    what: str


class HangWatch:
    """The watch over ``session``. A run may stand still for ``patience_ns``; 0: for as long as its
    time limit lets it."""

    def __init__(self, session: Session, patience_ns: int) -> None:
        self.document: dict[str, Any] | None = None
        self._session = session
        self._patience_ns = patience_ns
        self._tail = RecordTail()
        self.take = self._tail.take
        self._seen: dict[str, Any] = {}
        self._now_ns = 0
        self._progress = Progress(0, "reset")
        self._again_ns = 0
        # Where the RTOS sends by itself (the heartbeat of the V821) its ring proves nothing.
        self._both_rings = isinstance(session.board.rpmsg, MailboxLink)

    def look_in(self, now_ns: int) -> str | None:
        """Look for progress; return in one line why the run has to end, None while it need not."""
        self._now_ns = now_ns
        seen = self._signs()
        if seen != self._seen:
            new = (key for key in seen if seen[key] != self._seen.get(key))
            changed = next(new, "the start-up is over")
            self._seen = seen
            self._progress = Progress(now_ns, changed)
            self._again_ns = now_ns + self._patience_ns
            self._tail.release()
            return None
        if not self._patience_ns:
            return None
        if now_ns - self._progress.at_ns >= self._patience_ns // _HOLD_PART:
            self._tail.hold()
        if now_ns < self._again_ns:
            return None
        self._again_ns = 2 * now_ns - self._progress.at_ns  # one that sleeps for long costs little
        explanation = self._explain("no progress", time_limit=False)
        return explanation.text if explanation.cause.hangs else None

    def give_up(self, ended_by: str) -> str:
        """Return in one line where a run stands whose time is up."""
        return self._explain(ended_by, time_limit=True).text

    def _explain(self, ended_by: str, time_limit: bool) -> Explanation:
        # What a sound run needs none of is imported here.
        from sim.hang.collect import Collector
        from sim.hang.document import hang_document
        from sim.hang.explain import explain
        from sim.hang.history import History

        session = self._session
        session.port.flush()
        history = History(self._tail.records(), session.port.event_names())
        now_ns = max(self._now_ns, session.now_ns())
        facts = Collector(session, history).facts(now_ns, self._progress, self._patience_ns)
        explanation = explain(facts)
        if time_limit or explanation.cause.hangs:
            self.document = hang_document(facts, explanation, ended_by)
        return explanation

    def save(self) -> None:
        """Write the explanation, if there is one, as artifacts of the run."""
        if self.document is None:
            return
        from sim.hang.document import hang_text
        from sim.whole_file import write_json

        session = self._session
        write_json(session.directory / DOCUMENT_FILE, self.document)
        session.artifacts["hang"] = DOCUMENT_FILE
        session.text_artifact("hang_text", TEXT_FILE, hang_text(self.document))

    # Progress.

    def _signs(self) -> dict[str, Any]:
        """Return what changes when a run goes on, by what a change of it means."""
        session = self._session
        signs: dict[str, Any] = {
            session.scenario.unit: session.scenario.done(),
            "a character on a console": [len(line.output) for line in session.serial],
            "a hart has left reset": list(session.starts),
        }
        kernel = session.linux.kernel if session.linux is not None else None
        if kernel is not None:
            signs["Linux has sent or received"] = self._linux_rings(kernel)
            signs["a line in Linux's log"] = len(kernel.log.records)
            signs["a process"] = kernel.scheduler.spawned
        if session.peer is not None:
            peer = session.peer
            signs["Linux has sent or received"] = [*peer.kicks, *peer.calls]
            signs["a line on Linux's console"] = peer.printed()
        if not self._up(kernel):
            signs["an access of the start-up"] = session.port.statistics()[1]
        return signs

    def _up(self, kernel: LinuxKernel | None) -> bool:
        """Tell whether there is a kernel on either side, of those that the scenario runs."""
        return kernel.booted if kernel is not None else self._session.rtos_hart.snapshot is not None

    def _linux_rings(self, kernel: LinuxKernel) -> list[tuple[int, int]]:
        """Return how far Linux is in its rings."""
        from host_side.rpmsg.virtio_rpmsg_bus import VirtioRpmsgBus

        found = []
        for device in kernel.virtio.devices:
            if isinstance(device.priv, VirtioRpmsgBus):
                rings = device.priv.rings if self._both_rings else device.priv.rings[1:]
                found += [ring.progress for ring in rings]
        return found
