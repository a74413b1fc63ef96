# SPDX-License-Identifier: Apache-2.0
"""Derives from the facts why nothing goes on: walks from the waiting application to the cause.

Pure: nothing here knows a simulator, or what fault may have been planted.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.hang.doorbells import Chain, Ended, follow_doorbell
from sim.hang.explanation import NAMES, Cause, Explanation, at, ms
from sim.hang.facts import Facts, Hart, Ring, Thread
from sim.hang.patience import in_time
from sim.hang.phrases import PEER, label, waits, waits_for

BUS_LIMIT_NS = 100_000
"""No access of a sound bus takes so long, whoever else has it; block transfers are cut shorter."""
_IDLE = ("tidle0", "timer", "main", "")
_RECEIVES = {"linux": 0, "rtos": 1}
"""The ring that a side's messages come through."""
_MESSAGES = ("message", "answer", "rpbuf buffer", "rpbuf link")


def explain(facts: Facts) -> Explanation:
    """Return the explanation; the cause UNKNOWN carries the chain as far as it goes."""
    walk = _Walk(facts)
    try:
        walk.start()
        text = "nothing that was looked at explains it"
        found = Explanation(Cause.UNKNOWN, "", text, tuple(walk.chain.steps))
    except Ended as ended:
        found = ended.explanation
    return in_time(found, walk.visited, facts)


