# SPDX-License-Identifier: Apache-2.0
"""The doorbells of a link: builds those that it has and holds what they tell against the rings."""

from __future__ import annotations

from collections.abc import Hashable

from sim.referee import doorbell_rules as rules
from sim.referee.device import DRIVER, VirtioDevice
from sim.referee.lines import Bell
from sim.referee.link import Link
from sim.referee.mailbox import SoftwareMailbox
from sim.referee.msgbox import OTHER_WORDS, MessageBox
from sim.referee.plain_doorbells import PlainDoorbells
from sim.referee.setup import Doorbells, LinkSetup, MessageFifos, StateWords
from sim.referee.side import Side
from sim.referee.watch import Watch


class Ringing:
    """The doorbells of `setup`; `device` is None where no resource table tells of the link."""

    def __init__(self, setup: LinkSetup, link: Link, device: VirtioDevice | None) -> None:
        self._link = link
        self._device = device
        self._box: MessageBox | None = None
        self._mailbox: SoftwareMailbox | None = None
        self._plain: PlainDoorbells | None = None
        doorbells, report, deadlines = setup.doorbells, link.report, link.deadlines
        cleared = not isinstance(doorbells, Doorbells) or bool(doorbells.clears)
        bells = {side: Bell(side, cleared, report, deadlines) for side in setup.lines.values()}
        self._lines = {name: bells[side] for name, side in setup.lines.items()}
        if isinstance(doorbells, StateWords):
            kicks = link.kicks
            self._mailbox = SoftwareMailbox(
                doorbells, kicks, report, deadlines, rung=self._rings, bells=bells
            )
        elif isinstance(doorbells, MessageFifos):
            self._box = MessageBox(doorbells, report, deadlines, self._word, bells)
        elif isinstance(doorbells, Doorbells):
            self._plain = PlainDoorbells(doorbells, self._plain_kick, bells)

    def watch(self, watch: Watch) -> None:
        """Look at the doorbells' registers."""
        for doorbells in (self._mailbox, self._box, self._plain):
            if doorbells is not None:
                doorbells.watch(watch)

    @property
    def rtos_is_behind(self) -> bool:
        """Tell whether the RTOS has not read all of Linux's words."""
        return self._box is not None and self._box.waiting(Side.RTOS)

    def line(self, name: Hashable, high: bool) -> None:
        """An interrupt line has an edge."""
        bell = self._lines.get(name)
        if bell is not None:
            bell.edge(high)

    def clear(self) -> None:
        """The link is down."""
        if self._mailbox is not None:
            self._mailbox.clear()

    def _rings(self, side: Side) -> bool:
        """A side rings. -> whether the link is up, which Linux's first doorbell says it is.

        Where no resource table has a status: the first one after buffers were made available.
        """
        link = self._link
        if side == Side.LINUX and not link.live and link.rings[0].avail_idx:
            link.up()
        return link.live

    def _plain_kick(self, side: Side, address: int, index: int | None) -> None:
        """A doorbell was rung that tells of one ring, or of all."""
        if self._device is None and not self._rings(side):
            return
        if index is not None:
            self._kick(side, address, index)
            return
        kicks = self._link.kicks
        news = [kicks.told(side, each) for each in self._link.rings]
        if not any(news):
            kicks.spurious(address, f"a doorbell of {side.name} without")

    def _word(self, side: Side, address: int, word: int) -> None:
        """A word was sent on the channel of the link."""
        device = self._device
        assert device is not None
        if word in OTHER_WORDS:
            return
        index = device.ring_of(word)
        if index is None:
            found = f"0x{word:x}"
            self._link.report.add(rules.MSGBOX_WORD, address, "a notify id", found)
        else:
            self._kick(side, address, index)

    def _kick(self, side: Side, address: int, index: int) -> None:
        """A side tells of a ring."""
        link, device = self._link, self._device
        if not link.live:
            # A driver that is removed still tells of its services' end, with the status at 0.
            if side == Side.LINUX and device is not None and device.status & DRIVER:
                found = f"a kick for vring {index}"
                link.report.add(rules.EARLY, address, "DRIVER_OK before", found)
            return
        ring = link.rings.get(index)
        full = side == Side.LINUX and ring is not None and len(ring.posted) == ring.num
        if not link.kicks.told(side, index) and not full:
            what = f"a kick of {side.name} for vring {index} without"
            link.kicks.spurious(address, what)
