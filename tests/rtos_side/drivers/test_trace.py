# SPDX-License-Identifier: Apache-2.0
# The trace buffer, as Linux reads it: up to the first NUL.

from bare_machine import Ram

from rtos_side.drivers.trace import Trace
from rtos_side.hal import WRITE

BASE = 0x81360000
SIZE = 16


class Buffer:
    def __init__(self, fill=0):
        self.ram = Ram(BASE, SIZE)
        self.ram.write(BASE, bytes([fill] * SIZE))
        self.trace = Trace({"base": BASE, "size": SIZE})

    def write(self, text):
        writing = self.trace.write(text)
        requests = 0
        try:
            while True:
                kind, address, data = writing.send(None)
                assert kind == WRITE
                assert address >= BASE and address + len(data) <= BASE + SIZE
                self.ram.write(address, data)
                requests += 1
        except StopIteration:
            return requests

    def shown(self):
        return self.ram.read(BASE, SIZE).split(b"\0")[0]


def test_text_grows_from_the_start_with_one_burst_a_write():
    buffer = Buffer(0xFF)
    assert buffer.write(b"ab\n") == 1
    assert buffer.shown() == b"ab\n"
    buffer.write(b"cd")
    assert buffer.shown() == b"ab\ncd"


def test_a_full_buffer_goes_on_at_the_start_and_shows_all_of_it():
    buffer = Buffer()
    buffer.write(b"0123456789")
    assert buffer.write(b"abcdefgh") == 2
    assert buffer.shown() == b"fgh3456789abcde"
    buffer.write(b"X")
    assert buffer.shown() == b"fghX456789abcde"


def test_text_that_just_fits_leaves_the_last_byte_nul():
    buffer = Buffer(0xFF)
    buffer.write(b"0123456789abcde")
    assert buffer.ram.read(BASE, SIZE) == b"0123456789abcde\0"
    buffer.write(b"Z")
    assert buffer.shown() == b"Z123456789abcde"


def test_text_longer_than_the_buffer_leaves_its_end():
    buffer = Buffer()
    buffer.write(bytes(range(65, 65 + 40)))
    shown = buffer.shown()
    assert len(shown) == 15
    assert shown[:10] == bytes(range(95, 105))


def test_nothing_is_no_access():
    assert Buffer().write(b"") == 0


# Two writers at once, as an interrupt in the middle of a thread's write: each has its own place.
def test_writers_do_not_share_a_place():
    buffer = Buffer()
    first = buffer.trace.write(b"aaaa")
    request = first.send(None)
    buffer.write(b"bb")
    buffer.ram.write(request[1], request[2][:4])
    assert buffer.shown() == b"aaaabb"
