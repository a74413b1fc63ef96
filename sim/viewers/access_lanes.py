# SPDX-License-Identifier: Apache-2.0
"""The lanes that each bus access changes: what a hart does on the bus, a mailbox's states."""

from __future__ import annotations

from sim.boards.model import Board, MailboxLink
from sim.decode.bus_access import BusAccess
from sim.lanes import Lane
from sim.referee.mailbox import WORDS
from sim.viewers.addresses import AddressNames

VALUE_BYTES = 8
MAILBOX_BITS = 2


class AccessLanes:
    """Takes the accesses of each hart in the order in which they ended."""

    def __init__(self, board: Board, names: AddressNames) -> None:
        self._names = names
        self._bus = {hart.index: Lane(f"hart{hart.index}_bus") for hart in board.harts}
        self._mailbox = _mailbox_lanes(board)
        self._texts: dict[tuple[bool, int, int, int | None, int], str] = {}

    def forget_names(self) -> None:
        """Ask for the names of addresses anew: some have changed."""
        self._texts.clear()

    def take(self, access: BusAccess) -> None:
        """Take an access that was decoded."""
        data = access.data
        value = None if data is None else int.from_bytes(data[:VALUE_BYTES], "little")
        what = (access.write, access.address, access.length, value, access.response)
        self.add(access.hart, access.begin_ns, access.time_ns, what)

    def add(
        self, hart: int, begin_ns: int, end_ns: int, what: tuple[bool, int, int, int | None, int]
    ) -> None:
        """Take an access; ``what`` is write, address, length, value of up to 8 bytes, response.

        The value of what is longer is that of its first 8 bytes; None is one that is not known.
        """
        text = self._texts.get(what)
        if text is None:
            text = self._texts[what] = self._operation(*what)
        lane = self._bus[hart]
        lane.set(begin_ns, text)
        lane.set(end_ns, "")
        if what[1] in self._mailbox and what[3] is not None and not what[4]:
            self._mailbox[what[1]].set(end_ns, what[3] & (1 << MAILBOX_BITS) - 1)

    def _operation(
        self, write: bool, address: int, length: int, value: int | None, response: int
    ) -> str:
        what = f"{'write' if write else 'read'} {self._names.name(address)}"
        if response:
            return f"{what} refused"
        if length > VALUE_BYTES:
            return f"{what}, {length} bytes"
        return f"{what} = ?" if value is None else f"{what} = 0x{value:x}"

    @property
    def bus(self) -> list[Lane]:
        """Return for each hart what it does on the bus, by name, with a word's value."""
        return [lane for lane in self._bus.values() if lane.changes]

    @property
    def mailbox(self) -> list[Lane]:
        """Return the state words of a mailbox in memory, which has no signals."""
        return list(self._mailbox.values())


def _mailbox_lanes(board: Board) -> dict[int, Lane]:
    link = board.rpmsg
    if not isinstance(link, MailboxLink):
        return {}
    return {
        link.mailbox.base + offset: Lane(f"mailbox_{side.name.lower()}", MAILBOX_BITS)
        for offset, side in WORDS.items()
    }
