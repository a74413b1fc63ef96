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

import uctypes
import vfs
from micropython import const

from sim.micropython import frames

if sys.argv[5] == "native":
    from sim.micropython.exchange import Exchange
    from sim.micropython.shared import Shared
else:
    from sim.micropython.plain_exchange import Exchange

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]

_EVENT = const(8)
_QUERY = const(3)

_REPLY_BYTES = const(24)

ROOT = "/firmware"


class Hart(Exchange):
    """What the firmware is given: the attributes of ``sim.core.Hart`` that software uses."""

    def __init__(self, ways: "Any", reader: "Any", index: int, hart_id: int) -> None:
        super().__init__(*ways)
        self.index = index
        self.hart_id = hart_id
        self.fault: Any = None
        # What the firmware may set: a function that says what its threads wait for.
        self.snapshot: Any = None
        self.peak = 0
        self._read = reader
        self._names: dict[str, int] = {}

    def faults(self, kind: "Any") -> None:
        """Set the exception type, called with (address, response), for refused accesses."""
        self.fault = kind

    def thread(self, name: str) -> None:
        """Show a name as the running thread."""
        self.put(frames.THREAD, self._number(name), 0, 0)

    def event(self, name: str, a: int = 0, b: int = 0) -> None:
        """Put a software event into the record stream."""
        number = self._names.get(name)
        if number is None:
            number = self._number(name)
        self.put(_EVENT, number, a, b)

    def send_text(self, kind: int, text: str, number: int = 0) -> None:
        """Write a frame with a text after it."""
        data = text.encode()
        self.put(kind, len(data), number, 0)
        self.flush()
        self.write_data(data)

    def _number(self, name: str) -> int:
        """Return the number of a name; the first time it goes out as a text."""
        number = self._names.get(name)
        if number is None:
            number = self._names[name] = len(self._names)
            self.ask(frames.NAME, name)
        return number

    def receive(self) -> int:
        """Wait for the reply of an ask that no time passes in; return its value."""
        self._due()
        return self.reply[1]

    def _due(self) -> int:
        """Wait for the reply that is due, answer each QUERY before it; return its bytes."""
        while True:
            come = self.sleep(8 * len(self.reply))
            if self.reply[0] & 0xFF != _QUERY:
                return come
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
        self.put(frames.MEMORY, self.peak, alive, 0)
        self.flush()

    def started(self, value: int) -> None:
        """Say that the firmware is loaded and its software is about to run."""
        self.put(frames.STARTED, value, self.snapshot is not None, 0)
        self.flush()
        self.receive()

    def out_of_turn(self, come: int) -> int:
        """Answer a QUERY and take the reply that is due; raise what refuses the request.

        ``come`` is how many bytes have been read; return how many there are then.
        """
        if self.reply[0] & 0xFF == _QUERY:
            self.tell()
            come = self._due()
        status, value = self.reply[0] & 0xFF, self.reply[1]
        if status == frames.FAULT:
            raise self.fault(value & 0xFFFFFFFF, value >> 32)
        if status == frames.REFUSED:
            behind = uctypes.addressof(self.reply) + _REPLY_BYTES
            begun = uctypes.bytes_at(behind, come - _REPLY_BYTES)
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


def _ends(descriptors: "list[int]") -> "list[Any]":
    """Open descriptors; the last one is to write to."""
    *readers, writer = descriptors
    return [open(end, "rb") for end in readers] + [open(writer, "wb")]  # noqa: PTH123


def _head_of(reader: "Any") -> "Any":
    """Return a function that waits for the head of a reply: there may be nothing behind it."""
    return lambda reply, _length: reader.readinto(reply, _REPLY_BYTES)


def main(arguments: "list[str]") -> None:
    """Run the hart that the command line describes, to its end."""
    ends = [int(end) for end in arguments[0].split(",")]
    reader, look, writer = _ends(ends[:3])
    ways = (writer.write, look.readinto, _head_of(reader), writer.write)
    if ends[3:]:
        woken, wake = _ends(ends[3:])
        shared = Shared(int(arguments[5]), woken, look, wake)
        ways = (shared.write, shared.look, shared.sleep, writer.write)
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
    while reader.readinto(hart.reply):
        pass


main(sys.argv[1:])
