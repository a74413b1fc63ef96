# SPDX-License-Identifier: Apache-2.0
"""Where a real kernel has its rings and buffers: as it says in the resource table, and offers."""

from __future__ import annotations

from collections.abc import Iterator

from sim.boards.model import Board, Region
from sim.decode.ring import RingPlace
from sim.life.message import HEADER_BYTES, Ring
from sim.referee.ring_layout import RingShape
from sim.referee.setup_of_board import setup_of
from sim.referee.vdev_table import Vring, find_table

_DESCRIPTOR_BYTES, _ADDRESS_BYTES = 16, 8


class KernelPlaces:
    """Follows what Linux reads and writes."""

    def __init__(self, board: Board) -> None:
        link = board.rpmsg
        self._path = str(board.source)
        self._offset = setup_of(board).memory_offset
        self._bytes = 2 * link.rings.num * (link.rings.payload + HEADER_BYTES)
        self._entries: dict[int, tuple[Ring, Vring]] = {}
        self._receives: int | None = None

    def access(self, time_ns: int, write: bool, address: int, data: bytes) -> Iterator[RingPlace]:
        """Yield a ring whose address an access of Linux puts into the table.

        The table is found where Linux writes or reads it as a whole.
        """
        table = find_table(address, data)
        if table is not None:
            self._entries = {
                entry.at: (ring, entry) for ring, entry in zip(Ring, table.vrings, strict=True)
            }
        elif write and address in self._entries:
            ring, entry = self._entries[address]
            shape = RingShape(int.from_bytes(data, "little"), entry.num, entry.align)
            if ring is Ring.TO_LINUX:
                self._receives = shape.base
            yield RingPlace(time_ns, ring, shape)

    def pool(self, address: int, data: bytes) -> Region | None:
        """Return where the buffers lie, if a store of the kernel's says that.

        They are one block (virtio_rpmsg_bus.c, rpmsg_probe()), which is offered from its start on.
        """
        if address != self._receives or len(data) != _DESCRIPTOR_BYTES:
            return None
        self._receives = None
        base = int.from_bytes(data[:_ADDRESS_BYTES], "little") + self._offset
        return Region("buffers", base, self._bytes, self._path)
