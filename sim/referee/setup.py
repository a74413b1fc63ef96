# SPDX-License-Identifier: Apache-2.0
"""A link as plain values: who is on which side, and where rings, buffers and doorbells lie."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from sim.referee.ring_layout import RingShape
from sim.referee.side import Side


@dataclass(frozen=True, slots=True)
class StateWords:
    """StarFive's mailbox: state words from `base` on, and the words that raise an interrupt.

    `ipis` gives the side that is interrupted by each such word (msip), by its address.
    """

    base: int
    ipis: Mapping[int, Side]


@dataclass(frozen=True, slots=True)
class MessageFifos:
    """Allwinner's message box: the side that reads each register block, by its address.

    `slot` is the number of the remote in a block, `channel` the one that kicks go through.
    """

    blocks: Mapping[int, Side]
    slot: int
    channel: int


ANY_RING = -1
"""Stands for the number of a ring where one doorbell tells of both."""


@dataclass(frozen=True, slots=True)
class Doorbells:
    """Words that a side stores to in order to tell the other of a ring's news, by their address.

    Each has the side that rings and the number of the ring, or :data:`ANY_RING`, or None where the
    value that is stored is the ring's number. `clears` are words that a side stores to in order to
    clear its interrupt; with none, the fall of its line is that.
    """

    words: Mapping[int, tuple[Side, int | None]]
    clears: Mapping[int, Side] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSetup:
    """What the referee has to know of a link.

    `masters` gives the side of each bus master by its number. `buffers` is the memory of all
    message buffers, each of `payload` bytes and a header of 16. `rings` are where they are said to
    be; with none, they are found in the resource table, which then lies in the RTOS's own memory,
    or in `tables`, and `carveouts` says where Linux may put them (vdev0vring0, vdev0vring1; with
    none, anywhere). `memory_offset` is added to the addresses in descriptors, which are Linux's
    own, to give those of the bus. `own` is what only that side writes. `lines` are the interrupt
    lines of doorbells, by any name, and whom they interrupt. `rtos_master` is whose reset ends the
    link. With `consumed_notify` the RTOS also tells of buffers that it has given back.
    """

    masters: Mapping[int, Side]
    buffers: range
    rings: tuple[RingShape, ...] = ()
    carveouts: Mapping[str, range] = field(default_factory=dict)
    tables: tuple[range, ...] = ()
    memory_offset: int = 0
    payload: int = 496
    doorbells: StateWords | MessageFifos | Doorbells | None = None
    lines: Mapping[Hashable, Side] = field(default_factory=dict)
    consumed_notify: bool = False
    own: Mapping[Side, tuple[range, ...]] = field(default_factory=dict)
    rpbuf: range | None = None
    rtos_master: int | None = None

    @property
    def queued(self) -> bool:
        """Tell whether Linux's kicks wait in its mailbox framework."""
        return isinstance(self.doorbells, MessageFifos)

    @property
    def ring_memory(self) -> tuple[range, ...]:
        """Where the rings are or may be."""
        if self.rings:
            return tuple(range(shape.base, shape.end) for shape in self.rings)
        names = (f"vdev0vring{index}" for index in range(2))
        return tuple(self.carveouts[name] for name in names if name in self.carveouts)
