# SPDX-License-Identifier: Apache-2.0
"""One ring as its observer knows it: what was published, what the device has, who wrote what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sim.referee import ring_rules as rules
from sim.referee.descriptors import Descriptor, DescriptorTable
from sim.referee.ring_layout import DESC_OFFSETS, DRIVER_FIELDS, Field, RingShape
from sim.referee.side import Side
from sim.referee.violations import Report
from sim.referee.watch import POLLED, OnField, Watch, field_key

U16 = 0x10000
_HALF = 4
"""Bytes of half an address."""


class RingListener(Protocol):
    """What the link does when a ring moves."""

    live: bool
    features: int
    memory_offset: int

    def offered(self, ring: Ring, descriptor: Descriptor) -> None:
        """The driver has made a buffer available."""

    def returned(self, ring: Ring, descriptor: Descriptor, length: int) -> None:
        """The device has returned a buffer."""

    def published(self, ring: Ring, side: Side, old: int, new: int) -> None:
        """A side has moved its index."""


class Ring:
    """The state of the ring `index` from `shape`, kept from the accesses of both sides.

    Vring 0 carries messages to Linux, vring 1 messages to the RTOS. A ring that is not `attached`
    is memory that a driver may still write to, with nobody on the other side.
    """

    def __init__(
        self, index: int, shape: RingShape, listener: RingListener, report: Report
    ) -> None:
        self.index = index
        self.shape = shape
        self.num = shape.num
        self.mask = shape.num - 1
        self.listener = listener
        self._report = report
        self._spans = {at: size for at, (_, _, size) in shape.fields().items()}
        self.attached = True
        self.clear()

    @property
    def sender(self) -> Side:
        """The side whose messages this ring carries."""
        return Side.RTOS if self.index == 0 else Side.LINUX

    def clear(self) -> None:
        """Forget everything: the ring's memory is zero."""
        self.table = DescriptorTable(self.num, self.listener.memory_offset)
        self.avail_idx = self.used_idx = 0
        self.avail_flags = self.used_flags = 0
        self.used_event = self.avail_event = 0
        self.entries = [0] * self.num
        self.elements = [[0, 0] for _ in range(self.num)]
        self.posted: dict[int, Descriptor] = {}
        self._fresh_entries: set[int] = set()
        self._fresh_elements: set[int] = set()
        self._taken: int | None = 0
        self._consumed: int | None = 0

    # Accesses.

    def watch(self, watch: Watch) -> None:
        """Look at the fields of the ring from now on."""
        writes = {
            Field.DESC_ADDR: self._desc_addr,
            Field.DESC_LEN: self._desc_len,
            Field.DESC_FLAGS: self._desc_flags,
            Field.DESC_NEXT: self._desc_next,
            Field.AVAIL_FLAGS: self._avail_flags,
            Field.AVAIL_IDX: self._avail_index,
            Field.AVAIL_ENTRY: self._avail_entry,
            Field.USED_FLAGS: self._used_flags,
            Field.USED_IDX: self._used_index,
            Field.USED_ID: self._used_id,
            Field.USED_LEN: self._used_len,
            Field.USED_EVENT: self._used_event,
            Field.AVAIL_EVENT: self._avail_event,
        }
        reads = {
            (Side.RTOS, Field.AVAIL_ENTRY): self._take,
            (Side.RTOS, Field.DESC_ADDR): self._describe,
            (Side.LINUX, Field.USED_ID): self._consume,
        }
        foreign = {Side.LINUX: self._device_field, Side.RTOS: self._driver_field}
        for at, (field, number, size) in self.shape.fields().items():
            owner = Side.LINUX if field in DRIVER_FIELDS else Side.RTOS
            watch.field(owner, True, at, size, (writes[field], number))
            watch.field(owner.other, True, at, size, (foreign[owner.other], at))
            for side in Side:
                look = reads.get((side, field))
                watch.field(side, False, at, size, (look, number) if look else POLLED)
            if field is Field.DESC_ADDR:
                self._watch_halves(watch, at, number)

    def _watch_halves(self, watch: Watch, at: int, number: int) -> None:
        """Look at an address that a bus of 32 bits carries in two parts."""
        for half in range(2):
            part = at + _HALF * half
            watch.field(Side.LINUX, True, part, _HALF, (self._desc_addr_half, 2 * number + half))
            watch.field(Side.RTOS, True, part, _HALF, (self._driver_field, part))
            watch.field(Side.RTOS, False, part, _HALF, (self._describe, number))
            watch.field(Side.LINUX, False, part, _HALF, POLLED)

    def forget(self, watch: Watch) -> None:
        """Look at them no more."""
        for at, size in self._spans.items():
            watch.forget(at, size)
            if size == 2 * _HALF:
                watch.forget(at, _HALF)
                watch.forget(at + _HALF, _HALF)

    def block(self, watch: Watch, side: Side, write: bool, address: int, data: bytes) -> None:
        """Follow an access that is not to one field in its own size: cut it into fields.

        A read may be wider than what was asked for, as on AXI4-Lite: of entries and elements only
        the next one in order is taken for read.
        """
        if write and _zeroes(address, data, self.shape.base):
            if self.listener.live and self.attached:
                found = f"{len(data)} zeros"
                self._report.add(rules.CLEARED_LIVE, address, "no clearing", found)
            self.clear()
            return
        fields = watch.fields[side][write]
        beside = self._beside()
        at, end = address, address + len(data)
        while at < end:
            size = self._spans.get(at, 1)
            look = fields.get(field_key(at, size)) if at + size <= end else None
            if look is not None and (write or not beside(*look)):
                offset = at - address
                look[0](look[1], int.from_bytes(data[offset : offset + size], "little"))
            at += size

    def _beside(self) -> Callable[[OnField, int], bool]:
        """Return what tells whether a look at an entry or element is not at the one now next."""
        following = (
            (self._take, self._taken, self.avail_idx),
            (self._consume, self._consumed, self.used_idx),
        )

        def beside(look: OnField, slot: int) -> bool:
            for read, next_one, published in following:
                if look == read and next_one is not None:
                    return slot != next_one & self.mask or next_one == published
            return False

        return beside

    def _driver_field(self, at: int, value: int) -> None:
        """The device stores to what is the driver's."""
        if not self.attached:
            return
        self._report.add(
            rules.DEVICE_WRITES_DRIVER, at, "the driver's write", f"the RTOS's 0x{value:x}"
        )

    def _device_field(self, at: int, value: int) -> None:
        """The driver stores to what is the device's; its zeros clear that in the set-up."""
        if self.attached and (value or self.listener.live):
            self._report.add(
                rules.DRIVER_WRITES_DEVICE, at, "the device's write", f"Linux's 0x{value:x}"
            )

    # Descriptors.

    def _desc_addr(self, number: int, value: int) -> None:
        self._desc(Field.DESC_ADDR, number, value)

    def _desc_addr_half(self, half: int, value: int) -> None:
        number, shift = half >> 1, 8 * _HALF * (half & 1)
        before = self.table.words[number][Field.DESC_ADDR]
        kept = before & ~(0xFFFFFFFF << shift)
        self._desc(Field.DESC_ADDR, number, kept | value << shift)

    def _desc_len(self, number: int, value: int) -> None:
        self._desc(Field.DESC_LEN, number, value)

    def _desc_flags(self, number: int, value: int) -> None:
        self._desc(Field.DESC_FLAGS, number, value)

    def _desc_next(self, number: int, value: int) -> None:
        self._desc(Field.DESC_NEXT, number, value)

    def _desc(self, field: Field, number: int, value: int) -> None:
        words = self.table.words[number]
        if number in self.posted and words[field] != value:
            at = self.shape.base + 16 * number + DESC_OFFSETS[field]
            self._report.add(rules.DESC_IN_USE, at, "no write before its return", f"0x{value:x}")
        words[field] = value

    # The driver's part.

    def _avail_flags(self, _number: int, value: int) -> None:
        if value & ~1:
            self._report.add(rules.AVAIL_FLAGS, self.shape.avail, "0 or 1", f"0x{value:x}")
        self.avail_flags = value

    def _used_event(self, _number: int, value: int) -> None:
        self.used_event = value

    def _avail_entry(self, number: int, value: int) -> None:
        self.entries[number] = value
        self._fresh_entries.add(number)

    def _avail_index(self, _number: int, new: int) -> None:
        if not self.attached:
            return
        old, self.avail_idx = self.avail_idx, new
        count = self._advance(old, new, "avail")
        for step in range(count):
            self._offer((old + step) & self.mask)
        if count:
            self.listener.published(self, Side.LINUX, old, new)

    def _advance(self, old: int, new: int, part: str) -> int:
        """Return by how many entries an index has moved; 0 when it moved where it may not."""
        at, room = self.shape.avail + 2, self.num - len(self.posted)
        back, jump, whose = rules.AVAIL_BACK, rules.AVAIL_OVERRUN, "free descriptors"
        if part == "used":
            at, room = self.shape.used + 2, len(self.posted)
            back, jump, whose = rules.USED_BACK, rules.USED_JUMP, "buffers of the device"
        count = (new - old) % U16
        if count >= U16 // 2:
            self._report.add(back, at, f"at least {old}", f"{new}")
            return 0
        if count > room:
            self._report.add(jump, at, f"{old} and at most {room} {whose}", f"{new}")
            return min(count, self.num)
        if count == 0 and part == "avail" and (new or self.posted):
            self._report.add(rules.AVAIL_EMPTY, at, f"another value than {old}", f"{new}")
        return count

    def _offer(self, slot: int) -> None:
        at = self.shape.avail + 4 + 2 * slot
        if slot not in self._fresh_entries:
            self._report.add(
                rules.AVAIL_STALE, at, "a write to the entry", "none since its last use"
            )
        self._fresh_entries.discard(slot)
        head = self.entries[slot]
        if head >= self.num:
            self._report.add(rules.HEAD_RANGE, at, f"less than {self.num}", f"{head}")
        elif head in self.posted:
            self._report.add(
                rules.HEAD_IN_USE, at, "a free descriptor", f"{head}, not returned yet"
            )
        else:
            device_writes = self.index == 0
            descriptor = self.table.descriptor(head)
            self.table.check(
                head, self.shape.base, device_writes, self.listener.features, self._report
            )
            self.posted[head] = descriptor
            self.listener.offered(self, descriptor)

    # The device's part.

    def _early(self, at: int, value: int) -> None:
        if self.attached:
            self._report.add(rules.WRITTEN_EARLY, at, "no write yet", f"0x{value:x}")

    def _used_flags(self, _number: int, value: int) -> None:
        if not self.listener.live:
            self._early(self.shape.used, value)
        if value & ~1:
            self._report.add(rules.USED_FLAGS, self.shape.used, "0 or 1", f"0x{value:x}")
        self.used_flags = value

    def _avail_event(self, _number: int, value: int) -> None:
        self.avail_event = value

    def _used_id(self, number: int, value: int) -> None:
        if not self.listener.live:
            self._early(self.shape.used + 4 + 8 * number, value)
        self.elements[number][0] = value
        self._fresh_elements.add(number)

    def _used_len(self, number: int, value: int) -> None:
        self.elements[number][1] = value

    def _used_index(self, _number: int, new: int) -> None:
        if not self.attached:
            return
        if not self.listener.live:
            self._early(self.shape.used + 2, new)
        old, self.used_idx = self.used_idx, new
        count = self._advance(old, new, "used")
        for step in range(count):
            self._return((old + step) & self.mask)
        if count:
            self.listener.published(self, Side.RTOS, old, new)

    def _return(self, slot: int) -> None:
        at = self.shape.used + 4 + 8 * slot
        if slot not in self._fresh_elements:
            self._report.add(
                rules.USED_STALE, at, "a write to the element", "none since its last use"
            )
        self._fresh_elements.discard(slot)
        head, length = self.elements[slot]
        if head >= self.num:
            self._report.add(rules.USED_RANGE, at, f"less than {self.num}", f"{head}")
            return
        descriptor = self.posted.pop(head, None)
        if descriptor is None:
            self._report.add(rules.USED_NOT_POSTED, at, "a buffer of the device", f"{head}")
            return
        if not descriptor.taken:
            self._report.add(
                rules.USED_NOT_TAKEN, at, f"a read of descriptor {head} before", "none"
            )
        if length > descriptor.length:
            self._report.add(rules.USED_LENGTH, at + 4, f"at most {descriptor.length}", f"{length}")
        self.listener.returned(self, descriptor, length)

    # Reads.

    def _describe(self, head: int, _value: int) -> None:
        """The device reads a descriptor."""
        if head in self.posted:
            self.posted[head].taken = True

    def _take(self, slot: int, _value: int) -> None:
        """The device reads an available entry: the next one, and one that is published."""
        if not self.attached:
            return
        at = self.shape.avail + 4 + 2 * slot
        if self._taken is not None and slot != self._taken & self.mask:
            expected = f"entry {self._taken & self.mask}"
            self._report.add(rules.TAKEN_OUT_OF_ORDER, at, expected, f"entry {slot}")
            self._taken = None
        if self._taken is None:
            self._taken = self._guess(slot, self.used_idx)
        if (self.avail_idx - self._taken - 1) % U16 >= U16 // 2:
            expected = f"an index above {self._taken}"
            self._report.add(rules.TAKEN_UNPUBLISHED, at, expected, f"{self.avail_idx}")
        self._taken = (self._taken + 1) % U16

    def _consume(self, slot: int, _value: int) -> None:
        """The driver reads a used element: the next one, and one that is published."""
        if not self.attached:
            return
        at = self.shape.used + 4 + 8 * slot
        if self._consumed is not None and slot != self._consumed & self.mask:
            expected = f"element {self._consumed & self.mask}"
            self._report.add(rules.CONSUMED_OUT_OF_ORDER, at, expected, f"element {slot}")
            self._consumed = None
        if self._consumed is None:
            self._consumed = self._guess(slot, self.used_idx - self.num)
        if (self.used_idx - self._consumed - 1) % U16 >= U16 // 2:
            expected = f"an index above {self._consumed}"
            self._report.add(rules.CONSUMED_UNPUBLISHED, at, expected, f"{self.used_idx}")
        self._consumed = (self._consumed + 1) % U16

    def _guess(self, slot: int, oldest: int) -> int:
        """Return the first index from `oldest` whose entry lies in `slot`."""
        return (oldest + ((slot - oldest) & self.mask)) % U16

    # Notifications.

    def wants_notification(self, side: Side, old: int, new: int) -> bool:
        """Tell whether the other side wants to hear that `side` has moved its index."""
        if self.listener.features & 1 << 29:
            event = self.avail_event if side == Side.LINUX else self.used_event
            return (new - event - 1) % U16 < (new - old) % U16
        flags = self.used_flags if side == Side.LINUX else self.avail_flags
        return not flags & 1


def _zeroes(address: int, data: bytes, base: int) -> bool:
    """Tell whether a write clears a ring from its first byte."""
    covers = address <= base and address + len(data) >= base + 32 and len(data) >= 64
    return covers and not any(data)
