# SPDX-License-Identifier: Apache-2.0
"""RPBuf's control frames: whether they are in order, and what they tell of the buffers."""

from __future__ import annotations

from struct import Struct

from sim.referee import rpbuf_rules as rules
from sim.referee.endpoints import NAME_SERVICE, Endpoints
from sim.referee.message import HEADER, Message
from sim.referee.rpbuf_buffers import Allocation, RpbufBuffers, SharedBuffer
from sim.referee.side import Side
from sim.referee.violations import Report

SERVICE = "rpbuf-service"
MAX_FRAME, NAME_SIZE = 128, 32
PREAMBLE, POSTAMBLE = 0x0A, 0x05
CREATED, DESTROYED, TRANSMITTED, ACK = 1, 2, 3, 4
SYNC = 1
_FRAME = Struct("<BBH")
_CREATED = Struct("<32sIIQQB")
_TRANSMITTED = Struct("<IIII")
_ID = Struct("<I")
_CONTENT = {CREATED: _CREATED.size, DESTROYED: 4, TRANSMITTED: _TRANSMITTED.size, ACK: 8}


class RpbufFrames:
    """Follows the frames of both directions; `region` is the memory of the buffers, or None."""

    def __init__(
        self, region: range | None, buffers: RpbufBuffers, endpoints: Endpoints, report: Report
    ) -> None:
        self._region = region
        self._buffers = buffers
        self._endpoints = endpoints
        self._report = report

    def sent(self, message: Message) -> None:
        """Look at a message, if it is one of the channel."""
        remote = message.source if message.sender == Side.RTOS else message.destination
        if self._endpoints.service_at(Side.RTOS, remote) != SERVICE or not message.length:
            return
        if message.destination == NAME_SERVICE:
            return
        frame, at = message.payload, message.address + HEADER.size
        content = self._content(frame, at)
        if content is None:
            return
        command = frame[1]
        if command == CREATED:
            self._created(message.sender, content, at + _FRAME.size)
        else:
            self._named(message.sender, command, content, at + _FRAME.size)

    def _content(self, frame: bytes, at: int) -> bytes | None:
        """Return the content of a frame that is in order."""
        if len(frame) < _FRAME.size:
            self._report.add(
                rules.FRAME_LENGTH, at, f"at least {_FRAME.size + 1} bytes", f"{len(frame)}"
            )
            return None
        preamble, command, length = _FRAME.unpack_from(frame)
        if len(frame) != _FRAME.size + length + 1 or len(frame) > MAX_FRAME:
            expected = f"{_FRAME.size + length + 1} bytes, at most {MAX_FRAME}"
            self._report.add(rules.FRAME_LENGTH, at, expected, f"{len(frame)}")
        elif preamble != PREAMBLE or frame[-1] != POSTAMBLE:
            found = f"0x{preamble:x} and 0x{frame[-1]:x}"
            self._report.add(rules.FRAME_MARKS, at, "0xa and 0x5", found)
        elif command not in _CONTENT:
            self._report.add(rules.COMMAND, at + 1, "1 to 4", f"{command}")
        elif length != _CONTENT[command]:
            self._report.add(rules.CONTENT, at + 2, f"{_CONTENT[command]}", f"{length}")
        else:
            return frame[_FRAME.size : -1]
        return None

    def _created(self, sender: Side, content: bytes, at: int) -> None:
        name, number, length, pa, _, _ = _CREATED.unpack(content)
        if b"\0" not in name or not name[0]:
            self._report.add(rules.NAME, at, "1 to 31 characters and a NUL", repr(name[:32]))
        memory = self._memory(pa, length, at) if pa else None
        told = Allocation(name.split(b"\0")[0], number, length, memory)
        self._buffers.created(sender, told, at)

    def _memory(self, address: int, length: int, at: int) -> range | None:
        """Return a buffer's memory, if it lies in the region."""
        if self._region is None:
            return None
        base, end = self._region.start, self._region.stop
        if base <= address <= address + length <= end:
            return range(address, address + length)
        found = f"{length} bytes at 0x{address:x}"
        self._report.add(rules.MEMORY, at + 40, f"0x{base:x}-0x{end - 1:x}", found)
        return None

    def _named(self, sender: Side, command: int, content: bytes, at: int) -> None:
        (number,) = _ID.unpack_from(content)
        buffer = self._buffers.find(sender, number, shared=command != DESTROYED)
        if buffer is None:
            self._report.add(rules.UNKNOWN, at, "the id of a buffer", f"{number}")
        elif command == DESTROYED:
            self._buffers.destroyed(sender, buffer)
        elif command == ACK:
            self._buffers.acknowledged(sender, buffer, at)
        else:
            self._announced(sender, buffer, content, at)

    def _announced(self, sender: Side, buffer: SharedBuffer, content: bytes, at: int) -> None:
        _, offset, data, flags = _TRANSMITTED.unpack(content)
        length = buffer.lengths[sender]
        if offset + data > length:
            found = f"{data} bytes from {offset}"
            self._report.add(rules.RANGE, at + 4, f"at most {length} bytes", found)
        self._buffers.announced(sender, buffer, offset, data, bool(flags & SYNC))
