# SPDX-License-Identifier: Apache-2.0
"""The hart in the MicroPython process: runs the firmware's generator, asks over the pipe.

Started as ``micropython -m sim.micropython.hart READ-FD POLLED-FD WRITE-FD INDEX HART-ID ENTRY``.
Everything of the firmware comes over the pipe, file by file, out of what the hart has fetched from
simulated memory; nothing else can be imported but what is built into MicroPython. Buffers are
allocated once; a request is one write and one read. What runs in every request is written for
MicroPython, which looks an attribute up in a table and finds a local variable at once, and makes
no objects that it can do without.
"""

import gc
import io
import json
import struct
import sys
from array import array

import uctypes
import vfs
from micropython import const

from sim.micropython import frames
from sim.plain_software import ASKS, ENDED, GO_ON, THROW

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]

# What every request needs, of sim/core.py and of frames.py: const() looks them up when this is
# compiled.
_LOAD = const(0)
_STORE = const(1)
_READ = const(2)
_WRITE = const(3)
_WAIT = const(4)
_SERIES = const(5)
_EVENT = const(8)
_SEND = const(0)
_ALWAYS_HIGH = const(0x80)
_QUERY = const(3)

# Words of frames that may wait for the next request.
_ROOM = const(480)
_ASK = const(4)
_ASK_BYTES = const(32)
_REPLY = const(3)
_REPLY_BYTES = const(24)
# Words behind the reply to a row that are read together with it.
_ROW = const(64)
_SAMPLE_EVERY = const(16384)
# Reads without a result before it sleeps: about a millisecond.
_POLLS = const(3000)

# A word of a frame. An element of "Q" is always an object in MicroPython, one of "L" only where it
# needs more than 62 bits; but "L" has 64 bits only where a C long has.
_WORD = "L" if struct.calcsize("L") == 8 else "Q"

ROOT = "/firmware"


