# SPDX-License-Identifier: Apache-2.0
"""Keeps account of messages that are echoed across restarts: none may be lost, doubled or old."""

from __future__ import annotations

import struct
import zlib
from random import Random

MAGIC = b"LIFE"
_HEAD = struct.Struct("<4sIII")  # magic, epoch, sequence number, bytes of the body
_CHECKSUM = struct.Struct("<I")
OVERHEAD = _HEAD.size + _CHECKSUM.size


class MessageLedger:
    """Makes messages and judges what comes back.

    An epoch is the time from a start of the remote to its end. Every message carries its epoch, its
    sequence number in it, a random body and a checksum over all of that. ``cut`` counts those that
    were under way when the remote crashed or was stopped: whoever waited for them was told so.
    Rings keep the order: one that a later message has overtaken by then is not cut but lost.
    """

    def __init__(self, seed: int, largest: int) -> None:
        self.epoch = 0
        self.sent = self.received = self.cut = 0
        self.lost = self.duplicated = self.replayed = self.damaged = 0
        self._random = Random(seed)
        self._largest = largest - OVERHEAD
        self._sequence = 0
        self._newest_back = -1
        self._open: dict[int, bytes] = {}

    def begin_epoch(self) -> None:
        """The remote has been started: nothing of before may come back from now on."""
        self.epoch += 1
        self._sequence = 0
        self._newest_back = -1

    def make(self) -> bytes:
        """Return the next message; it counts as sent."""
        body = self._random.randbytes(self._random.randint(0, self._largest))
        head = _HEAD.pack(MAGIC, self.epoch, self._sequence, len(body))
        message = head + body + _CHECKSUM.pack(zlib.crc32(body, zlib.crc32(head)))
        self._open[self._sequence] = message
        self._sequence += 1
        self.sent += 1
        return message

    def not_sent(self) -> None:
        """The message made last was refused before it was on its way."""
        self._sequence -= 1
        del self._open[self._sequence]
        self.sent -= 1

    @property
    def under_way(self) -> int:
        """Messages that have not come back."""
        return len(self._open)

    def take(self, message: bytes) -> None:
        """Judge a message that came back."""
        if not _is_whole(message):
            self.damaged += 1
            return
        _, epoch, sequence, _ = _HEAD.unpack_from(message)
        if epoch != self.epoch:
            self.replayed += 1
        elif sequence in self._open:
            self.damaged += self._open.pop(sequence) != message
            self.received += 1
            self._newest_back = max(self._newest_back, sequence)
        else:
            self.duplicated += 1

    def give_up(self) -> None:
        """Nothing comes any more, though the remote should be there: what is under way is lost."""
        self.lost += len(self._open)
        self._open.clear()

    def end_epoch(self, in_traffic: bool) -> None:
        """The remote is gone: what has not come back is lost, or cut if it ended ``in_traffic``."""
        cut = sum(sequence > self._newest_back for sequence in self._open) if in_traffic else 0
        self.cut += cut
        self.lost += len(self._open) - cut
        self._open.clear()


def _is_whole(message: bytes) -> bool:
    if len(message) < OVERHEAD:
        return False
    magic, _, _, length = _HEAD.unpack_from(message)
    (checksum,) = _CHECKSUM.unpack(message[-_CHECKSUM.size :])
    if magic != MAGIC or length != len(message) - OVERHEAD:
        return False
    return zlib.crc32(message[: -_CHECKSUM.size]) == int(checksum)
