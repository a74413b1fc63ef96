# SPDX-License-Identifier: Apache-2.0
"""The driver's virtqueue against a device that was written from the virtio layout alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from host_side.kernel.errors import LinuxError
from host_side.virtio.layout import vring_layout
from host_side.virtio.virtqueue import Virtqueue
from tests.host_side.virtio.flat_platform import FlatPlatform

BASE = 0x8000_0000


class VirtqueueAgainstDevice(RuleBasedStateMachine):
    """Buffers are added, consumed, completed in any order, and collected again.

    The model: ``posted`` (added, device has not looked), ``held`` (device has it), ``done``
    (completed, driver has not collected). Indices start just below the 16-bit wrap-around.
    """

    @initialize(
        num=st.sampled_from([1, 2, 4, 8]),
        align=st.sampled_from([4, 16, 64, 4096]),
        aligned=st.booleans(),
        event=st.booleans(),
        start=st.sampled_from([0, 0xFFFE]),
    )
    def create(self, num: int, align: int, aligned: bool, event: bool, start: int) -> None:
        self.platform = FlatPlatform(BASE, 0x4000)
        self.ring = vring_layout(num, align, BASE, aligned)
        self.num, self.event = num, event
        self.kicks = 0
        self.callbacks = 0
        self.posted: list[tuple[int, int, int]] = []
        self.held: dict[int, tuple[int, int, int]] = {}
        self.done: list[tuple[int, int]] = []
        self.seen = self.used_idx = start
        self.unkicked = 0
        self.serial = 0
        self.vq = Virtqueue(
            self.platform,
            "vq",
            0,
            self.ring,
            self._notify,
            callback=self._callback,
            event_idx=event,
            prefix="dev",
        )
        # Long-lived rings start anywhere: put both ends at the same index.
        self.vq._avail_idx = self.vq._last_used = start
        self.platform.put(self.ring.avail + 2, 2, start)
        self.platform.put(self.ring.used + 2, 2, start)
        self.platform.put(self.ring.avail_event, 2, start)

    async def _notify(self, vq: Virtqueue) -> bool:
        self.kicks += 1
        return True

    async def _callback(self, vq: Virtqueue) -> None:
        self.callbacks += 1

    @rule(length=st.integers(1, 512), writable=st.booleans())
    def add(self, length: int, writable: bool) -> None:
        self.serial += 1
        add = self.vq.add_inbuf if writable else self.vq.add_outbuf
        address = 0x1000 * self.serial
        kicks = self.kicks
        if len(self.posted) + len(self.held) + len(self.done) == self.num:
            with pytest.raises(LinuxError) as caught:
                self.platform.run(add(address, length, self.serial))
            assert caught.value.errno == 28
            assert self.kicks == kicks + (not writable)
            return
        self.platform.run(add(address, length, self.serial))
        self.posted.append((address, length, 2 if writable else 0))
        self.unkicked += 1

    @rule()
    def kick(self) -> None:
        kicks = self.kicks
        wanted = not self.platform.get(self.ring.used, 2) & 1
        if self.event:
            event = self.platform.get(self.ring.avail_event, 2)
            new = self.platform.get(self.ring.avail + 2, 2)
            wanted = (event - (new - self.unkicked)) & 0xFFFF < self.unkicked
        assert self.platform.run(self.vq.kick())
        assert self.kicks == kicks + wanted
        self.unkicked = 0

    @rule(on=st.booleans())
    def device_suppresses(self, on: bool) -> None:
        self.platform.put(self.ring.used, 2, int(on))
        if not on:
            self.platform.put(self.ring.avail_event, 2, self.seen)

    @precondition(lambda self: self.posted)
    @rule()
    def device_takes(self) -> None:
        assert self.platform.get(self.ring.avail + 2, 2) != self.seen
        slot = self.ring.avail + 4 + 2 * (self.seen % self.num)
        head = self.platform.get(slot, 2)
        desc = self.ring.desc + 16 * head
        get = self.platform.get
        entry = get(desc, 8), get(desc + 8, 4), get(desc + 12, 2)
        assert entry == self.posted.pop(0)
        assert head not in self.held
        self.held[head] = entry
        self.seen = (self.seen + 1) & 0xFFFF

    @precondition(lambda self: self.held)
    @rule(data=st.data(), length=st.integers(0, 0xFFFFFFFF))
    def device_completes(self, data: Any, length: int) -> None:
        head = data.draw(st.sampled_from(sorted(self.held)))
        address = self.held.pop(head)[0]
        slot = self.ring.used + 4 + 8 * (self.used_idx % self.num)
        self.platform.put(slot, 4, head)
        self.platform.put(slot + 4, 4, length)
        self.used_idx = (self.used_idx + 1) & 0xFFFF
        self.platform.put(self.ring.used + 2, 2, self.used_idx)
        self.done.append((address // 0x1000, length))

    @rule()
    def collect(self) -> None:
        expected = self.done.pop(0) if self.done else None
        assert self.platform.run(self.vq.get_buf()) == expected

    @rule()
    def interrupt(self) -> None:
        callbacks = self.callbacks
        assert self.platform.run(self.vq.interrupt()) == bool(self.done)
        assert self.callbacks == callbacks + bool(self.done)

    @rule()
    def disable(self) -> None:
        self.platform.run(self.vq.disable_cb())
        if not self.event:
            assert self.platform.get(self.ring.avail, 2) == 1

    @rule()
    def enable(self) -> None:
        assert self.platform.run(self.vq.enable_cb()) == (not self.done)
        assert self.platform.get(self.ring.avail, 2) == 0
        collected = (self.used_idx - len(self.done)) & 0xFFFF
        assert self.platform.get(self.ring.used_event, 2) == collected

    @invariant()
    def indices_agree(self) -> None:
        if hasattr(self, "vq"):
            assert self.platform.log == []
            assert not self.vq.broken
            available = (self.seen + len(self.posted)) & 0xFFFF
            assert self.platform.get(self.ring.avail + 2, 2) == available
            in_use = len(self.posted) + len(self.held) + len(self.done)
            assert self.vq.num_free == self.num - in_use


TestVirtqueueAgainstDevice = VirtqueueAgainstDevice.TestCase
TestVirtqueueAgainstDevice.settings = settings(max_examples=60, stateful_step_count=60)
