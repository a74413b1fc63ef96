# SPDX-License-Identifier: Apache-2.0
"""The hart in the MicroPython process: runs the firmware's generator, asks over the pipe.

Started as ``micropython -m sim.micropython.hart ENDS INDEX HART-ID ENTRY EMITTER [ADDRESS]``. ENDS
are descriptors: of the pipe that replies come from, the same not blocking, of the one that requests
go to. With memory that the simulator shares, at ADDRESS, the second one is of a pipe that wakes the
hart; then come that pipe itself, and the one that wakes the simulator.

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

import vfs
from micropython import const

from sim.micropython import frames
from sim.micropython.pipes import Pipes

if sys.argv[5] == "native":
    from sim.micropython.events import Events
    from sim.micropython.exchange import Exchange
    from sim.micropython.shared import Shared
else:
    from sim.micropython.plain import Events, Exchange

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]

_QUERY = const(3)

_REPLY_BYTES = const(24)

ROOT = "/firmware"


class Hart(Exchange):
    """What the firmware is given: the attributes of ``sim.core.Hart`` that software uses."""

    def __init__(self, ends: "Any", reader: "Any", index: int, hart_id: int) -> None:
        super().__init__(ends)
        self.index = index
        self.hart_id = hart_id
        self.fault: Any = None
        # What the firmware may set: a function that says what its threads wait for.
        self.snapshot: Any = None
        self.peak = 0
        self._read = reader
        events = Events(ends, self._announce)
        # Called with (name, a, b), with (name), and with the words of any frame.
        self.event = events.event
        self.thread = events.thread
        self.put = events.put

    def faults(self, kind: "Any") -> None:
        """Set the exception type, called with (address, response), for refused accesses."""
        self.fault = kind

    def send_text(self, kind: int, text: str, number: int = 0) -> None:
        """Write a frame with a text after it."""
        data = text.encode()
        self.put(kind, len(data), number, 0)
        self.ends.tell(data)

    def receive(self) -> int:
        """Wait for the reply of an ask that no time passes in; return its value."""
        self._due()
        value: int = self.word(1)
        return value

    def _due(self) -> int:
        """Wait for the reply that is due, answer each QUERY before it; return its bytes."""
        while True:
            come: int = self.ends.exchange(_REPLY_BYTES)
            if self._status() != _QUERY:
                return come
            self.tell()

    def _status(self) -> int:
        head: int = self.word(0)
        return head & 0xFF

    def _announce(self, name: str) -> None:
        self.ask(frames.NAME, name)

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
        if self.word(1) == frames.SNAPSHOT:
            try:
                self.send_text(frames.SNAPSHOT, json.dumps(self.snapshot()), 1)
            except Exception as error:
                self.send_text(frames.SNAPSHOT, type(error).__name__ + ": " + str(error))
            return
        alive = self.sample_memory()
        self.put(frames.MEMORY, self.peak, alive, 0)
        self.ends.tell(b"")

    def started(self, value: int) -> None:
        """Say that the firmware is loaded and its software is about to run."""
        self.put(frames.STARTED, value, self.snapshot is not None, 0)
        self.receive()

    def out_of_turn(self, come: int) -> int:
        """Answer a QUERY and take the reply that is due; raise what refuses the request.

        ``come`` is how many bytes have been read; return how many there are then.
        """
        if self._status() == _QUERY:
            self.tell()
            come = self._due()
        status, value = self._status(), self.word(1)
        if status == frames.FAULT:
            raise self.fault(value & 0xFFFFFFFF, value >> 32)
        if status == frames.REFUSED:
            begun = self.behind(come - _REPLY_BYTES)
            raise ValueError((begun + self.take(value - len(begun))).decode())
        return come

    def take_row(self, requests: "Any", replies: "Any") -> None:
        """Add the replies of a row that are not behind its own: they are taken from the pipe."""
        words = sum(request[0] in (frames.LOAD, frames.WAIT) for request in requests)
        values = iter(struct.unpack(f"<{words}Q", self.take(8 * words)))
        first = len(replies)
        for request in requests:
            replies.append(next(values) if request[0] in (frames.LOAD, frames.WAIT) else None)
        for at, request in enumerate(requests):
            if request[0] == frames.READ:
                replies[first + at] = self.take(request[2])


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
        gc.collect()
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


def _opened(descriptors: "list[int]") -> "list[Any]":
    """Open descriptors; the last one is to write to."""
    *readers, writer = descriptors
    return [open(end, "rb") for end in readers] + [open(writer, "wb")]  # noqa: PTH123


def main(arguments: "list[str]") -> None:
    """Run the hart that the command line describes, to its end."""
    ends = [int(end) for end in arguments[0].split(",")]
    reader, look, writer = _opened(ends[:3])
    if ends[3:]:
        woken, wake = _opened(ends[3:])
        ways: Any = Shared(int(arguments[5]), woken, look, wake, writer)
    else:
        ways = Pipes(reader, look, writer)
    hart = Hart(ways, reader, int(arguments[1]), int(arguments[2]))
    hart.receive()
    phase = frames.LOADING
    try:
        software = load(hart, arguments[3])
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
    rest = bytearray(_REPLY_BYTES)
    while reader.readinto(rest):
        pass


main(sys.argv[1:])
