# SPDX-License-Identifier: Apache-2.0
"""What crosses the pipe for each request of the software, and the loop that carries them.

This runs in every request, so it is compiled to native code on machine words (viper) where
MicroPython has an emitter for this machine; the annotations are viper's, and what has none is an
object. Where there is no emitter, hart.py leaves the decorators out, which are refused there, and
``plain`` gives viper's types a meaning in byte code.

What is needed in every request is found in local variables; MicroPython looks an attribute up in a
table. Words of frames and replies are written and read as halves of 32 bits: an element of
``array("Q")`` would be an object with digits of its own.
"""

import struct
import sys
from array import array

import micropython
import uctypes
from micropython import const

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
_BEGUN = const(4)
_ALWAYS_HIGH = const(0x80)

# In 32-bit halves: frames that may wait for the next request, and a frame.
_ROOM = const(960)
_ASK = const(8)
# In words: the head of a reply, and what may be read together with it of those behind it.
_HEAD = const(3)
_ROW = const(64)
_ASK_BYTES = const(32)
_REPLY_BYTES = const(24)
# Where what is in _calls and _next.
_WRITE_FRAMES = const(0)
_LOOK = const(1)
_SLEEP = const(2)
_WRITE_DATA = const(3)
_SINGLE = const(4)
_IN_ROW = const(5)
_IN_TURNS = const(6)
_LEN = const(7)
_NONE = const(8)
_FRAME = const(2)

# Requests between two samples of the heap.
_SAMPLE_EVERY = const(16384)
# Reads without a result before it sleeps: about a millisecond.
_POLLS = const(3000)

# A word of a reply. An element of "Q" is always an object in MicroPython, one of "L" only where it
# needs more than 62 bits; but "L" has 64 bits only where a C long has.
_WORD = "L" if struct.calcsize("L") == 8 else "Q"


