# SPDX-License-Identifier: Apache-2.0
"""The descriptor table of a ring as it was written, and what has to hold when one is offered."""

from __future__ import annotations

from dataclasses import dataclass

from sim.referee import ring_rules as rules
from sim.referee.ring_layout import F_INDIRECT, F_NEXT, F_WRITE, Field
from sim.referee.violations import Report

VIRTIO_F_INDIRECT_DESC = 1 << 28
HEADER = 16


@dataclass(slots=True)
class Descriptor:
    """A descriptor as it was when the driver offered it."""

    head: int
    address: int
    length: int
    flags: int
    taken: bool = False


class DescriptorTable:
    """The table's words: address, length, flags, next of each descriptor.

    `offset` is added to an address to give that of the bus.
    """

    def __init__(self, num: int, offset: int = 0) -> None:
        self.num = num
        self._offset = offset
        self.words = [[0, 0, 0, 0] for _ in range(num)]

    def descriptor(self, head: int) -> Descriptor:
        """Return the descriptor as it stands now."""
        address, length, flags, _ = self.words[head]
        return Descriptor(head, address + self._offset, length, flags)

    def check(
        self, head: int, base: int, device_writes: bool, features: int, report: Report
    ) -> None:
        """Check a descriptor that is being offered; `base` is the table's address."""
        at = base + 16 * head
        address, length, flags, _ = self.words[head]
        if flags & ~(F_NEXT | F_WRITE | F_INDIRECT):
            report.add(rules.DESC_FLAGS, at + 12, "bits 0, 1 and 2", f"0x{flags:x}")
        if flags & F_INDIRECT and not features & VIRTIO_F_INDIRECT_DESC:
            report.add(rules.DESC_INDIRECT, at + 12, "no INDIRECT", f"0x{flags:x}")
        if bool(flags & F_WRITE) != device_writes:
            expected = "WRITE" if device_writes else "no WRITE"
            report.add(rules.DESC_DIRECTION, at + 12, expected, f"0x{flags:x}")
        if flags & F_NEXT:
            report.add(rules.DESC_CHAINED, at + 12, "no NEXT", f"0x{flags:x}")
            self._follow(head, base, report)
        if length < HEADER:
            report.add(rules.DESC_TOO_SHORT, at + 8, f"at least {HEADER}", f"{length}")
        if address >> 32:
            report.add(rules.DESC_HIGH_ADDRESS, at, "at most 0xffffffff", f"0x{address:x}")

    def _follow(self, head: int, base: int, report: Report) -> None:
        """Follow a chain to its end, if it has one."""
        seen = {head}
        while self.words[head][Field.DESC_FLAGS] & F_NEXT:
            at, following = base + 16 * head + 14, self.words[head][Field.DESC_NEXT]
            if following >= self.num:
                report.add(rules.DESC_NEXT_RANGE, at, f"less than {self.num}", f"{following}")
                return
            if following in seen:
                report.add(rules.DESC_LOOP, at, "an end of the chain", f"{following} again")
                return
            seen.add(following)
            head = following
