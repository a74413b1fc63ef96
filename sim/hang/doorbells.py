# SPDX-License-Identifier: Apache-2.0
"""Follows a doorbell from the store that rings it to the software that should have heard it."""

from __future__ import annotations

from sim.hang.explanation import NAMES, Cause, Explanation, Step, at, ms
from sim.hang.facts import Doorbell


class Ended(Exception):
    """The chain has come to its end: carries the explanation."""

    def __init__(self, explanation: Explanation) -> None:
        super().__init__(explanation.text)
        self.explanation = explanation


class Chain:
    """The steps so far; :meth:`end` raises :class:`Ended` with them."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def add(self, text: str, where: str, at_ns: int | None = None) -> None:
        """Put one step at the end."""
        self.steps.append(Step(text, where, at_ns))

    def end(self, cause: Cause, thing: str, text: str, at_ns: int | None = None) -> None:
        """End the chain with its cause."""
        self.add(text, thing, at_ns)
        raise Ended(Explanation(cause, thing, text, tuple(self.steps)))


def follow_doorbell(chain: Chain, bell: Doorbell, since_ns: int | None) -> None:
    """Say why a side has not heard of something that was published at ``since_ns``.

    Returns when the side has heard of it.
    """
    _no_edge(chain, bell, since_ns)
    _was_rung(chain, bell, since_ns)
    if bell.depth:
        _follow_word(chain, bell)
    else:
        _follow_msip(chain, bell)


def _no_edge(chain: Chain, bell: Doorbell, since_ns: int | None) -> None:
    """Say that the interrupt line has not risen, and whether the side would take it."""
    if bell.line_high or (bell.rose_ns is not None and bell.rose_ns >= (since_ns or 0)):
        return
    since = "" if since_ns is None else " since"
    last = "" if bell.rose_ns is None else f" (the last time was at {ms(bell.rose_ns)})"
    takes = "would take it" if bell.accepts else "has it masked"
    chain.add(
        f"the {bell.line} interrupt line of hart {bell.hart_id} has not risen{since}{last}; "
        f"{NAMES[bell.side]} {takes}",
        f"hart {bell.hart_id}",
        bell.rose_ns,
    )


def _was_rung(chain: Chain, bell: Doorbell, since_ns: int | None) -> None:
    """End the chain when the doorbell was not rung after the ring had news."""
    if bell.refused:
        text = f"the write to {bell.name} (0x{bell.address:x}){at(bell.rung_ns)} was refused"
        chain.end(Cause.REFUSED, bell.name, text, bell.rung_ns)
    if bell.rung_ns is None or (since_ns is not None and bell.rung_ns < since_ns):
        if bell.queued:
            text = f"{bell.queued} kicks wait in the sender's queue for room in {bell.name}"
            chain.end(Cause.FULL_FIFO, bell.name, text)
        last = "none is known" if bell.rung_ns is None else f"the last was at {ms(bell.rung_ns)}"
        text = (
            f"no write to {bell.name} (0x{bell.address:x}) has followed ({last}): "
            f"the doorbell of {NAMES[bell.side]} was not rung"
        )
        chain.end(Cause.LOST_DOORBELL, bell.name, text, since_ns)
    value = "" if bell.rung_value is None else f" of {bell.rung_value}"
    text = f"the kick of it: write{value} to {bell.name} (0x{bell.address:x}){at(bell.rung_ns)}"
    chain.add(text, bell.name, bell.rung_ns)


def _follow_msip(chain: Chain, bell: Doorbell) -> None:
    """A software interrupt: one bit, which the receiver clears."""
    rung = bell.rung_ns or 0
    rose = bell.rose_ns is not None and bell.rose_ns >= rung
    if bell.pending:
        _not_taken(chain, bell, f"{bell.name} is set")
    if not rose:
        text = (
            f"{bell.name} is 0 and no edge came of it: it was cleared in the clock in which it was "
            "set"
        )
        chain.end(Cause.CLEARED_INTERRUPT, bell.name, text, rung)
    cleared = "" if bell.cleared_by is None else f" by hart {bell.cleared_by}"
    chain.add(
        f"the {bell.line} interrupt line of hart {bell.hart_id} rose{at(bell.rose_ns)}, "
        f"{bell.name} was cleared{cleared}{at(bell.cleared_ns)}",
        f"hart {bell.hart_id}",
        bell.rose_ns,
    )
    heard = bell.heard_ns is not None and bell.heard_ns >= rung
    if not heard and not bell.accepts:
        text = f"{NAMES[bell.side]} has {bell.line} interrupts masked and has not taken it"
        chain.end(Cause.MASKED_INTERRUPT, f"hart {bell.hart_id} {bell.line} enable", text)
    if not heard:
        text = f"{NAMES[bell.side]} took no interrupt since: it was cleared before anybody saw it"
        chain.end(Cause.CLEARED_INTERRUPT, bell.name, text, bell.cleared_ns)
    if bell.mail:
        text = f"the interrupt was taken{at(bell.heard_ns)}, but the mailbox word says {bell.mail}"
        chain.end(Cause.LOST_DOORBELL, "mailbox", text, bell.heard_ns)


def _follow_word(chain: Chain, bell: Doorbell) -> None:
    """A message box: a word in a FIFO, a pending bit, an enable bit, then the PLIC."""
    if not bell.words:
        _word_was_read(chain, bell)
        return
    full = " (full)" if len(bell.words) == bell.depth else ""
    chain.add(
        f"{len(bell.words)} of {bell.depth} words{full} wait in the FIFO of {bell.name}",
        bell.name,
        bell.rung_ns,
    )
    if not bell.enabled:
        text = f"the receive interrupt of {bell.name} is not enabled (RD_IRQ_EN)"
        chain.end(Cause.MASKED_INTERRUPT, f"{bell.name} RD_IRQ_EN", text)
    if not bell.pending:
        text = f"the receive interrupt of {bell.name} is not pending: it was cleared as it was set"
        chain.end(Cause.CLEARED_INTERRUPT, f"{bell.name} RD_IRQ_STATUS", text)
    if bell.source is not None:
        _follow_source(chain, bell, bell.source)
    _not_taken(chain, bell, f"the {bell.line} interrupt line of hart {bell.hart_id} is high")


def _follow_source(chain: Chain, bell: Doorbell, source: dict[str, int] | object) -> None:
    """The PLIC: gateway, pending, enable, priority and threshold of the box's interrupt."""
    assert isinstance(source, dict)
    name = f"PLIC source {bell.irq}"
    if not source["enabled"]:
        text = f"its interrupt, {name}, is not enabled for hart {bell.hart_id}"
        chain.end(Cause.MASKED_INTERRUPT, name, text)
    if source["priority"] <= source["threshold"]:
        text = (
            f"its interrupt, {name}, has priority {source['priority']}, the threshold of hart "
            f"{bell.hart_id} is {source['threshold']}"
        )
        chain.end(Cause.MASKED_INTERRUPT, name, text)
    heard = bell.heard_ns is not None and bell.rung_ns is not None and bell.heard_ns >= bell.rung_ns
    if source["in_flight"] and not source["pending"] and not heard:
        text = (
            f"its interrupt, {name}, was forwarded, but it is not pending and nobody has claimed "
            "it: it was cleared in the clock in which it was set"
        )
        chain.end(Cause.CLEARED_INTERRUPT, name, text, bell.rung_ns)
    if source["in_flight"] and not source["pending"]:
        claimed = at(bell.heard_ns)
        text = f"its interrupt, {name}, was claimed{claimed} and has not been completed since"
        chain.end(Cause.INTERRUPTS_OFF, f"hart {bell.hart_id}", text, bell.heard_ns)


