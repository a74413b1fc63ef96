# SPDX-License-Identifier: Apache-2.0
"""What becomes of each request of the software, and the loop that carries them.

This runs in every request, so it is compiled to native code on machine words (viper) where
MicroPython has an emitter for this machine; the annotations are viper's, and what has none is an
object. Where there is no emitter, hart.py leaves the decorators out, which are refused there, and
``plain`` gives viper's types a meaning in byte code.

What is needed in every request is found in local variables; MicroPython looks an attribute up in a
table. Words of frames and replies are written and read as halves of 32 bits, which machine words
are made of: an element of ``array("Q")`` would be an object with digits of its own.
"""

from array import array

import micropython
import uctypes
from micropython import const

from sim.micropython.rows import Rows

try:
    from typing import Any
except ImportError:  # in MicroPython, where only viper looks at annotations
    Any = None  # type: ignore[misc, assignment]

# What every request needs, of sim/core.py, sim/plain_software.py and frames.py: const() looks them
# up when this is compiled.
_LOAD = const(0)
_STORE = const(1)
_READ = const(2)
_WRITE = const(3)
_WAIT = const(4)
_SERIES = const(5)
_POLL = const(6)
_SEND = const(0)
_THROW = const(1)
_GO_ON = const(2)
_ASKS = const(3)
_ENDED = const(4)
_OUT_OF_TURN = const(3)
_ALWAYS_HIGH = const(0x80)

# Where what lies in the memory of frames and replies, in halves of 32 bits.
_FILLED = const(240)
_REPLY = const(32)
_VALUE = const(34)
_CLOCK = const(36)
_BEHIND = const(38)
_FRAMES = const(256)

_ASK_BYTES = const(32)
_REPLY_BYTES = const(24)

# Where what is in _calls and _next.
_EXCHANGE = const(0)
_IN_A_ROW = const(1)
_IN_TURNS = const(2)
_TAKE = const(3)
_ANSWER = const(4)
_TELL = const(5)
_LENGTH = const(6)
_NONE = const(7)
_FRAME = const(2)

# Requests between two samples of the heap.
_SAMPLE_EVERY = const(16384)


