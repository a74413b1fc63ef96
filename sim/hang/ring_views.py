# SPDX-License-Identifier: Apache-2.0
"""Both rings as memory has them, and as each side counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.hang.facts import Ring
from sim.hang.places import ring_shapes

if TYPE_CHECKING:
    from host_side.kernel.snapshot import LinuxSnapshot
    from sim.boards.model import Board
    from sim.hang.history import History
    from sim.linux_peer.state import PeerState
    from sim.records import Record

Load = Callable[[int, int], int]


class Place(NamedTuple):
    """Where a ring lies; all of it 0 for one that a real kernel has not made yet."""

    entries: int = 0
    desc: int = 0
    avail: int = 0
    used: int = 0


class LinuxCounts(NamedTuple):
    """The two indices of a ring that Linux keeps to itself; None: nobody knows."""

    offered: int | None = None
    got_back: int | None = None


def ring_places(board: Board, kernel: PeerState | None) -> tuple[Place, ...]:
    """Return both rings: of the board's link, or those that a real kernel has told of."""
    if not board.real_linux:
        return tuple(Place(s.num, s.base, s.avail, s.used) for s in ring_shapes(board))
    made = {ring.number: Place(*ring[1:]) for ring in kernel.rings} if kernel else {}
    return tuple(made.get(number, Place()) for number in range(2))


def model_counts(linux: LinuxSnapshot | None, number: int) -> LinuxCounts:
    """Return what the model of Linux counts in a ring."""
    rings = linux.rings if linux is not None else ()
    return next(
        (LinuxCounts(r.avail_idx, r.last_used) for r in rings if r.number == number), LinuxCounts()
    )


def kernel_counts(place: Place, avail: int, number: int) -> LinuxCounts:
    """Return what a real kernel counts, as far as its stores tell.

    virtio_rpmsg_bus.c fills the ring that it receives from with as many buffers as it has entries,
    and offers a buffer again as soon as it has read the message in it: what it has offered since
    then is what it has read. Of the other ring it shows nothing.
    """
    return LinuxCounts(avail, (avail - place.entries) & 0xFFFF if number == 0 else None)


class RingViews:
    """Reads the rings with ``load``; ``rtos`` are the RTOS's rings as its snapshot has them."""

    def __init__(
        self,
        places: tuple[Place, ...],
        load: Load,
        history: History,
        when: Callable[[Record | None], int | None],
        rtos: list[Mapping[str, Any]],
    ) -> None:
        self._places = places
        self._load = load
        self._history = history
        self._when = when
        self._rtos = rtos

    def index(self, number: int) -> int:
        """Return the avail index of a ring in memory."""
        return self._load(self._places[number].avail + 2, 2) if self._places[number].entries else 0

    def ring(self, number: int, linux: LinuxCounts, taken_ns: int | None) -> Ring:
        """Return a ring with Linux's counts; ``taken_ns``: when the RTOS took of it last."""
        place = self._places[number]
        if not place.entries:
            return Ring(number, 0, 0, 0, None, None, None)
        load = self._load
        avail, used = self.index(number), load(place.used + 2, 2)
        taken = next((r["taken"] for r in self._rtos if r["descriptors"] == place.desc), None)
        newest = avail if linux.offered is None else linux.offered
        return Ring(
            number,
            place.entries,
            avail,
            used,
            linux.offered,
            linux.got_back,
            taken,
            self._stored(place.avail + 2),
            self._stored(place.used + 2),
            self._stored(place.avail + 4 + 2 * ((newest - 1) % place.entries)),
            self._stored(place.used + 4 + 8 * (used % place.entries)),
            load(place.avail, 2),
            load(place.used, 2),
            taken_ns,
        )

    def _stored(self, address: int) -> int | None:
        return self._when(self._history.last_store(address))
