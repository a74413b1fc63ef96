# SPDX-License-Identifier: Apache-2.0
"""One buffer as the controller keeps it (struct rpbuf_buffer), and its user's callbacks."""

from __future__ import annotations

from enum import IntFlag

from host_side.kernel.platform import WaitQueue
from host_side.rpbuf.layout import NAME_SIZE, Created, name_field


class State(IntFlag):
    """What happens to a buffer right now."""

    NONE = 0
    GETNOTIFY = 1
    """The remote has acknowledged."""
    DESTROYED = 2
    WORKING = 4
    """A callback of its user runs."""


class BufferUser:
    """Callbacks of who allocated a buffer (struct rpbuf_buffer_cbs)."""

    acknowledges = False
    """The user sends the ACK itself, when it has taken the data."""

    async def available(self, buffer: Buffer) -> None:
        """Both sides have allocated it now."""

    async def received(self, buffer: Buffer, offset: int, length: int) -> None:
        """The remote has put ``length`` bytes at ``offset``; neither was checked."""

    async def destroyed(self, buffer: Buffer) -> None:
        """The remote has freed it."""


class Buffer:
    """A buffer of ``length`` bytes; the remote (the slave) decides ``id``.

    ``pa`` is its address in shared memory when ``allocated``.
    """

    def __init__(
        self, name: str, length: int, wait: WaitQueue, user: BufferUser | None = None
    ) -> None:
        self.name = name
        self.id = 0
        self.len = length
        self.pa = 0
        self.da = 0
        self.user = user
        self.wait = wait
        self.state = State.NONE
        self.sync = False
        """Transmitting waits for the remote's ACK."""
        self.allocated = False
        self.offline = False
        """The remote went away while it was available."""
        self.need_ack = False

    def created(self, available: bool) -> Created:
        """What the other side is told of it."""
        name = name_field(self.name)
        return Created(name, self.id, self.len & 0xFFFFFFFF, self.pa, self.da, int(available))

    def take_over(self, other: Buffer) -> None:
        """Stand for what ``other`` stood for."""
        self.id, self.pa, self.da, self.allocated = other.id, other.pa, other.da, other.allocated


def valid_name(name: str) -> bool:
    """Names have 1 to 31 bytes."""
    return 1 <= len(name) < NAME_SIZE
