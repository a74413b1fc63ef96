# SPDX-License-Identifier: Apache-2.0
"""The hart in the MicroPython process: runs the firmware's generator, asks over the pipe.

Started as ``micropython -m sim.micropython.hart READ-FD POLLED-FD WRITE-FD INDEX HART-ID ENTRY``.
Everything of the firmware comes over the pipe, file by file, out of what the hart has fetched from
simulated memory; nothing else can be imported but what is built into MicroPython. Buffers are
allocated once; a request is one write and one read.
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
from sim.plain_software import ALWAYS_HIGH, ASKS, ENDED, GO_ON, THROW

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]

# What every request needs, as in sim/core.py: const() looks them up when this is compiled.
_STORE = const(1)
_READ = const(2)
_WRITE = const(3)
_SERIES = const(5)
_SEND = const(0)
_ALWAYS_HIGH = const(0x80)

# Words of events that may wait for the next request.
_ROOM = const(480)
_ASK = const(4)
_SAMPLE_EVERY = const(16384)
# Reads without a result before it sleeps: about a millisecond.
_POLLS = const(3000)

ROOT = "/firmware"


class Hart:
    """What the firmware is given: the attributes of ``sim.core.Hart`` that software uses."""

    def __init__(
        self, reader: "Any", polled: "Any", writer: "Any", index: int, hart_id: int
    ) -> None:
        self.index = index
        self.hart_id = hart_id
        self.reply = array("Q", [0] * frames.REPLY_WORDS)
        # The byte of the last reply that holds the interrupt lines.
        self.lines = uctypes.bytearray_at(uctypes.addressof(self.reply) + 1, 1)
        self.polls = uctypes.bytearray_at(uctypes.addressof(self.reply) + 2, 1)
        # The lines that end a RUN, set by the firmware.
        self.mask = bytearray(1)
        self.out = array("Q", [0] * (_ROOM + 2 * _ASK))
        # Words in out that wait to be written.
        self.filled = 0
        self.fault: Any = None
        # What the firmware may set: a function that says what its threads wait for.
        self.snapshot: Any = None
        self.peak = 0
        self._read = reader
        self.write, self.sleep, self.poll = writer.write, reader.readinto, polled.readinto
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
        self._put(frames.EVENT, self._number(name), a, b)

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
            if self.sleep(self.reply) != frames.REPLY_BYTES:
                sys.exit()
            if self.reply[0] & 0xFF != frames.QUERY:
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

    def refusal(self) -> "Any":
        """Return the exception that the last reply stands for."""
        value = self.reply[1]
        if self.reply[0] & 0xFF == frames.FAULT:
            return self.fault(value & 0xFFFFFFFF, value >> 32)
        return ValueError(self.take(value).decode())

    def run(self, software: "Any") -> None:
        """Perform what the software asks for until it returns or raises; sample the heap.

        As sim/native/hart_software.c does: a coroutine that the kernel has run (RUN) is resumed
        without the kernel, until that has to know.
        """
        perform, lines, mask = self.perform, self.lines, self.mask
        send = resume = step = software.send
        value: Any = None
        frame: Any = None  # the coroutine that runs in place of the kernel
        row: Any = None  # requests of a SERIES, and the replies so far
        while True:
            self.sample_memory()
            for _ in range(_SAMPLE_EVERY):
                try:
                    request = step(value)
                except Exception as error:
                    if frame is None:
                        if isinstance(error, StopIteration):
                            return
                        raise
                    step, value = _out_of_frame(software, error)
                    frame, resume = None, send
                    continue
                step = resume
                kind = request[0]
                if kind > _SERIES:
                    if frame is not None:
                        frame, resume, step, value = None, send, send, (ASKS, request)
                        continue
                    _, frame, how, value = request
                    resume = frame.send
                    step = frame.throw if how == THROW else resume
                    if how != GO_ON:
                        continue
                    row = value
                elif kind == _SERIES:
                    if not request[1]:
                        value = []
                        continue
                    row = (request[1], [])
                how = _SEND
                try:
                    if row is None:
                        value = perform(request)
                    else:
                        ends = _ends_of(request) if frame is None else mask[0]
                        value = self._perform_row(row[0], row[1], ends)
                        if frame is not None and len(value) < len(row[0]):
                            how, value = GO_ON, row
                except Exception as refused:
                    how, value = THROW, refused
                    step = software.throw if frame is None else frame.throw
                row = None
                if frame is not None and (lines[0] | _ALWAYS_HIGH) & mask[0]:
                    frame, resume, step, value = None, send, send, (how, value)

    def perform(self, request: "Any") -> "Any":
        """Carry a request out and its reply in; raise what refuses it."""
        out, reply = self.out, self.reply
        at = self.filled
        kind = request[0]
        if kind == _SERIES:
            self._write_row(request[1], request[2])
        else:
            out[at] = kind
            out[at + 1] = request[1]
            out[at + 2] = len(request[2]) if kind == _WRITE else request[2]
            if kind == _STORE:
                out[at + 3] = request[3]
            self.write(out, 8 * at + 32)
            if kind == _WRITE:
                self.write(request[2])
        self.filled = 0
        poll = self.poll
        for _ in range(_POLLS * self.polls[0]):
            if poll(reply):
                break
        else:
            if self.sleep(reply) != frames.REPLY_BYTES:
                sys.exit()
        while reply[0] & 3:
            if reply[0] & 3 != frames.QUERY:
                raise self.refusal()
            self.tell()
            self.receive()
        if kind == _READ:
            return self.take(request[2])
        if kind == _SERIES:
            return self._row_replies(request[1], reply[1])
        return None if kind in (_STORE, _WRITE) else reply[1]

    def _perform_row(self, requests: "Any", replies: "Any", ends: int) -> "Any":
        """Perform what is left of a SERIES, up to a reply at which a line in ``ends`` is high."""
        at = len(replies)
        if ends & ALWAYS_HIGH:
            replies.append(self.perform(requests[at]))
        else:
            replies.extend(self.perform((_SERIES, requests[at:], ends)))
        return replies

    def _write_row(self, requests: "Any", mask: int) -> None:
        """Write the frames of requests in a row."""
        self._put(frames.SERIES, len(requests), mask, 0)
        for request in requests:
            kind, first, second = request[0], request[1], request[2]
            if kind == _WRITE:
                self._put(kind, first, len(second), 0)
                self.flush()
                self.write(second)
            else:
                self._put(kind, first, second, request[3] if kind == _STORE else 0)
        if self.filled:
            self.flush()

    def _row_replies(self, requests: "Any", done: int) -> "Any":
        """Return the replies to the requests of a row that are done."""
        kinds = [requests[at][0] for at in range(done)]
        words = [at for at in range(done) if kinds[at] in (frames.LOAD, frames.WAIT)]
        replies: list[Any] = [None] * done
        if words:
            values = struct.unpack(f"<{len(words)}Q", self.take(8 * len(words)))
            for at, value in zip(words, values):  # noqa: B905 - MicroPython has no strict
                replies[at] = value
        for at in range(done):
            if kinds[at] == _READ:
                replies[at] = self.take(requests[at][2])
        return replies


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


main(sys.argv[1:])
