# SPDX-License-Identifier: Apache-2.0
"""Doorbells of the plain kind: a store tells of one ring, of the ring it names, or of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.referee.lines import Bell
from sim.referee.setup import ANY_RING, Doorbells
from sim.referee.side import Side
from sim.referee.watch import Watch

SIZES = (1, 2, 4, 8)


class PlainDoorbells:
    """The words of `setup`; `kick(side, address, ring)` is called when one was stored to.

    The ring is None where the doorbell tells of all.
    """

    def __init__(
        self,
        setup: Doorbells,
        kick: Callable[[Side, int, int | None], None],
        bells: Mapping[Side, Bell],
    ) -> None:
        self._setup = setup
        self._kick = kick
        self._bells = bells

    def watch(self, watch: Watch) -> None:
        """Look at stores of any size to the words."""
        words, clears = self._setup.words.items(), self._setup.clears.items()
        for size in SIZES:
            for address, (side, _) in words:
                watch.field(side, True, address, size, (self._stored, address))
            for address, side in clears:
                watch.field(side, True, address, size, (self._cleared, address))

    def _stored(self, address: int, value: int) -> None:
        side, index = self._setup.words[address]
        if side.other in self._bells:
            self._bells[side.other].rung(address)
        if index is None:
            self._kick(side, address, value)
        else:
            self._kick(side, address, None if index == ANY_RING else index)

    def _cleared(self, address: int, _value: int) -> None:
        side = self._setup.clears[address]
        if side in self._bells:
            self._bells[side].answered()
