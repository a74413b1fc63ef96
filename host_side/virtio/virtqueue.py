# SPDX-License-Identifier: Apache-2.0
"""A split virtqueue as a Linux driver uses it (drivers/virtio/virtio_ring.c).

Every access to the ring is one access on the bus, in the order of the original. The driver's own
state (indices, free list, tokens) is kept beside the ring; of what the device could have scribbled
over, only the NEXT flag of a completed descriptor is read back.

What every message passes through is a generator of requests (``_..._steps``) that the platform's
bus runs; requests that are always the same are made once, in the constructor.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from types import coroutine
from typing import Any, NamedTuple

from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR
from host_side.kernel.requests import LOAD, SERIES, STORE, Request, Steps
from host_side.virtio.layout import (
    AVAIL_F_NO_INTERRUPT,
    DESC_F_NEXT,
    DESC_F_WRITE,
    DESC_FLAGS,
    DESC_LEN,
    DESC_NEXT,
    DESC_SIZE,
    RING_ENTRIES,
    RING_IDX,
    USED_ENTRY_SIZE,
    USED_F_NO_NOTIFY,
    USED_ID,
    USED_LEN,
    VringLayout,
    need_event,
)

EIO, ENOSPC = 5, 28

Callback = Callable[["Virtqueue"], Awaitable[None]]
Notify = Callable[["Virtqueue"], Awaitable[bool]]


class RingState(NamedTuple):
    """The driver's own view of a ring, which it keeps beside the ring's memory."""

    number: int
    name: str
    layout: VringLayout
    avail_idx: int
    """Buffers offered so far (u16)."""
    last_used: int
    """Buffers got back so far (u16)."""
    num_free: int
    broken: bool
    no_interrupt: bool
    """The device was asked for no interrupts."""


class Virtqueue:
    """Driver side of one ring.

    ``name`` appears in messages, ``index`` is the queue number of the device. ``notify`` rings the
    device's doorbell and says whether that worked; ``callback`` is called by ``interrupt``. The
    ring's memory must be zero. ``prefix`` is the log prefix of the virtio device.
    """

    def __init__(
        self,
        platform: Platform,
        name: str,
        index: int,
        layout: VringLayout,
        notify: Notify,
        *,
        callback: Callback | None,
        event_idx: bool = False,
        prefix: str = "",
    ) -> None:
        self.name = name
        self.index = index
        self.layout = layout
        self.num = layout.num
        self.num_free = layout.num
        self.broken = False
        self.prefix = prefix
        self._platform = platform
        self._load = platform.bus.load
        self._store = platform.bus.store
        self._run = platform.bus.run
        self._notify = notify
        self._callback = callback
        self._event = event_idx
        self._event_triggered = False
        self._avail_idx = 0
        self._avail_flags = 0
        self._last_used = 0
        self._num_added = 0
        self.free_head = 0
        """Index of the descriptor that the next buffer gets."""
        self.last_head = 0
        """Index of the descriptor that the last completed buffer had."""
        self._next = [*range(1, layout.num), 0]
        self._tokens: list[object | None] = [None] * layout.num
        self._mask = layout.num - 1
        self._desc = layout.desc
        self._avail_flags_at = layout.avail
        self._avail_idx_at = layout.avail + RING_IDX
        self._avail_ring = layout.avail + RING_ENTRIES
        self._used_flags_at = layout.used
        self._used_idx_at = layout.used + RING_IDX
        self._used_ring = layout.used + RING_ENTRIES
        self._used_event = layout.used_event
        self._load_used_idx = (LOAD, self._used_idx_at, 2)
        self._load_used_flags = (LOAD, self._used_flags_at, 2)
        self._load_avail_event = (LOAD, layout.avail_event, 2)
        self._load_desc_flags = [
            (LOAD, self._desc + DESC_SIZE * head + DESC_FLAGS, 2) for head in range(self.num)
        ]
        self._load_used_element = [
            (SERIES, ((LOAD, slot + USED_ID, 4), (LOAD, slot + USED_LEN, 4)))
            for slot in range(self._used_ring, layout.avail_event, USED_ENTRY_SIZE)
        ]

    @property
    def progress(self) -> tuple[int, int]:
        """Buffers offered and got back so far (u16)."""
        return self._avail_idx, self._last_used

    def state(self) -> RingState:
        """Where the driver stands; reads nothing on the bus."""
        return RingState(
            self.index,
            self.name,
            self.layout,
            self._avail_idx,
            self._last_used,
            self.num_free,
            self.broken,
            bool(self._avail_flags & AVAIL_F_NO_INTERRUPT),
        )

    # Adding buffers.

    def add_outbuf(self, address: int, length: int, token: object) -> Awaitable[None]:
        """Offer ``length`` bytes for the device to read.

        LinuxError EIO on a broken ring; ENOSPC when it is full, after an unconditional notify.
        """
        if self.broken:
            raise LinuxError(EIO)
        if not self.num_free:
            return self._refuse_outbuf()
        return self._add(address, length, 0, token)

    async def _refuse_outbuf(self) -> None:
        await self._notify(self)
        raise LinuxError(ENOSPC)

    def add_inbuf(self, address: int, length: int, token: object) -> Awaitable[None]:
        """Offer ``length`` bytes for the device to write. LinuxError EIO, ENOSPC."""
        if self.broken:
            raise LinuxError(EIO)
        if not self.num_free:
            raise LinuxError(ENOSPC)
        return self._add(address, length, DESC_F_WRITE, token)

    def _add(self, address: int, length: int, flags: int, token: object) -> Awaitable[None]:
        steps = self._run(self._add_steps(address, length, flags, token))
        return self._then_kick(steps) if self._num_added == 0xFFFE else steps

    async def _then_kick(self, steps: Awaitable[None]) -> None:
        await steps
        await self.kick()

    @coroutine
    def _add_steps(self, address: int, length: int, flags: int, token: object) -> Steps:
        """One descriptor, one avail entry: NEXT is set with the flags, cleared at the end."""
        head = self.free_head
        desc = self._desc + DESC_SIZE * head
        following = self._next[head]
        described = (
            (STORE, desc + DESC_FLAGS, 2, flags | DESC_F_NEXT),
            (STORE, desc, 8, address),
            (STORE, desc + DESC_LEN, 4, length),
            (STORE, desc + DESC_NEXT, 2, following),
            self._load_desc_flags[head],
        )
        written = (yield (SERIES, described))[-1]
        self.num_free -= 1
        self.free_head = following
        self._tokens[head] = token
        avail = self._avail_idx
        self._avail_idx = new = (avail + 1) & 0xFFFF
        offered = (
            (STORE, desc + DESC_FLAGS, 2, written & ~DESC_F_NEXT),
            (STORE, self._avail_ring + 2 * (avail & self._mask), 2, head),
            (STORE, self._avail_idx_at, 2, new),
        )
        yield (SERIES, offered)
        self._num_added += 1

    # Notifying the device.

    def kick_prepare(self) -> Awaitable[bool]:
        """Whether the device wants to hear of the buffers added since the last call."""
        return self._run(self._kick_prepare_steps())

    @coroutine
    def _kick_prepare_steps(self) -> Generator[Request, int, bool]:
        new = self._avail_idx
        added, self._num_added = self._num_added, 0
        if self._event:
            event = yield self._load_avail_event
            return need_event(event, new, (new - added) & 0xFFFF)
        return not (yield self._load_used_flags) & USED_F_NO_NOTIFY

    async def notify(self) -> bool:
        """Ring the doorbell; False on a broken ring, or when the device is gone (now broken)."""
        if self.broken:
            return False
        if not await self._notify(self):
            self.broken = True
            return False
        return True

    async def kick(self) -> bool:
        """Ring the doorbell if the device wants that."""
        if await self.kick_prepare():
            return await self.notify()
        return True

    # Getting buffers back.

    def get_buf(self) -> Awaitable[tuple[object, int] | None]:
        """The next completed buffer: (token, used length), None when there is none.

        Its chain goes on top of the free list (LIFO), as far as the ring's NEXT flags say. A bad
        id breaks the ring for ever, with the kernel's message.
        """
        return self._run(self._get_buf_steps())

    @coroutine
    def _get_buf_steps(self) -> Generator[Request, Any, tuple[object, int] | None]:
        if self.broken:
            return None
        last = self._last_used
        if (yield self._load_used_idx) == last:
            return None
        head, length = yield self._load_used_element[last & self._mask]
        if head >= self.num:
            self._bad_ring(f"id {head} out of range")
            return None
        token = self._tokens[head]
        if token is None:
            self._bad_ring(f"id {head} is not a head!")
            return None
        self._tokens[head] = None
        self.last_head = head
        following = self._next
        tail = head
        while (yield self._load_desc_flags[tail]) & DESC_F_NEXT:
            tail = following[tail]
            self.num_free += 1
        following[tail] = self.free_head
        self.free_head = head
        self.num_free += 1
        self._last_used = last = (last + 1) & 0xFFFF
        if not self._avail_flags & AVAIL_F_NO_INTERRUPT:
            yield (STORE, self._used_event, 2, last)
        return token, length

    def _bad_ring(self, text: str) -> None:
        self._platform.printk(self.prefix, f"{self.name}:{text}", ERR)
        self.broken = True

    # Interrupts.

    async def interrupt(self) -> bool:
        """vring_interrupt(): call the callback if something was used; False for IRQ_NONE."""
        if await self._load(self._used_idx_at, 2) == self._last_used:
            return False
        if self.broken:
            return True
        if self._event:
            self._event_triggered = True
        if self._callback is not None:
            await self._callback(self)
        return True

    async def disable_cb(self) -> None:
        """Ask the device for no more interrupts (a hint)."""
        if self._event_triggered or self._avail_flags & AVAIL_F_NO_INTERRUPT:
            return
        self._avail_flags |= AVAIL_F_NO_INTERRUPT
        if self._event:
            await self._store(self._used_event, 2, 0)
        else:
            await self._store(self._avail_flags_at, 2, self._avail_flags)

    async def enable_cb(self) -> bool:
        """Ask for interrupts again; False when something was used meanwhile."""
        self._event_triggered = False
        if self._avail_flags & AVAIL_F_NO_INTERRUPT:
            self._avail_flags &= ~AVAIL_F_NO_INTERRUPT
            if not self._event:
                await self._store(self._avail_flags_at, 2, self._avail_flags)
        await self._store(self._used_event, 2, self._last_used)
        if self.broken:
            return True
        return await self._load(self._used_idx_at, 2) == self._last_used