class Exchange:
    """The buffers of a hart, and what becomes of its software's requests.

    Frames go out by ``write(buffer, bytes)``. Replies come by ``look(buffer, bytes)``, that returns
    how many bytes have come, or nothing, and by ``sleep(buffer, bytes)``, which waits for the head
    at least; 0 is the end. Other bytes go out by ``write_data(data)``. A subclass has
    ``out_of_turn(bytes read)`` for a reply that is none, which returns them,
    ``take(length)`` for the bytes behind one, ``take_row(requests, replies)`` for those of a row,
    and ``sample_memory()``.
    """

    def __init__(self, write: "Any", look: "Any", sleep: "Any", write_data: "Any") -> None:
        self.out = array("I", [0] * (_ROOM + 2 * _ASK))
        # Halves in out that wait to be written.
        self.filled = array("I", [0])
        self.reply = array(_WORD, [0] * (_HEAD + _ROW))
        # The byte of the last reply that holds the interrupt lines.
        self.lines = uctypes.bytearray_at(uctypes.addressof(self.reply) + 1, 1)
        # The lines that end a RUN, set by the firmware.
        self.mask = bytearray(1)
        self.write = write
        self.write_data = write_data
        # What is called for a request, in one look-up. Viper does not know the constant None.
        self._calls = (
            write,
            look,
            sleep,
            write_data,
            self._single,
            self._in_row,
            self._in_turns,
            len,
            None,
        )
        # What is called next, with what, and the coroutine that runs in place of the kernel.
        self._next = [None, None, None]
        # Whether a request is being performed, and requests until the next sample of the heap.
        self._at = array("I", [0, 0])

    @micropython.viper
    def put(self, kind: int, first: int, second: uint, third: uint):
        """Add a frame to those that go out with the next request."""
        filled = ptr32(self.filled)
        if filled[0] >= _ROOM:
            self.flush()
        out = ptr32(self.out)
        at = filled[0]
        out[at] = kind
        out[at + 2] = first
        out[at + 3] = first >> 32
        out[at + 4] = second
        out[at + 5] = second >> 32
        out[at + 6] = third
        out[at + 7] = third >> 32
        filled[0] = at + _ASK

    def flush(self) -> None:
        """Write the frames that wait."""
        self.write(self.out, 4 * self.filled[0])
        self.filled[0] = 0

    def now(self) -> int:
        """Return the clock of the last reply: no time passes between two requests."""
        return self.reply[2]

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

        An object of one block is made for each request: behind the last of those MicroPython begins
        to look for room (gc_alloc in py/gc.c). Without them all that is alive would be looked
        through for every larger object.
        """
        state = ptr8(self.reply)
        mask = ptr8(self.mask)
        at = ptr32(self._at)
        calls = self._calls
        length_of = calls[_LEN]
        none = calls[_NONE]
        following = self._next
        frame = following[_FRAME]
        send = software.send
        resume = send
        if frame is not none:
            resume = frame.send
        step = following[0]
        value = following[1]
        at[0] = 0
        while at[1]:
            at[1] -= 1
            request = step(value)
            step = resume
            _ = (request,)  # see above: an object of one block
            kind = int(request[0])
            in_row = False
            if kind >= _SERIES:
                if kind <= _POLL:
                    row = request[1]
                    value = []
                    if not row:
                        continue
                    bits = none
                    if kind == _POLL:
                        bits = request[2]
                elif frame is not none:
                    frame = none
                    following[_FRAME] = frame
                    resume = send
                    step = send
                    value = (_ASKS, request)
                    continue
                else:
                    frame = request[1]
                    following[_FRAME] = frame
                    resume = frame.send
                    step = resume
                    value = request[3]
                    how = int(request[2])
                    if how == _THROW:
                        step = frame.throw
                    if how != _GO_ON:
                        continue
                    row = value[0]
                    bits = none
                    if int(length_of(value)) > 2:
                        bits = value[2]
                    value = value[1]
                in_row = True
            at[0] = 1
            how = _SEND
            if in_row:
                ends = mask[0]
                if frame is none:
                    ends = 0
                    if bits is none and int(length_of(request)) > 2:
                        ends = int(request[2]) & 7
                if bits is none:
                    left = int(calls[_IN_ROW](row, value, ends))
                    if left and frame is not none:
                        how = _GO_ON
                        value = (row, value)
                elif int(calls[_IN_TURNS](row, value, ends, bits)):
                    how = _GO_ON
                    value = (row, value, bits)
                else:
                    value = self.reply[1]
            else:
                value = calls[_SINGLE](request, kind)
            at[0] = 0
            if frame is not none and (state[1] | _ALWAYS_HIGH) & mask[0]:
                frame = none
                following[_FRAME] = frame
                resume = send
                step = send
                value = (how, value)
        following[0] = step
        following[1] = value

    @micropython.viper
    def _single(self, request, kind: int):
        """Perform a request from LOAD to WAIT; return the reply to it."""
        words = self.out
        out = ptr32(words)
        filled = ptr32(self.filled)
        reply = self.reply
        state = ptr8(reply)
        calls = self._calls
        at = filled[0]
        filled[0] = 0
        first = int(request[1])
        data = request[2]
        out[at] = kind
        out[at + 2] = first
        out[at + 3] = first >> 32
        out[at + 5] = 0
        length = 4 * at + _ASK_BYTES
        if kind == _WRITE:
            out[at + 4] = int(calls[_LEN](data))
            calls[_WRITE_FRAMES](words, length)
            calls[_WRITE_DATA](data)
        else:
            out[at + 4] = int(data)
            if kind == _STORE:
                value = int(request[3])
                out[at + 6] = value
                out[at + 7] = value >> 32
            calls[_WRITE_FRAMES](words, length)
        look = calls[_LOOK]
        for _ in range(_POLLS * state[2]):
            if look(reply, _REPLY_BYTES):
                break
        else:
            self.sleep(_REPLY_BYTES)
        if state[0] & 3:
            self.out_of_turn(_REPLY_BYTES)
        if kind == _LOAD or kind == _WAIT:
            return reply[1]
        if kind == _READ:
            return self.take(data)
        return calls[_NONE]

    @micropython.viper
    def _in_row(self, requests, replies, ends: int) -> int:
        """Add the replies to what is left of a SERIES, up to one at which a line is high.

        Return how many requests are left. Words are read together with the head of the reply.
        """
        calls = self._calls
        length_of = calls[_LEN]
        done = int(length_of(replies))
        count = int(length_of(requests)) - done
        if done or ends & _ALWAYS_HIGH:
            end = done + count
            if ends & _ALWAYS_HIGH:
                end = done + 1
            requests = self._part(requests, done, end)
        words = int(self._write_row(requests, _SERIES, ends, 0))
        length = _REPLY_BYTES
        if words > 0:
            length += 8 * words
        if not int(self._await(length)):
            words = -1
        reply = self.reply
        done = int(reply[1])
        if done < int(length_of(requests)):
            requests = self._part(requests, 0, done)
        if words < 0:
            self.take_row(requests, replies)
            return count - done
        add = replies.append
        none = calls[_NONE]
        at = _HEAD
        for request in requests:
            kind = int(request[0])
            if kind == _STORE or kind == _WRITE:
                add(none)
            else:
                add(reply[at])
                at += 1
        return count - done

    # Viper does not make objects of the numbers in a slice.
    def _part(self, requests: "Any", first: int, end: int) -> "Any":
        return requests[first:end]

    @micropython.viper
    def _in_turns(self, requests, replies, ends: int, bits: uint) -> int:
        """Perform them until the first has read one of the bits, or a line is high.

        Return whether a line was: then as many replies as there were in its turn are left.
        """
        calls = self._calls
        done = int(calls[_LEN](replies))
        self._write_row(requests, _POLL, ends | done << 8, bits)
        self._await(_REPLY_BYTES)
        state = ptr8(self.reply)
        if not state[0] & _BEGUN:
            return 0
        replies.clear()
        done = int(self.reply[1])
        while done:
            replies.append(calls[_NONE])
            done -= 1
        return 1

    @micropython.viper
    def _await(self, length: int) -> int:
        """Wait for a reply and what is behind it; raise what refuses the requests.

        Return 0 if what is behind it is still to come.
        """
        reply = self.reply
        state = ptr8(reply)
        look = self._calls[_LOOK]
        come = 0
        sure = True
        for _ in range(_POLLS * state[2]):
            found = look(reply, length)
            if found:
                come = int(found)
                break
        else:
            come = int(self.sleep(length))
            sure = False
        if state[0] & 3:
            come = int(self.out_of_turn(come))
            sure = False
        if not sure and come == _REPLY_BYTES:
            return 0  # it may be the head alone
        return come

    @micropython.viper
    def _write_row(self, requests, kind: int, ends: int, bits: uint) -> int:
        """Write the frames of requests in a row.

        Return how many words to read with the reply, or -1 if what is behind it is to be taken.
        """
        words = self.out
        out = ptr32(words)
        filled = ptr32(self.filled)
        calls = self._calls
        write = calls[_WRITE_FRAMES]
        length_of = calls[_LEN]
        if filled[0] >= _ROOM:
            self.flush()
        at = filled[0]
        filled[0] = 0
        out[at] = kind
        out[at + 2] = int(length_of(requests))
        out[at + 3] = 0
        out[at + 4] = ends
        out[at + 5] = 0
        out[at + 6] = bits
        out[at + 7] = bits >> 32
        behind = 0
        for request in requests:
            at += _ASK
            if at >= _ROOM:
                write(words, 4 * at)
                at = 0
            what = int(request[0])
            first = int(request[1])
            data = request[2]
            out[at] = what
            out[at + 2] = first
            out[at + 3] = first >> 32
            out[at + 5] = 0
            if what == _WRITE:
                out[at + 4] = int(length_of(data))
                write(words, 4 * at + _ASK_BYTES)
                calls[_WRITE_DATA](data)
                at = 0 - _ASK
            else:
                out[at + 4] = int(data)
                if what == _STORE:
                    value = int(request[3])
                    out[at + 6] = value
                    out[at + 7] = value >> 32
                elif what == _READ:
                    behind += _ROW
                else:
                    behind += 1
        if at >= 0:
            write(words, 4 * at + _ASK_BYTES)
        if behind >= _ROW:
            behind = -1
        return behind

    def sleep(self, length: int) -> int:
        """Wait for a reply, return how many bytes of it have come; the end ends the process."""
        come: int = self._calls[_SLEEP](self.reply, length)
        if not come:
            sys.exit()
        return come
