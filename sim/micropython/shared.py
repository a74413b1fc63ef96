# SPDX-License-Identifier: Apache-2.0
"""Frames and replies in memory that the simulator has mapped, too: a hart's end of it.

Where it is and what lies where is said in frames.py. Its methods are those of the ends of a pipe,
so exchange.py makes no difference. A word that says that something is there is written last and
looked at first; no other order is needed where every CPU sees stores in the order of the program,
as on x86, and there is viper's native code for it only.

Who has looked for some time in vain says that it sleeps and reads from a pipe; the other one writes
a byte into that when there is something new. A look into the pipe stands between saying so and the
last look into memory: as all that takes a lock in the kernel it is a barrier.
"""

import time

import micropython
from micropython import const

try:
    from typing import Any
except ImportError:  # in MicroPython, where only viper looks at annotations
    Any = None  # type: ignore[misc, assignment]

# 32-bit halves in the shared memory, see frames.py.
_ASKED = const(0)
_ASKED_BYTES = const(1)
_HART_SLEEPS = const(2)
_REPLIED = const(16)
_TAKEN = const(17)
_PORT_SLEEPS = const(18)
_BEHIND_BYTES = const(19)
_REPLY = const(32)
_FRAMES = const(256)

_REPLY_BYTES = const(24)
# Looks without a result before it says so.
_LOOKS = const(64)
_PAUSE_US = const(20)


class Shared:
    """The memory at an address.

    ``woken`` and ``look`` are the end of the pipe that says that there is a reply, of which
    ``look`` does not block; ``wake`` is the end of the pipe that says that there are frames.
    """

    def __init__(self, address: int, woken: "Any", look: "Any", wake: "Any") -> None:
        self._memory = address
        # The number of the last reply.
        self._seen = bytearray(4)
        self._byte = bytearray(1)
        self._woken = woken.readinto
        self._barrier = look.readinto
        self._wake = wake.write

    @micropython.viper
    def write(self, frames, length: int):
        """Hand the first bytes of ``frames`` over."""
        memory = ptr32(self._memory)
        while memory[_TAKEN] != memory[_ASKED]:  # only where nothing wanted a reply before
            self.wake_port()
            time.sleep_us(_PAUSE_US)
        given = ptr32(frames)
        halves = length >> 2
        at = 0
        while at < halves:
            memory[_FRAMES + at] = given[at]
            at += 1
        memory[_ASKED_BYTES] = length
        memory[_ASKED] = memory[_ASKED] + 1
        if memory[_PORT_SLEEPS]:
            self._wake(self._byte)

    @micropython.viper
    def look(self, reply, length: int) -> int:
        """Put up to ``length`` bytes of the next reply into ``reply``; return how many, or 0."""
        memory = ptr32(self._memory)
        seen = ptr32(self._seen)
        left = _LOOKS
        while memory[_REPLIED] == seen[0]:
            left -= 1
            if left == 0:
                return 0
        seen[0] = memory[_REPLIED]
        come = _REPLY_BYTES + memory[_BEHIND_BYTES]
        if come > length:
            come = length
        to = ptr32(reply)
        halves = come >> 2
        at = 0
        while at < halves:
            to[at] = memory[_REPLY + at]
            at += 1
        return come

    def sleep(self, reply: "Any", length: int) -> int:
        """Do the same, but wait for the reply. 0: the other process is gone."""
        self._say_asleep(1)
        self._barrier(self._byte)
        self.wake_port()
        come: int = self.look(reply, length)
        while not come and self._woken(self._byte):
            come = self.look(reply, length)
        self._say_asleep(0)
        return come

    @micropython.viper
    def _say_asleep(self, asleep: int):
        memory = ptr32(self._memory)
        memory[_HART_SLEEPS] = asleep

    @micropython.viper
    def wake_port(self):
        """Wake the other process if it has fallen asleep and did not see what is there."""
        memory = ptr32(self._memory)
        if memory[_PORT_SLEEPS] and memory[_TAKEN] != memory[_ASKED]:
            self._wake(self._byte)
