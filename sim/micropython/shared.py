# SPDX-License-Identifier: Apache-2.0
"""Frames and replies in memory that the simulator has mapped, too: a hart's end of it.

Where it is and what lies where is said in frames.py. A word that says that something is there is
written last and looked at first; no other order is needed where every CPU sees stores in the order
of the program, as on x86, and there is viper's native code for it only.

Who has looked for some time in vain says that it sleeps and reads from a pipe; the other one writes
a byte into that when there is something new. A look into the pipe stands between saying so and the
last look into memory: as all that takes a lock in the kernel it is a barrier.
"""

import sys
import time

import micropython
from micropython import const

try:
    from typing import Any
except ImportError:  # in MicroPython, where only viper looks at annotations
    Any = None  # type: ignore[misc, assignment]

# In halves of 32 bits.
_ASKED = const(0)
_ASKED_BYTES = const(1)
_HART_SLEEPS = const(2)
_REPLIED = const(16)
_TAKEN = const(17)
_PORT_SLEEPS = const(18)
_BEHIND_BYTES = const(19)
_REPLY = const(32)
_FILLED = const(240)
_SEEN = const(241)

_REPLY_BYTES = const(24)
_POLLS = const(0x10000)
# Looks without a result before it sleeps: about a millisecond. More of them in one go.
_LOOKS = const(300000)
_PAUSE_US = const(20)
# Bytes that a pipe has room for (PIPE_BUF).
_AT_ONCE = const(4096)


class Shared:
    """The memory at an address.

    ``woken`` and ``look`` are the end of the pipe that says that there is a reply, of which
    ``look`` does not block; ``wake`` is the end of the pipe that says that there are frames.
    ``writer`` is the one that other bytes go into.
    """

    def __init__(self, address: int, woken: "Any", look: "Any", wake: "Any", writer: "Any") -> None:
        self.memory = self.address = address
        self._byte = bytearray(1)
        self._woken = woken.readinto
        self._barrier = look.readinto
        self._wake = wake.write
        self._write = writer.write

    @micropython.viper
    def exchange(self, _length: int) -> int:
        """Hand the frames over, if there are any, and wait for a reply.

        Return how many bytes are there, words behind it included. The end ends the process.
        """
        memory = ptr32(self.memory)
        if memory[_FILLED]:
            memory[_ASKED_BYTES] = memory[_FILLED]
            memory[_FILLED] = 0
            memory[_ASKED] = memory[_ASKED] + 1
            if memory[_PORT_SLEEPS]:
                self._wake(self._byte)
        seen = memory[_SEEN]
        left = 0
        if memory[_REPLY] & _POLLS:
            left = _LOOKS
        while memory[_REPLIED] == seen:
            if left == 0:
                self._sleep()
                break
            left -= 1
        memory[_SEEN] = memory[_REPLIED]
        return _REPLY_BYTES + memory[_BEHIND_BYTES]

    @micropython.viper
    def tell(self, data):
        """Hand the frames over, and write what belongs behind them.

        Before more frames are put there :meth:`settle` is called, or a reply has come.
        """
        memory = ptr32(self.memory)
        memory[_ASKED_BYTES] = memory[_FILLED]
        memory[_FILLED] = 0
        memory[_ASKED] = memory[_ASKED] + 1
        self._wake_port()
        if int(len(data)) > _AT_ONCE:  # noqa: RUF046 - viper's int
            self.settle()  # who sleeps would not read what has no room in the pipe
        if data:
            self._write(data)

    @micropython.viper
    def settle(self):
        """Wait until the frames that were handed over are taken."""
        memory = ptr32(self.memory)
        looks = _LOOKS
        while memory[_TAKEN] != memory[_ASKED]:
            looks -= 1
            if looks < 0:
                self._wake_port()
                time.sleep_us(_PAUSE_US)

    def _sleep(self) -> None:
        """Wait for a reply asleep."""
        self._say_asleep(1)
        self._barrier(self._byte)
        self._wake_port()
        while not self._is_there():
            if not self._woken(self._byte):
                sys.exit()
        self._say_asleep(0)

    @micropython.viper
    def _say_asleep(self, asleep: int):
        memory = ptr32(self.memory)
        memory[_HART_SLEEPS] = asleep

    @micropython.viper
    def _is_there(self) -> bool:
        memory = ptr32(self.memory)
        return memory[_REPLIED] != memory[_SEEN]

    @micropython.viper
    def _wake_port(self):
        """Wake the other process if it has fallen asleep and did not see what is there."""
        memory = ptr32(self.memory)
        if memory[_PORT_SLEEPS] and memory[_TAKEN] != memory[_ASKED]:
            self._wake(self._byte)
