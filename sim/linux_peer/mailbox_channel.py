# SPDX-License-Identifier: Apache-2.0
"""A channel of the mailbox framework, towards the remote (drivers/mailbox/mailbox.c).

One word is under way at a time; the next goes when a timer has found that one done, which means for
Allwinner's message box that its FIFO has room again. The timer looks at once, and where that is too
early, every 5 ms: so a remote that is slower than Linux gets its words in spurts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from sim.core import LOAD, STORE
from sim.linux_peer.calendar import NEVER
from sim.linux_peer.drivers import Costs, Steps

QUEUE_LEN = 20
"""Words that wait besides the one under way (MBOX_TX_QUEUE_LEN of mailbox_controller.h)."""
POLL_NS = 5_000_000
"""txpoll_period of sunxi-msgbox.c."""
_DEPTH = 8
_COUNT = 0xF


class MailboxChannel:
    """The channel whose FIFO is filled at ``fifo`` and counts its words at ``status``.

    ``due_ns`` is when its timer interrupts next, by the clock ``now``; NEVER where it does not.
    """

    def __init__(self, fifo: int, status: int, costs: Costs, now: Callable[[], int]) -> None:
        self._fifo = fifo
        self._status = status
        self._spend = costs.spend
        self._now = now
        self._queue: deque[int] = deque()
        self._under_way = False
        self.due_ns = NEVER

    def send(self, word: int) -> Steps[None]:
        """mbox_send_message(). What the queue has no room for is refused, and so lost."""
        if len(self._queue) == QUEUE_LEN:
            return
        self._queue.append(word)
        if (yield from self._submit()):
            yield from self._spend("sbi_call")

    def timer(self) -> Steps[None]:
        """txdone_hrtimer(), from the trap to the return."""
        self.due_ns = NEVER
        yield from self._spend("m_trap", "irq_entry")
        if (yield from self._has_room()):
            self._under_way = False
            yield from self._submit()
        else:
            self.due_ns = self._now() + POLL_NS
        yield from self._spend("sbi_call", "irq_exit")

    def _submit(self) -> Steps[bool]:
        """msg_submit(): tell whether a word went. One for which there is no room stays queued."""
        if self._under_way or not self._queue or not (yield from self._has_room()):
            return False
        yield (STORE, self._fifo, 4, self._queue.popleft())
        self._under_way = True
        self.due_ns = self._now()
        return True

    def _has_room(self) -> Steps[bool]:
        status: int = yield (LOAD, self._status, 4)
        return status & _COUNT < _DEPTH
