# SPDX-License-Identifier: Apache-2.0
"""Frames and replies in pipes: a hart's ends of them.

What lies where in their memory is said in frames.py; nobody else has it here.
"""

import sys
from array import array

import uctypes
from micropython import const

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]

# In halves of 32 bits.
_FILLED = const(240)
_REPLY = const(32)
_FRAMES = const(256)
_ALL = const(2048)

_REPLY_BYTES = const(24)
# Reads without a result before it sleeps: about a millisecond.
_POLLS = const(3000)


class Pipes:
    """Frames go to ``writer``; replies come from ``reader``, and from ``look`` without waiting."""

    def __init__(self, reader: "Any", look: "Any", writer: "Any") -> None:
        self.memory = array("I", [0] * _ALL)
        self._frames = memoryview(self.memory)[_FRAMES:]
        self._reply = memoryview(self.memory)[_REPLY:_FRAMES]
        self.address = uctypes.addressof(self.memory)
        # The byte of the last reply that says that the next one is to be looked for.
        self._polls = uctypes.bytearray_at(self.address + 4 * _REPLY + 2, 1)
        self._sleep = reader.readinto
        self._look = look.readinto
        self._write = writer.write

    def exchange(self, length: int) -> int:
        """Hand the frames over, if there are any, and wait for a reply.

        Read up to ``length`` bytes of it and of what is behind it; return how many have come, of
        those that it had to sleep for only the reply itself. The end ends the process.
        """
        if self.memory[_FILLED]:
            self.tell(b"")
        for _ in range(_POLLS * self._polls[0]):
            come: int = self._look(self._reply, length)
            if come:
                return come
        come = self._sleep(self._reply, _REPLY_BYTES)
        if not come:
            sys.exit()
        return come

    def tell(self, data: "Any") -> None:
        """Hand the frames over, and what belongs behind them."""
        self._write(self._frames, self.memory[_FILLED])
        self.memory[_FILLED] = 0
        if data:
            self._write(data)

    def settle(self) -> None:
        """Nothing is to be waited for: what is written is gone."""
