# SPDX-License-Identifier: Apache-2.0
"""Words to a slow remote: one under way, 20 that wait, a look every 5 ms, the rest lost."""

from sim.core import LOAD, STORE, WAIT
from sim.linux_peer.calendar import NEVER
from sim.linux_peer.drivers import Costs, Steps
from sim.linux_peer.mailbox_channel import POLL_NS, QUEUE_LEN, MailboxChannel

FIFO, STATUS, DEPTH = 0x70, 0x60, 8
COSTS = Costs({"sbi_call": 1, "m_trap": 2, "irq_entry": 3, "irq_exit": 4})


class Remote:
    """A FIFO of 8 words that a test empties, and a hart that does what the channel asks for."""

    def __init__(self) -> None:
        self.now = 0
        self.words: list[int] = []
        self.spent: list[int] = []
        self.channel = MailboxChannel(FIFO, STATUS, COSTS, lambda: self.now)

    def do(self, steps: Steps[None]) -> None:
        reply = None
        while True:
            try:
                request = steps.send(reply)
            except StopIteration:
                return
            reply = self._answer(*request)

    def _answer(self, kind: int, *words: int) -> int:
        if kind == WAIT:
            self.spent.append(words[0])
        elif kind == STORE:
            assert words[:2] == (FIFO, 4) and len(self.words) < DEPTH
            self.words.append(words[2])
        else:
            assert (kind, *words) == (LOAD, STATUS, 4)
        return len(self.words)

    def send(self, *words: int) -> None:
        for word in words:
            self.do(self.channel.send(word))

    def tick(self) -> None:
        """Let the time pass up to the timer, and take its interrupt."""
        self.now = self.channel.due_ns
        self.do(self.channel.timer())


def full() -> Remote:
    """A remote whose FIFO has just been filled, the timer having been on time each time."""
    remote = Remote()
    for word in range(DEPTH):
        remote.send(word)
        remote.tick()
    return remote


def test_a_word_goes_at_once_and_the_timer_is_due():
    remote = Remote()
    remote.now = 70
    remote.send(1)
    assert remote.words == [1] and remote.spent == [1]
    assert remote.channel.due_ns == 70


def test_where_there_is_room_the_word_is_done():
    remote = Remote()
    remote.send(1)
    remote.tick()
    assert remote.spent == [1, 2, 3, 1, 4]
    assert remote.channel.due_ns == NEVER


def test_the_next_word_waits_until_the_timer_has_looked():
    remote = Remote()
    remote.send(1, 0)
    assert remote.words == [1]
    remote.tick()
    assert remote.words == [1, 0] and remote.channel.due_ns == remote.now


def test_a_full_fifo_is_looked_at_every_5_ms():
    remote = full()
    remote.send(8, 9)
    assert remote.channel.due_ns == POLL_NS
    remote.tick()
    assert remote.words == list(range(DEPTH)) and remote.channel.due_ns == 2 * POLL_NS
    remote.words.clear()
    remote.tick()
    remote.tick()
    assert remote.words == [8, 9]


def test_what_was_taken_meanwhile_makes_nothing_go_earlier():
    remote = full()
    remote.words.clear()
    remote.send(8)
    assert remote.words == []


def test_the_queue_holds_20_and_loses_what_comes_then():
    remote = full()
    words = list(range(100, 100 + QUEUE_LEN + 5))
    remote.send(*words)
    got: list[int] = []
    while remote.channel.due_ns < NEVER:
        remote.words.clear()
        remote.tick()
        got += remote.words
    assert got == words[:QUEUE_LEN]
