# SPDX-License-Identifier: Apache-2.0
"""Doorbells of the plain kind: a store tells of one ring, of the ring it names, or of all."""

from __future__ import annotations

from collections.abc import Callable

from sim.referee.setup import ANY_RING, Doorbells
from sim.referee.side import Side
from sim.referee.watch import Watch

SIZES = (1, 2, 4, 8)


class PlainDoorbells:
    """The words of `setup`; `kick(side, address, ring)` is called when one was stored to.

    The ring is None where the doorbell tells of all.
    """

    def __init__(self, setup: Doorbells, kick: Callable[[Side, int, int | None], None]) -> None:
        self._words = setup.words
        self._kick = kick

    def watch(self, watch: Watch) -> None:
        """Look at stores of any size to the words."""
        for address, (side, _) in self._words.items():
            for size in SIZES:
                watch.field(side, True, address, size, (self._stored, address))

    def _stored(self, address: int, value: int) -> None:
        side, index = self._words[address]
        if index is None:
            self._kick(side, address, value)
        else:
            self._kick(side, address, None if index == ANY_RING else index)
