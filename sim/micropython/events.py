# SPDX-License-Identifier: Apache-2.0
"""What happens between two requests, on its way to the record stream with the next one.

Native code as exchange.py, and byte code in the same way.
"""

import micropython
from micropython import const

try:
    from typing import Any
except ImportError:  # in MicroPython, where only viper looks at annotations
    Any = None  # type: ignore[misc, assignment]

# As in frames.py, and as in exchange.py.
_EVENT = const(8)
_THREAD = const(9)

_FILLED = const(240)
_FRAMES = const(256)
_ROOM = const(7104)
_ASK_BYTES = const(32)


class Events:
    """Software events and thread switches; names have numbers.

    ``announce(name)`` says a name the first time that it is needed; the next free number is its.
    """

    def __init__(self, ends: "Any", announce: "Any") -> None:
        self._memory = ends.memory
        self._ends = ends
        self._announce = announce
        self._names: dict[str, int] = {}
        self._number_of = self._names.get

    @micropython.viper
    def event(self, name, a: uint, b: uint):
        """Put a software event into the record stream: put(), without the time of a call."""
        number = int(self._number_of(name, -1))
        if number < 0:
            number = int(self._new(name))
        memory = ptr32(self._memory)
        if memory[_FILLED] >= _ROOM:
            self._hand_over()
        to = _FRAMES + (memory[_FILLED] >> 2)
        memory[to] = _EVENT
        memory[to + 2] = number
        memory[to + 3] = 0
        memory[to + 4] = a
        memory[to + 5] = a >> 32
        memory[to + 6] = b
        memory[to + 7] = b >> 32
        memory[_FILLED] += _ASK_BYTES

    @micropython.viper
    def thread(self, name):
        """Show a name as the running thread."""
        number = int(self._number_of(name, -1))
        if number < 0:
            number = int(self._new(name))
        self.put(_THREAD, number, 0, 0)

    def _new(self, name: str) -> int:
        number = self._names[name] = len(self._names)
        self._announce(name)
        return number

    def _hand_over(self) -> None:
        self._ends.tell(b"")
        self._ends.settle()

    @micropython.viper
    def put(self, kind: int, first: int, second: uint, third: uint):
        """Add a frame to those that go out with the next request."""
        memory = ptr32(self._memory)
        if memory[_FILLED] >= _ROOM:
            self._hand_over()
        to = _FRAMES + (memory[_FILLED] >> 2)
        memory[to] = kind
        memory[to + 2] = first
        memory[to + 3] = first >> 32
        memory[to + 4] = second
        memory[to + 5] = second >> 32
        memory[to + 6] = third
        memory[to + 7] = third >> 32
        memory[_FILLED] += _ASK_BYTES