class Hart:
    """What the firmware is given: the attributes of ``sim.core.Hart`` that software uses."""

    def __init__(
        self, reader: "Any", polled: "Any", writer: "Any", index: int, hart_id: int
    ) -> None:
        self.index = index
        self.hart_id = hart_id
        self.reply = array(_WORD, [0] * (_REPLY + _ROW))
        # The byte of the last reply that holds the interrupt lines.
        self.lines = uctypes.bytearray_at(uctypes.addressof(self.reply) + 1, 1)
        # The lines that end a RUN, set by the firmware.
        self.mask = bytearray(1)
        self.out = array(_WORD, [0] * (_ROOM + 2 * _ASK))
        # Words in out that wait to be written.
        self.filled = 0
        self.fault: Any = None
        # What the firmware may set: a function that says what its threads wait for.
        self.snapshot: Any = None
        self.peak = 0
        self._read = reader
        self.write = writer.write
        polls = uctypes.bytearray_at(uctypes.addressof(self.reply) + 2, 1)
        # What a request needs, in one look-up.
        self._wire = (self.out, self.reply, writer.write, polled.readinto, reader.readinto, polls)
        self._names: dict[str, int] = {}

    def faults(self, kind: "Any") -> None:
        """Set the exception type, called with (address, response), for refused accesses."""
        self.fault = kind

    def now(self) -> int:
        """Return the clock of the last reply: no time passes between two requests."""
        return self.reply[2]

    def thread(self, name: str) -> None:
        """Show a name as the running thread."""
        self._put(frames.THREAD, self._number(name), 0, 0)

    def event(self, name: str, a: int = 0, b: int = 0) -> None:
        """Put a software event into the record stream."""
        number = self._names.get(name)
        if number is None:
            number = self._number(name)
        self._put(_EVENT, number, a, b)

    def _put(self, kind: int, first: int, second: int, third: int) -> None:
        """Add a frame to those that go out with the next request."""
        at = self.filled
        if at >= _ROOM:
            self.flush()
            at = 0
        out = self.out
        out[at] = kind
        out[at + 1] = first
        out[at + 2] = second
        out[at + 3] = third
        self.filled = at + _ASK

    def flush(self) -> None:
        """Write the frames that wait."""
        self.write(self.out, 8 * self.filled)
        self.filled = 0

    def send_text(self, kind: int, text: str, number: int = 0) -> None:
        """Write a frame with a text after it."""
        data = text.encode()
        self._put(kind, len(data), number, 0)
        self.flush()
        self.write(data)

    def _number(self, name: str) -> int:
        """Return the number of a name; the first time it goes out as a text."""
        number = self._names.get(name)
        if number is None:
            number = self._names[name] = len(self._names)
            self.send_text(frames.NAME, name)
        return number

    def receive(self) -> int:
        """Wait for the reply of an ask that no time passes in; return its value."""
        while True:
            if self._read.readinto(self.reply, _REPLY_BYTES) != _REPLY_BYTES:
                sys.exit()
            if self.reply[0] & 0xFF != _QUERY:
                return self.reply[1]
            self.tell()

    def ask(self, kind: int, text: str) -> int:
        """Send a text of the interpreter's own and return the reply's value."""
        self.send_text(kind, text)
        return self.receive()

    def take(self, length: int) -> bytes:
        """Return the bytes that follow a reply."""
        return self._read.read(length) if length else b""

    def sample_memory(self) -> int:
        """Collect garbage; return the bytes that are alive; remember the most there were."""
        gc.collect()
        alive: int = gc.mem_alloc()  # type: ignore[attr-defined]
        self.peak = max(self.peak, alive)
        return alive

    def tell(self) -> None:
        """Answer a QUERY."""
        if self.reply[1] == frames.SNAPSHOT:
            try:
                self.send_text(frames.SNAPSHOT, json.dumps(self.snapshot()), 1)
            except Exception as error:
                self.send_text(frames.SNAPSHOT, type(error).__name__ + ": " + str(error))
            return
        alive = self.sample_memory()
        self._put(frames.MEMORY, self.peak, alive, 0)
        self.flush()

    def started(self, value: int) -> None:
        """Say that the firmware is loaded and its software is about to run."""
        self._put(frames.STARTED, value, self.snapshot is not None, 0)
        self.flush()
        self.receive()

    def _out_of_turn(self, come: int) -> None:
        """Answer a QUERY and take the reply that is due; raise what refuses the request.

        ``come`` is how many bytes have been read.
        """
        if self.reply[0] & 0xFF == _QUERY:
            self.tell()
            self.receive()
            come = _REPLY_BYTES
        status, value = self.reply[0] & 0xFF, self.reply[1]
        if status == frames.FAULT:
            raise self.fault(value & 0xFFFFFFFF, value >> 32)
        if status == frames.REFUSED:
            behind = uctypes.addressof(self.reply) + _REPLY_BYTES
            begun = uctypes.bytes_at(behind, come - _REPLY_BYTES)
            raise ValueError((begun + self.take(value - len(begun))).decode())

    def run(self, software: "Any") -> None:
        """Perform what the software asks for until it returns or raises; sample the heap.

        As sim/native/hart_software.c does: a coroutine that the kernel has run (RUN) is resumed
        without the kernel, until that has to know.

        An object of one block is made for each request: behind the last of those MicroPython begins
        to look for room (gc_alloc in py/gc.c). Without them all that is alive would be looked
        through for every larger object.
        """
        perform, perform_row, lines, mask = self.perform, self.perform_row, self.lines, self.mask
        send = resume = step = software.send
        value: Any = None
        # The coroutine that runs in place of the kernel; the requests of a SERIES and the replies.
        frame = row = replies = value
        while True:
            self.sample_memory()
            for _ in range(_SAMPLE_EVERY):
                try:
                    request = step(value)
                except Exception as error:
                    if frame is None:
                        if isinstance(error, StopIteration):
                            return
                        raise error
                    step, value = _out_of_frame(software, error)
                    frame, resume = None, send
                    continue
                step = resume
                _ = (request,)  # see above: an object of one block
                kind = request[0]
                if kind >= _SERIES:
                    if kind == _SERIES:
                        row, replies = request[1], []
                        if not row:
                            value = replies
                            continue
                    elif frame is not None:
                        frame, resume, step, value = None, send, send, (ASKS, request)
                        continue
                    else:
                        _, frame, how, value = request
                        resume = frame.send
                        step = frame.throw if how == THROW else resume
                        if how != GO_ON:
                            continue
                        row, replies = value
                how = _SEND
                try:
                    if row is None:
                        value = perform(request)
                    else:
                        perform_row(row, replies, _ends_of(request) if frame is None else mask[0])
                        value = replies
                        if frame is not None and len(replies) < len(row):
                            how, value = GO_ON, (row, replies)
                except Exception as refused:
                    how, value = THROW, refused
                    step = software.throw if frame is None else frame.throw
                row = None
                if frame is not None and (lines[0] | _ALWAYS_HIGH) & mask[0]:
                    frame, resume, step, value = None, send, send, (how, value)

    def perform(self, request: "Any") -> "Any":
        """Carry a request out and its reply in; raise what refuses it."""
        out, reply, write, poll, sleep, polls = self._wire
        at = self.filled
        kind, data = request[0], request[2]
        out[at] = kind
        out[at + 1] = request[1]
        if kind == _WRITE:
            out[at + 2] = len(data)
            write(out, 8 * at + _ASK_BYTES)
            write(data)
        else:
            out[at + 2] = data
            if kind == _STORE:
                out[at + 3] = request[3]
            write(out, 8 * at + _ASK_BYTES)
        if at:
            self.filled = 0
        for _ in range(_POLLS * polls[0]):
            if poll(reply, _REPLY_BYTES):
                break
        else:
            if not sleep(reply, _REPLY_BYTES):
                sys.exit()
        if reply[0] & 3:
            self._out_of_turn(_REPLY_BYTES)
        if kind == _LOAD or kind == _WAIT:  # noqa: PLR1714, SIM109 - makes no tuple
            return reply[1]
        return self.take(data) if kind == _READ else None

    def perform_row(self, requests: "Any", replies: "Any", ends: int) -> None:
        """Add the replies to what is left of a SERIES, up to one at which a line is high."""
        if ends & _ALWAYS_HIGH:
            replies.append(self.perform(requests[len(replies)]))
            return
        if replies:
            requests = requests[len(replies) :]
        words = self._write_row(requests, ends)
        length = _REPLY_BYTES + 8 * words if words > 0 else _REPLY_BYTES
        reply = self.reply
        _, _, _, poll, sleep, polls = self._wire
        for _ in range(_POLLS * polls[0]):
            come = poll(reply, length)
            if come:
                break
        else:
            # It sleeps until there is all that it wants, but what refuses the row has no more.
            come = sleep(reply, _REPLY_BYTES)
            if not come:
                sys.exit()
            if words:
                words = -1
        if reply[0] & 3:
            self._out_of_turn(come)
            words = -1
        done = reply[1]
        if done < len(requests):
            requests = requests[:done]
        if words < 0:
            self._take_row(requests, replies)
            return
        at = _REPLY
        for request in requests:
            kind = request[0]
            if kind == _STORE or kind == _WRITE:  # noqa: PLR1714, SIM109
                replies.append(None)
            else:
                replies.append(reply[at])
                at += 1

    def _write_row(self, requests: "Any", ends: int) -> int:
        """Write the frames of requests in a row.

        Return how many words to read with the reply, or -1 if what is behind it is to be taken.
        """
        count, words = len(requests), 0
        self._put(_SERIES, count, ends, 0)
        out, _, write, _, _, _ = self._wire
        at = self.filled
        for request in requests:
            if at >= _ROOM:
                self.filled = at
                self.flush()
                at = 0
            kind, data = request[0], request[2]
            out[at] = kind
            out[at + 1] = request[1]
            if kind == _STORE:
                out[at + 2] = data
                out[at + 3] = request[3]
            elif kind == _WRITE:
                out[at + 2] = len(data)
                write(out, 8 * at + _ASK_BYTES)
                write(data)
                at = -_ASK
            else:
                out[at + 2] = data
                words += _ROW if kind == _READ else 1
            at += _ASK
        if at:
            write(out, 8 * at)
        self.filled = 0
        return words if words < _ROW else -1

    def _take_row(self, requests: "Any", replies: "Any") -> None:
        """Add the replies of a row that are not behind its own: they are taken from the pipe."""
        words = sum(request[0] in (_LOAD, _WAIT) for request in requests)
        values = iter(array(_WORD, self.take(8 * words)))
        first = len(replies)
        for request in requests:
            replies.append(next(values) if request[0] in (_LOAD, _WAIT) else None)
        for at, request in enumerate(requests):
            if request[0] == _READ:
                replies[first + at] = self.take(request[2])


