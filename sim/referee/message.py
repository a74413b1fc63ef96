# SPDX-License-Identifier: Apache-2.0
"""A message in a buffer: the RPMsg header and what was written and read of it."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from sim.referee import message_rules as rules
from sim.referee.side import Side
from sim.referee.violations import Report

HEADER = Struct("<IIIHH")
ADDRESS_ANY = 0xFFFFFFFF
RESERVED = range(8, 12)
"""Bytes of the header's reserved field; rpmsg-lite keeps an index there, open-amp another."""


SHOWN = 16
"""Bytes of a payload that stand in its text."""


def span_mask(offset: int, length: int) -> int:
    """Return the bits of `length` bytes from `offset`."""
    return (1 << length) - 1 << offset


RESERVED_MASK = span_mask(8, 4)
DESTINATION_MASK = span_mask(4, 4)


@dataclass(slots=True, eq=False)
class Message:
    """A message on its way from `sender`; `address` is its buffer's, `limit` what the ring says.

    `head` is its descriptor. It is `passed` when an application has got a later one before.
    """

    sender: Side
    ring: int
    address: int
    limit: int
    source: int
    destination: int
    length: int
    payload: bytes
    time_ns: int
    read: int = 0
    head: int = 0
    passed: bool = False

    @property
    def seen(self) -> bool:
        """Tell whether the receiver has looked at who it is for."""
        return self.read & DESTINATION_MASK == DESTINATION_MASK

    @property
    def payload_read(self) -> bool:
        """Tell whether the receiver has read all of the payload."""
        wanted = span_mask(HEADER.size, self.length)
        return self.read & wanted == wanted

    def __str__(self) -> str:
        way = f"{self.sender.name.lower()} -> {self.sender.other.name.lower()}"
        return (
            f"{self.time_ns / 1000:.2f} us, {way}, 0x{self.source:x} -> 0x{self.destination:x}, "
            f"{self.length} bytes: {self.payload[:SHOWN].hex(' ')}"
        )


def message_in(
    content: bytes,
    sender: Side,
    address: int,
    report: Report,
    *,
    ring: int,
    limit: int,
    num: int,
) -> Message:
    """Return the message in a buffer that is being published, after a look at its header."""
    source, destination, reserved, length, flags = HEADER.unpack_from(content)
    room = max(min(limit, len(content)) - HEADER.size, 0)
    if length > room:
        report.add(rules.HEADER_LENGTH, address + 12, f"at most {room}", f"{length}")
    index = reserved >> 16
    if reserved and (sender == Side.LINUX or reserved & 0xFFFF or index >= num):
        expected = "0" if sender == Side.LINUX else f"0, or less than {num} in the upper half"
        report.add(rules.HEADER_RESERVED, address + 8, expected, f"0x{reserved:x}")
    if flags:
        report.add(rules.HEADER_FLAGS, address + 14, "0", f"0x{flags:x}")
    if ADDRESS_ANY in (source, destination):
        found = f"source 0x{source:x}, destination 0x{destination:x}"
        report.add(rules.HEADER_ANY, address, "two addresses", found)
    length = min(length, room)
    payload = content[HEADER.size : HEADER.size + length]
    return Message(
        sender, ring, address, limit, source, destination, length, payload, report.time_ns
    )
