# SPDX-License-Identifier: Apache-2.0
"""Requests in a row (SERIES), and a row that is repeated (POLL): their frames and their replies.

Native code as exchange.py, and byte code in the same way.
"""

import micropython
from micropython import const

try:
    from typing import Any
except ImportError:  # in MicroPython, where only viper looks at annotations
    Any = None  # type: ignore[misc, assignment]

# As in exchange.py.
_STORE = const(1)
_READ = const(2)
_WRITE = const(3)
_SERIES = const(5)
_POLL = const(6)
_BEGUN = const(4)
_OUT_OF_TURN = const(3)
_ALWAYS_HIGH = const(0x80)

_FILLED = const(240)
_REPLY = const(32)
_VALUE = const(34)
_BEHIND = const(38)
_FRAMES = const(256)
_ROOM = const(7104)

_ASK_BYTES = const(32)
_REPLY_BYTES = const(24)
# Words behind the reply to a row that are read together with it.
_ROW = const(64)


class Rows:
    """What performs rows: few attributes, as each is looked up in a table.

    ``out_of_turn(bytes read)`` is called for a reply that is none, ``take_row(requests, replies)``
    adds the replies of a row that have not come together with its own.
    """

    def __init__(self, ends: "Any", out_of_turn: "Any", take_row: "Any") -> None:
        self._memory = ends.memory
        # What viper has no constants for, and what it would look up elsewhere.
        self._calls = (
            ends.exchange,
            ends.tell,
            ends.settle,
            out_of_turn,
            take_row,
            _part,
            len,
            None,
        )

    @micropython.viper
    def perform(self, requests, replies, ends: int) -> int:
        """Add the replies to what is left of a SERIES, up to one at which a line is high.

        Return how many requests are left. Words are read together with the head of the reply.
        """
        memory = ptr32(self._memory)
        exchange, tell, settle, answer, take_row, part, length_of, none = self._calls
        done = int(length_of(replies))
        count = int(length_of(requests)) - done
        if done or ends & _ALWAYS_HIGH:
            end = done + count
            if ends & _ALWAYS_HIGH:
                end = done + 1
            requests = part(requests, done, end)
        words = int(self._put(requests, _SERIES, ends, 0))
        length = _REPLY_BYTES
        if words < _ROW:
            length += 8 * words
        come = int(exchange(length))
        if memory[_REPLY] & _OUT_OF_TURN:
            come = int(answer(come))
        done = memory[_VALUE]
        left = count - done
        if words >= _ROW or (words and come == _REPLY_BYTES):
            take_row(part(requests, 0, done), replies)
            return left
        add = replies.append
        at = _BEHIND
        for request in requests:
            if done == 0:
                break
            done -= 1
            kind = int(request[0])
            if kind == _STORE or kind == _WRITE:
                add(none)
            else:
                add(uint(memory[at] | memory[at + 1] << 32))
                at += 2
        return left

    @micropython.viper
    def perform_in_turns(self, requests, replies, ends: int, bits: uint) -> int:
        """Perform them until the first has read one of the bits, or a line is high.

        Return whether a line was: then as many replies as there were in its turn are left.
        """
        memory = ptr32(self._memory)
        exchange, tell, settle, answer, take_row, part, length_of, none = self._calls
        done = int(length_of(replies))
        self._put(requests, _POLL, ends | done << 8, bits)
        exchange(_REPLY_BYTES)
        if memory[_REPLY] & _OUT_OF_TURN:
            answer(_REPLY_BYTES)
        if not memory[_REPLY] & _BEGUN:
            return 0
        replies.clear()
        done = memory[_VALUE]
        while done:
            replies.append(none)
            done -= 1
        return 1

    @micropython.viper
    def _put(self, requests, kind: int, ends: int, bits: uint) -> int:
        """Add the frames of a row to those that go out next; none, if one of them cannot be made.

        Return how many words are behind the reply, _ROW or more if there are blocks as well.
        """
        memory = ptr32(self._memory)
        exchange, tell, settle, answer, take_row, part, length_of, none = self._calls
        filled = memory[_FILLED]
        to = _FRAMES + (filled >> 2)
        memory[to] = kind
        memory[to + 2] = int(length_of(requests))
        memory[to + 3] = 0
        memory[to + 4] = ends
        memory[to + 5] = 0
        memory[to + 6] = bits
        memory[to + 7] = bits >> 32
        filled += _ASK_BYTES
        words = 0
        for request in requests:
            if filled >= _ROOM:
                memory[_FILLED] = filled
                tell(b"")
                filled = 0
            if filled == 0:
                settle()
            to = _FRAMES + (filled >> 2)
            kind = int(request[0])
            if kind == _STORE:
                _, first, second, third = request
                word = int(third)
                memory[to + 6] = word
                memory[to + 7] = word >> 32
            else:
                _, first, second = request
            word = int(first)
            memory[to] = kind
            memory[to + 2] = word
            memory[to + 3] = word >> 32
            memory[to + 5] = 0
            filled += _ASK_BYTES
            if kind == _WRITE:
                memory[to + 4] = int(length_of(second))
                memory[_FILLED] = filled
                tell(second)
                filled = 0
            else:
                memory[to + 4] = int(second)
                if kind == _READ:
                    words += _ROW
                elif kind != _STORE:
                    words += 1
        memory[_FILLED] = filled
        return words


# Viper does not make objects of the numbers in a slice.
def _part(requests: "Any", first: int, end: int) -> "Any":
    return requests[first:end]