def _out_of_frame(software: "Any", error: Exception) -> "tuple[Any, Any]":
    """Return how the kernel goes on whose coroutine has returned or raised."""
    if isinstance(error, StopIteration):
        return software.send, (ENDED, error.value)
    return software.throw, error


def _ends_of(request: "Any") -> int:
    """Return the lines that end a SERIES of the kernel's own early."""
    return request[2] & 7 if len(request) > 2 else 0


class FirmwareFiles:
    """A read-only file system with the firmware's files; each is fetched when it is opened."""

    def __init__(self, hart: Hart) -> None:
        self._hart = hart

    def mount(self, _read_only: bool, _make: bool) -> None:
        """Be mounted."""

    def chdir(self, _path: str) -> None:
        """Be the current folder."""

    def stat(self, path: str) -> "tuple[int, ...]":
        """Return the mode of a file or folder in a tuple as os.stat does."""
        kind = self._hart.ask(frames.STAT, path.strip("/"))
        if kind == frames.ABSENT:
            raise OSError(2)
        return (0x4000 if kind == frames.FOLDER else 0x8000, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    def open(self, path: str, _mode: str) -> io.BytesIO:
        """Return a file.

        Garbage of the module before is collected first: left to lie between what stays, it would
        leave no room for a table to grow.
        """
        self._hart.sample_memory()
        return io.BytesIO(self._hart.take(self._hart.ask(frames.OPEN, path.strip("/"))))


def load(hart: Hart, entry: str) -> "Any":
    """Import the firmware's entry out of its own files; return the software of the hart."""
    for name in list(sys.modules):
        if name.split(".")[0] == "sim":
            del sys.modules[name]
    vfs.mount(FirmwareFiles(hart), ROOT)
    sys.path[:] = [ROOT]
    module, _, function = entry.partition(":")
    boot = getattr(__import__(module, None, None, (function,)), function)
    with open(ROOT + "/board.json") as file:  # noqa: PTH123 - MicroPython has no pathlib
        board = json.load(file)
    return boot(hart, board)


def main(arguments: "list[str]") -> None:
    """Run the hart that the command line describes, to its end."""
    reader, polled = (open(int(end), "rb") for end in arguments[:2])  # noqa: PTH123, SIM115
    writer = open(int(arguments[2]), "wb")  # noqa: PTH123, SIM115
    hart = Hart(reader, polled, writer, int(arguments[3]), int(arguments[4]))
    hart.receive()
    phase = frames.LOADING
    try:
        software = load(hart, arguments[5])
        hart.started(hart.sample_memory())
        phase = frames.RUNNING
        hart.run(software)
        hart.send_text(frames.ENDED, "", frames.RETURNED)
    except Exception as error:
        software = None  # what it holds may be all there is of the heap
        gc.collect()
        for shown in (getattr(error, "cause", None), error):
            if shown is not None:
                sys.print_exception(shown, sys.stderr)  # type: ignore[attr-defined]
        hart.send_text(frames.ENDED, type(error).__name__ + ": " + str(error), phase)
    # A file may be on its way yet, and who writes it has to come to read this.
    while reader.readinto(hart.reply):
        pass


main(sys.argv[1:])
