# SPDX-License-Identifier: Apache-2.0
"""A message as the bus shows it, with what is not known of it left unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.life.message import HEADER_BYTES, NAME_SERVICE, Ring

UNKNOWN = "?"
_LENGTH_AT, _NAME_BYTES, _ANNOUNCEMENT_BYTES = 12, 32, 40
_HEX_SHOWN = 16


@dataclass(slots=True)
class Message:
    """A message that was published at ``time_ns``; ``steps`` holds what else was seen of it.

    ``content`` is header and payload as they lay in the buffer then, ``known`` says of each byte
    whether it was seen: written before, or read by the receiver.
    """

    number: int
    time_ns: int
    ring: Ring
    descriptor: int | None
    buffer: int | None
    content: bytearray = field(repr=False)
    known: bytearray = field(repr=False)
    channel: str = ""
    lost: bool = False
    steps: dict[str, int] = field(default_factory=dict)

    def _integer(self, offset: int, size: int) -> int | None:
        part = slice(offset, offset + size)
        if not all(self.known[part]) or len(self.content) < offset + size:
            return None
        return int.from_bytes(self.content[part], "little")

    @property
    def src(self) -> int | None:
        """Return the sender's address."""
        return self._integer(0, 4)

    @property
    def dst(self) -> int | None:
        """Return the receiver's address."""
        return self._integer(4, 4)

    @property
    def length(self) -> int | None:
        """Return the bytes of payload that the header says."""
        return self._integer(_LENGTH_AT, 2)

    @property
    def payload(self) -> bytes | None:
        """Return the payload, None when a byte of it is unknown."""
        length = self.length
        if length is None:
            return None
        part = slice(HEADER_BYTES, HEADER_BYTES + length)
        whole = len(self.content) >= HEADER_BYTES + length and all(self.known[part])
        return bytes(self.content[part]) if whole else None

    @property
    def announcement(self) -> tuple[str, int, bool] | None:
        """Return (name, address, created) of a name service message."""
        payload = self.payload
        if self.dst != NAME_SERVICE or payload is None or len(payload) != _ANNOUNCEMENT_BYTES:
            return None
        name = payload[:_NAME_BYTES].split(b"\0")[0].decode("ascii", "replace")
        address, flags = (int.from_bytes(payload[at : at + 4], "little") for at in (32, 36))
        return name, address, not flags & 1

    @property
    def text(self) -> str:
        """Return the payload for people: text, an announcement in words, or its first bytes."""
        announced = self.announcement
        if announced is not None:
            name, address, created = announced
            return f"{'create' if created else 'destroy'} {name} at 0x{address:x}"
        length = self.length
        if length is None:
            return UNKNOWN
        part = slice(HEADER_BYTES, HEADER_BYTES + length)
        content, known = self.content[part], self.known[part]
        stripped = bytes(content).rstrip(b"\0") if all(known) else bytes(content)
        if all(32 <= byte < 127 for byte, sure in zip(stripped, known, strict=False) if sure):
            return "".join(
                chr(byte) if sure else UNKNOWN for byte, sure in zip(stripped, known, strict=False)
            )
        shown = zip(content[:_HEX_SHOWN], known, strict=False)
        digits = " ".join(f"{byte:02x}" if sure else UNKNOWN * 2 for byte, sure in shown)
        return digits + (" ..." if length > _HEX_SHOWN else "")

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in JSON; what is unknown is null."""
        payload = self.payload
        return {
            "number": self.number,
            "time_ns": self.time_ns,
            "direction": self.ring.arrow,
            "channel": self.channel,
            "ring": int(self.ring),
            "descriptor": self.descriptor,
            "buffer": self.buffer,
            "src": self.src,
            "dst": self.dst,
            "length": self.length,
            "payload": None if payload is None else payload.hex(),
            "text": self.text,
            "lost": self.lost,
            "steps_ns": dict(self.steps),
        }