def _not_taken(chain: Chain, bell: Doorbell, so: str) -> None:
    """The interrupt waits at the hart."""
    if not bell.accepts:
        text = f"{so}, but {NAMES[bell.side]} has {bell.line} interrupts masked"
        chain.end(Cause.MASKED_INTERRUPT, f"hart {bell.hart_id} {bell.line} enable", text)
    text = f"{so}, and hart {bell.hart_id} does not take it: it runs with interrupts off"
    chain.end(Cause.INTERRUPTS_OFF, f"hart {bell.hart_id}", text, bell.rose_ns)


def _word_was_read(chain: Chain, bell: Doorbell) -> None:
    """The FIFO is empty: the side has read the word, or it never came there."""
    rung = bell.rung_ns or 0
    if bell.read_ns is None or bell.read_ns < rung:
        text = f"the FIFO of {bell.name} is empty and nobody has read it: the word was lost"
        chain.end(Cause.LOST_DOORBELL, bell.name, text, rung)
    wrong = bell.expected is not None and bell.read_value != bell.expected
    text = f"{NAMES[bell.side]} read {bell.read_value} from {bell.name}{at(bell.read_ns)}"
    if wrong:
        text += f", the ring's notify id is {bell.expected}"
        chain.end(Cause.WRONG_ID, bell.name, text, bell.read_ns)
    chain.add(text, bell.name, bell.read_ns)
