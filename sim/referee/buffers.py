# SPDX-License-Identifier: Apache-2.0
"""The message buffers: whose each one is, what was written into it, and the scoreboard."""

from __future__ import annotations

from collections.abc import Callable

from sim.referee import message_rules as rules
from sim.referee import ring_rules
from sim.referee.deadlines import Deadline, Deadlines
from sim.referee.descriptors import Descriptor
from sim.referee.message import (
    DESTINATION_MASK,
    HEADER,
    RESERVED,
    RESERVED_MASK,
    Message,
    message_in,
    span_mask,
)
from sim.referee.side import Side
from sim.referee.violations import Report

TAKEN_WITHIN_NS = 100_000_000
"""How long a message may lie before the receiver looks at it."""


class Buffer:
    """One buffer of the pool, as an offset into its memory."""

    __slots__ = ("base", "content", "message", "owner", "read_only", "written")

    def __init__(self, base: int, size: int) -> None:
        self.base = base
        self.content = bytearray(size)
        self.owner = Side.LINUX
        self.read_only = False
        self.written = 0
        self.message: Message | None = None


class BufferPool:
    """All buffers in `region`, each of `size` bytes."""

    def __init__(self, region: range, size: int, report: Report, deadlines: Deadlines) -> None:
        self.base, self.end, self.size = region.start, region.stop, size
        self._report = report
        self._deadlines = deadlines
        self._buffers: dict[int, Buffer] = {}
        self.alive: Callable[[Message], bool] = lambda _message: True

    def clear(self) -> None:
        """Forget all messages; what lies in the memory stays as it is."""
        for buffer in self._buffers.values():
            buffer.owner, buffer.read_only, buffer.written = Side.LINUX, False, 0
            buffer.message = None

    def _at(self, address: int) -> Buffer:
        number = (address - self.base) // self.size
        buffer = self._buffers.get(number)
        if buffer is None:
            buffer = self._buffers[number] = Buffer(self.base + number * self.size, self.size)
        return buffer

    def message_at(self, address: int) -> Message | None:
        """Return the message in the buffer that begins at an address."""
        number, offset = divmod(address - self.base, self.size)
        buffer = self._buffers.get(number)
        return buffer.message if buffer is not None and not offset else None

    # Rings.

    def offer(self, ring: int, num: int, at: int, descriptor: Descriptor) -> Message | None:
        """The driver gives a buffer away: empty in ring 0, with a message in ring 1."""
        address, length = descriptor.address, descriptor.length
        if length > self.size:
            found = f"{length}"
            self._report.add(ring_rules.DESC_TOO_LONG, at + 8, f"at most {self.size}", found)
        if not self.base <= address <= address + length <= self.end:
            expected = f"0x{self.base:x}-0x{self.end - 1:x}"
            found = f"{length} bytes at 0x{address:x}"
            self._report.add(ring_rules.DESC_OUTSIDE, at, expected, found)
            return None
        buffer = self._at(address)
        if buffer.owner == Side.RTOS or buffer.base != address:
            found = f"0x{address:x} in the buffer at 0x{buffer.base:x}"
            self._report.add(ring_rules.DESC_OVERLAP, at, "a buffer that is free", found)
        self._finish(buffer, Side.LINUX)
        message = self._publish(buffer, Side.LINUX, ring, length, num) if ring else None
        buffer.owner, buffer.read_only, buffer.message = Side.RTOS, bool(ring), message
        buffer.written = 0
        return message

    def give_back(self, ring: int, num: int, descriptor: Descriptor, length: int) -> Message | None:
        """The device returns a buffer: with a message in ring 0, done with it in ring 1."""
        if not self.base <= descriptor.address < self.end:
            return None
        buffer = self._at(descriptor.address)
        self._finish(buffer, Side.RTOS)
        message = None
        if ring == 0:
            if length < HEADER.size:
                self._report.add(
                    rules.USED_UNDER_HEADER, buffer.base, f"at least {HEADER.size}", f"{length}"
                )
            limit = min(length, descriptor.length)
            message = self._publish(buffer, Side.RTOS, ring, limit, num)
        buffer.owner, buffer.read_only, buffer.message = Side.LINUX, False, message
        buffer.written = 0
        return message

    def _publish(self, buffer: Buffer, sender: Side, ring: int, limit: int, num: int) -> Message:
        content = bytes(buffer.content)
        message = message_in(
            content, sender, buffer.base, self._report, ring=ring, limit=limit, num=num
        )
        wanted = span_mask(0, HEADER.size + message.length) & ~RESERVED_MASK
        if not buffer.written & wanted:
            self._report.add(
                rules.STALE, buffer.base, "a new message", "none since the buffer was had"
            )
        elif buffer.written & wanted != wanted:
            lacking = wanted & ~buffer.written
            first = (lacking & -lacking).bit_length() - 1
            found = f"{lacking.bit_count()} bytes not written, the first at {first}"
            size = HEADER.size + message.length
            self._report.add(rules.INCOMPLETE, buffer.base + first, f"{size} bytes", found)
        self._deadlines.start(
            ("message", buffer.base),
            Deadline(
                message.time_ns + TAKEN_WITHIN_NS,
                sender.other,
                rules.STUCK,
                buffer.base,
                f"{sender.other.name} to read it within {TAKEN_WITHIN_NS // 1_000_000} ms",
                f"no read of the message from 0x{message.source:x} to 0x{message.destination:x}",
            ),
        )
        return message

    def _finish(self, buffer: Buffer, receiver: Side) -> None:
        """The receiver lets go of a message: it must have looked at it."""
        message = buffer.message
        if message is None or message.sender == receiver:
            return
        self._deadlines.met(("message", buffer.base))
        what = f"the message from 0x{message.source:x} to 0x{message.destination:x}"
        if not message.seen:
            self._report.add(rules.LOST, buffer.base, f"a read of {what}", "none")
        elif not message.payload_read and self.alive(message):
            found = f"not all of its {message.length} bytes"
            self._report.add(rules.PAYLOAD_UNREAD, buffer.base, f"a read of {what}", found)

    # Accesses.

    def access(self, side: Side, write: bool, address: int, data: bytes) -> None:
        """Follow an access to the pool's memory."""
        follow = self._write if write else self._read
        at, end = address, min(address + len(data), self.end)
        while at < end:
            buffer = self._at(at)
            stop = buffer.base + self.size
            if at == address and end <= stop:
                follow(side, buffer, at, data)
                return
            stop = min(end, stop)
            follow(side, buffer, at, data[at - address : stop - address])
            at = stop

    def _write(self, side: Side, buffer: Buffer, address: int, data: bytes) -> None:
        offset, size = address - buffer.base, len(data)
        if side != buffer.owner:
            message = buffer.message
            sent = message is not None and message.sender == side
            rule = rules.AFTER_PUBLISH if sent else rules.NOT_OWNER
            found = f"{size} bytes from {side.name}"
            self._report.add(rule, address, f"the write of {buffer.owner.name}", found)
        elif buffer.read_only and not (offset in RESERVED and offset + size <= RESERVED.stop):
            found = f"{size} bytes from {side.name}"
            self._report.add(rules.DEVICE_READ_ONLY, address, "no write", found)
        buffer.content[offset : offset + size] = data
        buffer.written |= (1 << size) - 1 << offset

    def _read(self, side: Side, buffer: Buffer, address: int, data: bytes) -> None:
        message, size = buffer.message, len(data)
        if side != buffer.owner:
            expected = f"the read of {buffer.owner.name}"
            found = f"{size} bytes to {side.name}"
            self._report.add(rules.READ_BY_OTHER, address, expected, found)
            return
        if message is None or message.sender == side:
            return
        offset = address - buffer.base
        message.read |= (1 << size) - 1 << offset
        if message.read & DESTINATION_MASK:
            self._deadlines.met(("message", buffer.base))
        end = min(offset + size, HEADER.size + message.length)
        expected_data, found_data = buffer.content[offset:end], data[: max(end - offset, 0)]
        if expected_data != found_data:
            self._altered(address, bytes(expected_data), found_data)

    def _altered(self, address: int, expected: bytes, found: bytes) -> None:
        """What was read is not what was written: say where first."""
        pairs = zip(expected, found, strict=True)
        first = next(n for n, (wrote, read) in enumerate(pairs) if wrote != read)
        wrote, read = f"0x{expected[first]:02x}", f"0x{found[first]:02x}"
        self._report.add(rules.ALTERED, address + first, wrote, read)