class Exchange:
    """The frames and replies of a hart, and what becomes of its software's requests.

    ``ends`` is a :class:`~sim.micropython.pipes.Pipes` or a
    :class:`~sim.micropython.shared.Shared`. A subclass has ``out_of_turn(bytes read)`` for a reply
    that is none, which returns them, ``take(length)`` for the bytes behind one,
    ``take_row(requests, replies)`` for those of a row, and ``sample_memory()``.
    """

    def __init__(self, ends: "Any") -> None:
        self.memory = ends.memory
        # The byte of the last reply that holds the interrupt lines.
        self.lines = uctypes.bytearray_at(ends.address + 4 * _REPLY + 1, 1)
        # The lines that end a RUN, set by the firmware.
        self.mask = bytearray(1)
        self.ends = ends
        # What is called for a request, in one look-up. Viper does not know the constant None.
        rows = Rows(ends, self.out_of_turn, self.take_row)
        self._calls = (
            ends.exchange,
            rows.perform,
            rows.perform_in_turns,
            self.take,
            self.out_of_turn,
            ends.tell,
            len,
            None,
        )
        # What is called next, with what, and the coroutine that runs in place of the kernel.
        self._next = [None, None, None]
        # Whether a request is being performed, and requests until the next sample of the heap.
        self._at = array("I", [0, 0])

    @micropython.viper
    def word(self, at: int) -> uint:
        """Return a word of the last reply: its head or its value."""
        memory = ptr32(self.memory)
        at = _REPLY + 2 * at
        return uint(memory[at] | memory[at + 1] << 32)

    def behind(self, length: int) -> bytes:
        """Return the bytes that have come together with the last reply."""
        return uctypes.bytes_at(self.ends.address + 4 * _BEHIND, length)

    @micropython.viper
    def now(self) -> uint:
        """Return the clock of the last reply: no time passes between two requests."""
        memory = ptr32(self.memory)
        return uint(memory[_CLOCK] | memory[_CLOCK + 1] << 32)

    def run(self, software: "Any") -> None:
        """Perform what the software asks for until it returns or raises; sample the heap.

        As sim/native/hart_software.c does: a coroutine that the kernel has run (RUN) is resumed
        without the kernel, until that has to know.
        """
        self._next[:] = software.send, None, None
        while True:
            if not self._at[1]:
                self.sample_memory()
                self._at[1] = _SAMPLE_EVERY
            try:
                self._go_on(software)
            except Exception as error:
                if not self._survives(software, error):
                    return

    def _survives(self, software: "Any", error: Exception) -> bool:
        """Find how to go on after an error that came out of the software or refuses its request.

        False if the software has returned.
        """
        frame = self._next[_FRAME]
        if self._at[0]:
            if frame is None or not (self.lines[0] | _ALWAYS_HIGH) & self.mask[0]:
                self._next[:2] = (frame or software).throw, error
            else:
                self._next[:] = software.send, (_THROW, error), None
        elif frame is None:
            if not isinstance(error, StopIteration):
                raise error
            return False
        elif isinstance(error, StopIteration):
            self._next[:] = software.send, (_ENDED, error.value), None
        else:
            self._next[:] = software.throw, error, None
        return True

    @micropython.viper
    def _go_on(self, software):
        """Resume the software and perform its requests, until the next sample or an error.

        An object of one block is made from time to time: behind the last of those MicroPython
        begins to look for room (gc_alloc in py/gc.c). Without them all that is alive would be
        looked through for every larger object.

        The frame of a request alone is written here as rows.py does it for those in a row: a method
        for both would cost MicroPython a tenth of all that it computes for a message.
        """
        memory = ptr32(self.memory)
        mask = ptr8(self.mask)
        at = ptr32(self._at)
        calls = self._calls
        exchange = calls[_EXCHANGE]
        length_of = calls[_LENGTH]
        none = calls[_NONE]
        following = self._next
        frame = following[_FRAME]
        send = software.send
        resume = send
        in_frame = bool(frame is not none)
        if in_frame:
            resume = frame.send
        step = following[0]
        value = following[1]
        number = uint(0)
        is_number = False
        at[0] = 0
        while at[1]:
            at[1] -= 1
            request = step(number) if is_number else step(value)
            step = resume
            if at[1] & 7 == 0:
                _ = (request,)  # see above: an object of one block
            kind = int(request[0])
            is_number = False
            how = _SEND
            if kind < _SERIES:
                at[0] = 1
                to = _FRAMES + (memory[_FILLED] >> 2)
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
                memory[_FILLED] += _ASK_BYTES
                if kind == _WRITE:
                    memory[to + 4] = int(length_of(second))
                    calls[_TELL](second)
                else:
                    memory[to + 4] = int(second)
                exchange(_REPLY_BYTES)
                if memory[_REPLY] & _OUT_OF_TURN:
                    calls[_ANSWER](_REPLY_BYTES)
                value = none
                if kind == _READ:
                    value = calls[_TAKE](second)
                elif kind == _LOAD or kind == _WAIT:
                    number = uint(memory[_VALUE] | memory[_VALUE + 1] << 32)
                    is_number = True
            else:
                bits = none
                if kind <= _POLL:
                    row = request[1]
                    value = []
                    if not row:
                        continue
                    if kind == _POLL:
                        bits = request[2]
                elif in_frame:
                    in_frame = False
                    following[_FRAME] = none
                    resume = send
                    step = send
                    value = (_ASKS, request)
                    continue
                else:
                    frame = request[1]
                    following[_FRAME] = frame
                    in_frame = True
                    resume = frame.send
                    step = resume
                    value = request[3]
                    how = int(request[2])
                    if how == _THROW:
                        step = frame.throw
                    if how != _GO_ON:
                        continue
                    how = _SEND
                    row = value[0]
                    if int(length_of(value)) > 2:
                        bits = value[2]
                    value = value[1]
                at[0] = 1
                ends = mask[0]
                if not in_frame:
                    ends = 0
                    if kind == _SERIES and int(length_of(request)) > 2:
                        ends = int(request[2]) & 7
                if bits is none:
                    left = int(calls[_IN_A_ROW](row, value, ends))
                    if left and in_frame:
                        how = _GO_ON
                        value = (row, value)
                elif int(calls[_IN_TURNS](row, value, ends, bits)):
                    how = _GO_ON
                    value = (row, value, bits)
                else:
                    number = uint(memory[_VALUE] | memory[_VALUE + 1] << 32)
                    is_number = True
            at[0] = 0
            if in_frame and (memory[_REPLY] >> 8 & 0xFF | _ALWAYS_HIGH) & mask[0]:
                in_frame = False
                following[_FRAME] = none
                resume = send
                step = send
                value = (how, number) if is_number else (how, value)
                is_number = False
        if is_number:
            value = (number,)[0]
        following[0] = step
        following[1] = value
