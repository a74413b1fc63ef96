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
from sim.plain_software import plain_software

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]

_STORE = const(1)
_READ = const(2)
_WRITE = const(3)
_SERIES = const(5)

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
        self._polled = polled
        self._write = writer
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
        self._write.write(self.out, 8 * self.filled)
        self.filled = 0

    def send_text(self, kind: int, text: str, number: int = 0) -> None:
        """Write a frame with a text after it."""
        data = text.encode()
        self._put(kind, len(data), number, 0)
        self.flush()
        self._write.write(data)

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
            if self._read.readinto(self.reply) != frames.REPLY_BYTES:
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

    def _write_row(self, requests: "Any", mask: int) -> None:
        """Write the frames of requests in a row."""
        self._put(frames.SERIES, len(requests), mask, 0)
        for request in requests:
            kind, first, second = request[0], request[1], request[2]
            if kind == _WRITE:
                self._put(kind, first, len(second), 0)
                self.flush()
                self._write.write(second)
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

    def run(self, software: "Any") -> None:
        """Carry requests out and replies in until the software returns or raises."""
        out, reply = self.out, self.reply
        write, readinto, poll = self._write.write, self._read.readinto, self._polled.readinto
        polls = self.polls
        send = step = software.send
        value: Any = None
        while True:
            for _ in range(_SAMPLE_EVERY):
                try:
                    request = step(value)
                except StopIteration:
                    return
                step = send
                at = self.filled
                kind = request[0]
                out[at] = kind
                if kind == _SERIES:
                    self._write_row(request[1], request[2])
                elif kind == _WRITE:
                    data = request[2]
                    out[at + 1] = request[1]
                    out[at + 2] = len(data)
                    write(out, 8 * at + 32)
                    write(data)
                else:
                    out[at + 1] = request[1]
                    out[at + 2] = request[2]
                    if kind == _STORE:
                        out[at + 3] = request[3]
                    write(out, 8 * at + 32)
                self.filled = 0
                for _ in range(_POLLS * polls[0]):
                    if poll(reply):
                        break
                else:
                    if readinto(reply) != 24:
                        return
                while reply[0] & 3:
                    if reply[0] & 3 != 3:
                        step = software.throw
                        value = self.refusal()
                        break
                    self.tell()
                    self.receive()
                else:
                    if kind == _READ:
                        value = self.take(request[2])
                    elif kind == _SERIES:
                        value = self._row_replies(request[1], reply[1])
                    else:
                        value = None if kind in (_STORE, _WRITE) else reply[1]
            self.sample_memory()


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
        hart.run(plain_software(software, hart.lines, hart.mask, True))
        hart.send_text(frames.ENDED, "", frames.RETURNED)
    except Exception as error:
        software = None  # what it holds may be all there is of the heap
        gc.collect()
        for shown in (getattr(error, "cause", None), error):
            if shown is not None:
                sys.print_exception(shown, sys.stderr)  # type: ignore[attr-defined]
        hart.send_text(frames.ENDED, type(error).__name__ + ": " + str(error), phase)


main(sys.argv[1:])