class _Walk:
    """One walk over the facts. What has been visited is not visited again."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.chain = Chain()
        self.visited: list[Thread] = []
        self._rings: set[tuple[str, int]] = set()

    def start(self) -> None:
        """Begin at the application that waits; without one, at whatever a side is stuck in."""
        if self.facts.linux_panic:
            self.chain.end(Cause.CRASHED, "Linux", f"kernel panic: {self.facts.linux_panic}")
        if not self.facts.rtos_kernel and not self.facts.linux_booted:
            self._start_up()
        for thread in self._applications():
            self.thread(thread)
        for side in ("linux", "rtos"):
            self.side(side)

    def _start_up(self) -> None:
        """Before there is a kernel on either side: a stage of the boot that is at work."""
        self._bus()
        for hart in self.facts.harts:
            if hart.on_bus or (hart.until_ns or 0) > self.facts.now_ns:
                text = f"{hart.thread or 'the software'} on hart {hart.hart_id} goes on by itself"
                text += at(hart.until_ns)
                self.chain.end(Cause.COMPUTES, f"hart {hart.hart_id}", text, hart.since_ns)

    def _applications(self) -> Iterator[Thread]:
        """Yield where to begin: Linux's init if there is one, else what the RTOS's app has made."""
        threads = [t for t in self.facts.threads if t.application and t.state != "ended"]
        linux = [t for t in threads if t.side == "linux"]
        init = [t for t in linux if t.name == "init"]
        yield from (init or linux)[:1]
        if not linux:
            yield from threads

    # Threads.

    def thread(self, thread: Thread) -> None:
        """Say what a thread waits for, and follow that."""
        if thread in self.visited:
            self._met_again(thread)
            return
        self.visited.append(thread)
        if thread.what == "exit":
            self._child(thread)
            return
        self.chain.add(waits(thread), label(thread), thread.since_ns)
        if thread.state in ("running", "ready") and not thread.polls:
            self._on_processor(thread)
            return
        if thread.polls and thread.time_left_ns and thread.since_ns <= self.facts.progress_ns:
            text = f"{label(thread)} has not looked since the last progress: it sleeps in between"
            self.chain.end(Cause.SLEEPS, thread.name, text, thread.since_ns)
        if thread.what in _MESSAGES or (thread.what == "queue" and thread.ring is not None):
            self._incoming(thread)
        elif thread.what in ("buffer", "tx buffer"):
            self._outgoing(thread)
        elif thread.what in ("link", "driver", "file"):
            self._link(thread)
        elif thread.what == "room":
            self._room(thread)
        elif thread.what == "kernel":
            self._real_kernel(thread)
        elif thread.what == "sleep":
            left = thread.time_left_ns
            text = f"{label(thread)} sleeps for another {ms(left)}"
            self.chain.end(Cause.SLEEPS, thread.name, text, thread.since_ns)
        elif thread.what == "input":
            text = f"{label(thread)} waits for something to be typed"
            self.chain.end(Cause.INPUT, thread.name, text, thread.since_ns)
        elif thread.what:
            self._held(thread)

    def _child(self, thread: Thread) -> None:
        """A process that waits for another: its wait is not worth a line."""
        for child in self.facts.threads:
            if child.side == thread.side and str(child.pid) == thread.where:
                self.thread(child)

    def _met_again(self, thread: Thread) -> None:
        """The chain bites its tail."""
        circle = self.visited[self.visited.index(thread) :]
        locks = [t.where for t in circle if t.what == "mutex"]
        if len(locks) == len(circle):
            names = " and ".join(label(t) for t in circle)
            text = f"{names} wait for each other: mutexes {' and '.join(locks)}"
            self.chain.end(Cause.DEADLOCK, ", ".join(locks), text)

    def _held(self, thread: Thread) -> None:
        """A lock or another object of the kernel, with or without somebody who has it."""
        for other in self.facts.threads:
            if other.side == thread.side and other.name == thread.holder:
                verb = "is held by" if thread.what == "mutex" else "is up to"
                self.chain.add(f"{thread.what} {thread.where} {verb} {label(other)}", thread.where)
                self.thread(other)
                return
        text = f"no thread holds {thread.what} {thread.where}: somebody has to give it, and has not"
        self.chain.end(Cause.NEVER_GIVEN, thread.where, text, thread.since_ns)

    def _on_processor(self, thread: Thread) -> None:
        """A thread that could run, and does, or does not get its turn."""
        self.side(thread.side)
        if thread.state == "running":
            text = f"{label(thread)} computes"
            self.chain.end(Cause.COMPUTES, thread.name, text, thread.since_ns)
        if thread.side == "linux" and self._just_now(thread):
            text = f"{label(thread)} has only just begun to wait for its turn"
            self.chain.end(Cause.COMPUTES, thread.name, text, thread.since_ns)
        current = self._find(thread.side, self.facts.rtos_current)
        if thread.side == "rtos" and self.facts.rtos_handler:
            text = f"hart {self._boot(thread.side).hart_id} is in an interrupt handler"
            self.chain.end(Cause.INTERRUPTS_OFF, self.facts.rtos_handler, text)
        if current is None or current.name in _IDLE or thread.side != "rtos":
            return
        if self._just_now(current):
            text = f"{label(current)} computes"
            self.chain.end(Cause.COMPUTES, current.name, text, current.since_ns)
        text = (
            f"{label(current)}, priority {current.priority}, has held the processor"
            f" since {ms(current.since_ns)}; {thread.name} has priority {thread.priority}"
        )
        if current.what == "room":
            self.chain.add(text, label(current), current.since_ns)
            self.thread(current)
        self.chain.end(Cause.STARVED, current.name, text, current.since_ns)

    def _just_now(self, thread: Thread) -> bool:
        """Tell whether a thread is in its state for less than a run may stand still."""
        return self.facts.now_ns - thread.since_ns < self.facts.patience_ns

    # Rings.

    def _incoming(self, thread: Thread) -> None:
        """A message that has not come: is it under way, or does somebody owe it?"""
        self.side(thread.side)
        self._news(thread.side, _RECEIVES[thread.side])
        peer = PEER[thread.side]
        self.side(peer)
        self._news(peer, _RECEIVES[peer])
        self._owing(peer, thread)

    def _owing(self, side: str, waiting: Thread) -> None:
        """Everything that was sent has arrived: follow whoever should answer."""
        self._answers(side)
        self._no_answer(side, waiting)
        ring = self._ring(_RECEIVES[waiting.side])
        text = (
            f"all that was sent has been received: ring {ring.number} has nothing new for "
            f"{NAMES[waiting.side]}, and {NAMES[side]} has taken everything from its own"
        )
        self.chain.end(Cause.NOTHING_OWED, f"ring {ring.number}", text, self.facts.progress_ns)

    def _no_answer(self, side: str, waiting: Thread) -> None:
        """A message that nobody was there for: no endpoint, or no thread any more."""
        for each, number in ((side, _RECEIVES[side]), (waiting.side, _RECEIVES[waiting.side])):
            dropped = self.facts.dropped_ns.get(each)
            if dropped is not None:
                text = (
                    f"{NAMES[each]} gave the buffer of the last message of ring {number} "
                    f"back{at(dropped)} without calling anybody: no endpoint has the address it "
                    "was sent to"
                )
                self.chain.end(Cause.NO_ENDPOINT, f"ring {number}", text, dropped)
        name = self.facts.replier
        receiver = self._find("rtos", name)
        if side == "rtos" and name and (receiver is None or receiver.state == "ended"):
            text = f"{name} (RTOS) was the last to receive a message, and has ended since"
            self.chain.end(Cause.ENDED, name, text)

    def _answers(self, side: str) -> None:
        """Follow those of a side who may owe an answer and are kept from it."""
        for thread in self._answering(side):
            if thread in self.visited or thread.state == "ended":
                continue
            idle = thread.what == "queue" and thread.ring is not None
            if not idle and (thread.what or thread.state in ("ready", "running")):
                self.thread(thread)
            else:
                self.visited.append(thread)
                self.chain.add(waits(thread), label(thread), thread.since_ns)

    def _answering(self, side: str) -> Iterator[Thread]:
        """Yield who may owe an answer: first who has received last, then the application."""
        threads = [t for t in self.facts.threads if t.side == side]
        yield from (t for t in threads if side == "rtos" and t.name == self.facts.replier)
        yield from (t for t in threads if t.application and t.name != self.facts.replier)

    def _news(self, side: str, number: int) -> None:
        """Follow what was put into a ring for ``side`` and has not been taken there."""
        if (side, number) in self._rings:
            return
        self._rings.add((side, number))
        ring = self._ring(number)
        if side == "linux":
            self._unpublished_used(ring)
            known = ring.got_back
            news = 0 if known is None else (ring.used - known) & 0xFFFF
            since, what = ring.used_ns, "used"
        else:
            self._unpublished_avail(ring)
            news = 0 if ring.taken is None else (ring.avail - ring.taken) & 0xFFFF
            since, what = ring.avail_ns, "available"
        if (number == 0 and side == "rtos") or (number == 1 and side == "linux"):
            what = f"buffers {what}"
        if not news:
            text = f"ring {number} ({_way(number)}) has nothing new for {NAMES[side]}"
            self.chain.add(text, f"ring {number}", since)
            return
        text = (
            f"ring {number} ({_way(number)}) has {news} {what}, published{at(since)}, that "
            f"{NAMES[side]} has not taken"
        )
        self.chain.add(text, f"ring {number}", since)
        self.side(side)
        follow_doorbell(self.chain, self.facts.doorbells[side], since)
        self._not_looked_at(side, number)

    def _not_looked_at(self, side: str, number: int) -> None:
        """The side has been told and does nothing: its software is at something else."""
        if side == "rtos" and self.facts.rtos_handler:
            bell = self.facts.doorbells[side]
            text = f"the RTOS is still in its interrupt handler{at(bell.heard_ns)}"
            self.chain.end(Cause.INTERRUPTS_OFF, self.facts.rtos_handler, text, bell.heard_ns)
        text = f"{NAMES[side]} was told, and has not looked into ring {number}"
        self.chain.end(Cause.UNKNOWN, f"ring {number}", text)

    def _unpublished_avail(self, ring: Ring) -> None:
        if ring.offered is not None and ring.offered != ring.avail:
            text = (
                f"Linux counts {ring.offered} in the avail index of ring {ring.number}, memory has "
                f"{ring.avail}: entry {(ring.offered - 1) & 0xFFFF} was not published"
            )
            thing = f"avail index of ring {ring.number}"
            self.chain.end(Cause.UNPUBLISHED, thing, text, ring.avail_entry_ns)

    def _unpublished_used(self, ring: Ring) -> None:
        entry, index = ring.used_entry_ns, ring.used_ns
        if entry is not None and (index is None or entry > index):
            text = (
                f"the RTOS wrote a used entry of ring {ring.number}{at(entry)}, but the used index "
                f"is {ring.used}, last written{at(index) or ' never'}: it was not published"
            )
            self.chain.end(Cause.UNPUBLISHED, f"used index of ring {ring.number}", text, entry)

    def _outgoing(self, thread: Thread) -> None:
        """A sender without a buffer: who has them all?"""
        self.side(thread.side)
        number = 1 if thread.side == "linux" else 0
        ring = self._ring(number)
        self._news(thread.side, number)
        peer = PEER[thread.side]
        self.side(peer)
        self._news(peer, number)
        held = (
            ((ring.taken or 0) - ring.used) & 0xFFFF
            if peer == "rtos"
            else ring.entries - ((ring.avail - ring.used) & 0xFFFF)
        )
        taken = f", the last one taken{at(ring.taken_ns)}" if ring.taken_ns is not None else ""
        text = (
            f"{NAMES[peer]} has {held} of the {ring.entries} buffers of ring {number} and has not "
            f"given them back{taken}"
        )
        self._received_last(peer)
        for other in self._answering(peer):
            blocked = other.what and not (other.what == "queue" and other.ring is not None)
            if other not in self.visited and blocked:
                self.chain.add(text, f"ring {number}", ring.taken_ns or ring.used_ns)
                self.thread(other)
        self.chain.end(Cause.BUFFERS_HELD, f"ring {number}", text, ring.taken_ns)

    def _received_last(self, side: str) -> None:
        """Name the thread that is the last to have been given a buffer, where it waits for more."""
        receiver = self._find(side, self.facts.replier) if side == "rtos" else None
        if receiver is None or receiver in self.visited or receiver.ring is None:
            return
        self.visited.append(receiver)
        text = f"{label(receiver)} was the last to receive, and {waits_for(receiver)}"
        self.chain.add(text, label(receiver), receiver.since_ns)

    # A real kernel.

    def _real_kernel(self, thread: Thread) -> None:
        """Follow all that one of its tasks may wait for: which one does, only the kernel knows."""
        if not (self.facts.linux_driver and self.facts.rtos_ready):
            self._link(thread)
        self.side("linux")
        self._news("linux", 0)
        self._news("rtos", 1)
        self._answers("rtos")
        self._no_answer("rtos", thread)
        ring = self._ring(1)
        if ring.entries and (ring.avail - ring.used) & 0xFFFF == ring.entries:
            self._outgoing(thread)
        if thread.time_left_ns is not None:
            text = (
                f"no message is under way, and {label(thread)} goes on by itself in "
                f"{ms(thread.time_left_ns)}"
            )
            self.chain.end(Cause.SLEEPS, thread.name, text, thread.since_ns)
        self._owing("rtos", thread)

    # Link and FIFO.

    def _link(self, thread: Thread) -> None:
        """The link, or something that only comes with it."""
        facts = self.facts
        self.side("linux")
        self.side("rtos")
        if thread.what == "file" and facts.linux_driver and facts.rtos_ready:
            self._news("linux", 0)
            self._news("rtos", 1)
            self._owing("rtos", thread)
            return
        if not facts.rtos_kernel:
            return
        for other in facts.threads:
            if other.side == "rtos" and other.what in ("link", "driver") and other.polls:
                if other is not thread:
                    self.chain.add(waits(other), label(other), other.since_ns)
                self._not_up(other)
        if not facts.rtos_link:
            text = "no thread of the RTOS has opened the link: rpmsg-lite is not set up"
            self.chain.end(Cause.LINK_DOWN, "rpmsg-lite", text)
        if not facts.linux_driver:
            self.chain.end(Cause.LINK_DOWN, "virtio_rpmsg_bus", "Linux has no virtio rpmsg device")

    def _not_up(self, thread: Thread) -> None:
        """The RTOS has not heard of Linux: by DRIVER_OK, or by its first interrupt."""
        facts = self.facts
        if thread.what == "driver" and facts.status is not None:
            text = (
                f"the status byte of the vdev (0x{facts.status_address:x}) is "
                f"0x{facts.status:02x}, without DRIVER_OK: Linux has "
            ) + (
                "its driver at work, but its write of that bit has not arrived"
                if facts.linux_driver
                else "no driver at work for it"
            )
            self.chain.end(Cause.LINK_DOWN, "DRIVER_OK", text)
        bell = facts.doorbells["rtos"]
        if bell.rung_ns is None:
            text = (
                f"no write to {bell.name} (0x{bell.address:x}) is known: Linux "
                f"{'has its driver at work but' if facts.linux_driver else 'has no driver and'} "
                "never rang the doorbell that says so"
            )
            self.chain.end(Cause.LINK_DOWN, bell.name, text, thread.since_ns)
        follow_doorbell(self.chain, bell, None)

    def _room(self, thread: Thread) -> None:
        """A sender that looks for room in the other side's FIFO again and again."""
        side = PEER[thread.side]
        bell = self.facts.doorbells.get(thread.where) or self.facts.doorbells[side]
        self.side(side)
        enabled = "" if bell.enabled else ", and its receive interrupt is not enabled (RD_IRQ_EN)"
        text = (
            f"the FIFO of {bell.name} has {len(bell.words)} of {bell.depth} words, which "
            f"{NAMES[side]} does not take{enabled}"
        )
        self.chain.end(Cause.FULL_FIFO, bell.name, text, bell.rung_ns)

    # Sides.

    def side(self, side: str) -> None:
        """End the chain when the hart of a side does not go on for a reason of its own."""
        hart = self._boot(side)
        name = f"hart {hart.hart_id}"
        if not hart.running:
            never = "was never let out of reset" if not hart.starts else "is held in reset"
            text = f"{name} ({NAMES[side]}) {never}"
            self.chain.end(Cause.IN_RESET, name, text)
        self._bus()
        if hart.thread in ("exception", "oops"):
            text = f"the software of {name} ({NAMES[side]}) has crashed: it is in its {hart.thread}"
            self.chain.end(Cause.CRASHED, name, text, hart.since_ns)

    def _bus(self) -> None:
        """End the chain when a hart has been on the bus for too long."""
        for hart in self.facts.harts:
            if hart.on_bus and self.facts.now_ns - hart.since_ns > BUS_LIMIT_NS:
                self._stuck(hart)

    def _stuck(self, hart: Hart) -> None:
        names = {
            "write_address": "its address",
            "write_data": "its data",
            "read_address": "its address",
        }
        kind = "read" if hart.request in ("load", "read") else "write"
        taken = [
            word for key, word in names.items() if key.startswith(kind) and hart.handshake[key]
        ]
        accepted = f"the bus has taken {' and '.join(taken)}" if taken else "the bus took nothing"
        awaited = "read data (RVALID)" if kind == "read" else "a write response (BVALID)"
        device = f" ({hart.device})" if hart.device else ""
        thread = f", thread {hart.thread}," if hart.thread else ""
        text = (
            f"the {hart.request} of hart {hart.hart_id} ({NAMES[hart.side]}){thread} at "
            f"0x{hart.address:x}{device} has been on the bus since {ms(hart.since_ns)}: "
            f"{accepted}, {awaited} never came"
        )
        self.chain.end(Cause.STUCK_BUS, f"0x{hart.address:x}", text, hart.since_ns)

    # Look-up.

    def _boot(self, side: str) -> Hart:
        return next(hart for hart in self.facts.harts if hart.side == side)

    def _ring(self, number: int) -> Ring:
        return self.facts.rings[number]

    def _find(self, side: str, name: str) -> Thread | None:
        found = [t for t in self.facts.threads if t.side == side and t.name == name]
        return found[0] if found else None


def _way(number: int) -> str:
    return "RTOS to Linux" if number == 0 else "Linux to RTOS"
