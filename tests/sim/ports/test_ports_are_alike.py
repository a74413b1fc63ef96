# SPDX-License-Identifier: Apache-2.0
"""The C extension and the ctypes port do the same; here the test stands in for the RTL."""

from __future__ import annotations

import gc
import importlib
import sys
import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from sim.build.native import build_core_port, build_extension
from sim.ports.ctypes_port import CtypesPort
from sim.ports.library import load_library

HART = 2
LOAD, STORE, READ, WRITE, WAIT = range(5)
OFF = 0  # command word of a hart that is off


class Fault(Exception):
    """What the software gets for a refused access."""


@pytest.fixture(params=["extension", "ctypes"])
def bench(request: pytest.FixtureRequest) -> Iterator[SimpleNamespace]:
    """A port, the library behind it, what its callbacks have been told."""
    folder = str(build_core_port())
    if request.param == "ctypes":
        port: Any = CtypesPort(folder)
    else:
        sys.path.insert(0, str(build_extension()))
        port = importlib.import_module("_coreport")
        sys.path.pop(0)
    found = SimpleNamespace(
        port=port,
        library=load_library(folder),
        ended=[],
        stopped=[],
        records=bytearray(),
        program=None,
    )
    port.configure(
        start=lambda _hart, _address: found.program,
        stop=found.stopped.append,
        exit=lambda *arguments: found.ended.append(arguments),
        records=found.records.extend,
        received=None,
        sent=None,
    )
    found.lines = bytearray(1)
    found.mask = bytearray(1)
    found.watchers = {}
    port.attach(HART, found.lines, found.mask, Fault, found.watchers)
    yield found
    found.program = None
    found.library.core_port_stop(HART, 0)


def start(bench: SimpleNamespace, program: Any) -> int:
    """Command word for the first request of ``program``."""
    bench.program = program
    command = bench.library.core_port_start(HART, 100, 0x6E800000)
    bench.program = None
    return command


REFUSED = (
    (
        (LOAD, 1, 4),
        ValueError,
        "misaligned access: (0, 1, 4) (size 1, 2, 4 or 8, address a multiple)",
    ),
    (
        (LOAD, 0, 3),
        ValueError,
        "misaligned access: (0, 0, 3) (size 1, 2, 4 or 8, address a multiple)",
    ),
    ((READ, 0, 0), ValueError, "a block has 1 byte to 4 GiB, not 0"),
    ((WRITE, 0, b""), ValueError, "a block has 1 byte to 4 GiB, not 0"),
    ((LOAD, 1 << 32, 4), ValueError, "address 0x100000000 is outside the 32-bit address space"),
    ((WAIT, 1 << 32, 0), ValueError, "a wait has at most 2^32-1 clocks, not 4294967296"),
    (
        (STORE, 0, 4),
        TypeError,
        "not a request of a hart: (1, 0, 4) (expected (0, address, size), "
        "(1, address, size, value), (2, address, length), (3, address, data), "
        "(4, cycles, mask), (5, requests), (6, requests, bits) or (7, coroutine, how, value))",
    ),
)


def test_request_that_cannot_be_made_is_raised_where_it_was_made(bench):
    caught = []

    def program():
        for request, _, _ in REFUSED:
            try:
                yield request
            except (ValueError, TypeError) as error:
                caught.append((type(error), str(error)))

    assert start(bench, program()) == OFF
    assert caught == [(kind, text) for _, kind, text in REFUSED]
    assert bench.ended == [(HART, None)]


def test_reply_and_refusal_reach_the_software(bench):
    got = []

    def program():
        got.append((yield (WAIT, 0, 7)))
        got.append((yield (LOAD, 0x1000, 4)))
        try:
            yield (READ, 0x2000, 16)
        except Fault as fault:
            got.append(fault.args)
        got.append((yield (WAIT, 50, 1)))

    library = bench.library
    assert start(bench, program()) & 0xFFFF_FFFF == 0x1000
    library.core_port_rbeat(HART, 0x1111_2222_3333_4444)
    assert library.core_port_done(HART, 110, 0, 0) & 0xFFFF_FFFF == 0x2000
    assert library.core_port_done(HART, 120, 3, 0) & 0xFFFF_FFFF == 50
    assert library.core_port_done(HART, 130, 0, 41) == OFF
    assert got == [0, 0x3333_4444, (0x2000, 3), 41]
    assert bench.ended == [(HART, None)]


def test_reset_drops_the_software_and_what_it_held(bench):
    cleaned_up = []

    class Held:
        pass

    def program(held):
        try:
            while True:
                yield (WAIT, -1, 7)
        finally:
            cleaned_up.append(held)
            bench.port.event(HART, "reset")

    held = Held()
    gone = weakref.ref(held)
    start(bench, program(held))
    del held
    bench.library.core_port_stop(HART, 200)
    assert bench.stopped == [HART] and len(cleaned_up) == 1
    cleaned_up.clear()
    gc.collect()
    assert gone() is None and bench.ended == []


def test_hart_that_starts_again_without_a_stop_drops_its_old_software(bench):
    def program():
        yield (WAIT, -1, 7)

    first = program()
    gone = weakref.ref(first)
    start(bench, first)
    del first
    start(bench, program())
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("where", ["start", "software", "fault"])
def test_error_ends_the_software_and_is_handed_over(bench, where: str):
    def program():
        if where == "software":
            raise LookupError("on purpose")
        yield (LOAD, 0, 4)

    def bad_fault(address, response):
        raise LookupError("on purpose")

    if where == "start":
        bench.port.configure(
            start=lambda hart, address: bad_fault(address, 0),
            stop=None,
            exit=lambda *arguments: bench.ended.append(arguments),
            records=None,
            received=None,
            sent=None,
        )
    bench.port.attach(HART, bench.lines, bench.mask, bad_fault, bench.watchers)
    start(bench, program())
    if where == "fault":
        assert bench.library.core_port_done(HART, 110, 2, 0) == OFF
    ((hart, error),) = bench.ended
    assert (hart, type(error), str(error)) == (HART, LookupError, "on purpose")


def test_software_that_never_keeps_a_reference(bench):
    """A thousand requests of every kind leave no object behind."""
    data = bytes(64)

    def program():
        for _ in range(1000):
            yield (WRITE, 0x1000, data)
            yield (READ, 0x1000, 64)
            yield (STORE, 0x1000, 8, 1 << 60)
            yield (LOAD, 0x1000, 8)

    count = sys.getrefcount(data)
    command = start(bench, program())
    while command != OFF:
        command = bench.library.core_port_done(HART, 110, 0, 0)
    gc.collect()
    assert sys.getrefcount(data) == count
    assert bench.ended == [(HART, None)]


def test_lines_follow_and_must_be_one_byte(bench):
    bench.library.core_port_lines(HART, 100, 5)
    assert bench.lines == b"\5"
    with pytest.raises(ValueError, match=r"^lines and mask have 2 and 1 bytes, expected 1 each$"):
        bench.port.attach(HART, bytearray(2), bytearray(1), Fault, {})
    bench.lines.clear()
    bench.library.core_port_lines(HART, 101, 0)


def test_watcher_is_told_before_the_event_is_recorded(bench):
    seen = []

    def watch(*told):
        bench.port.flush()
        seen.append((*told, len(bench.records)))

    bench.watchers["ping"] = watch
    bench.port.event(HART, "other", 1, 2)
    bench.port.flush()
    before = len(bench.records)
    bench.port.event(HART, "ping", 3, -4)
    bench.port.event(HART, "ping")
    now = bench.port.now()
    assert seen[0] == (now, 3, -4, before)
    assert seen[1][:3] == (now, 0, 0) and seen[1][3] > before


def test_error_of_a_watcher_comes_where_the_event_is(bench):
    def fail(*_told):
        raise LookupError("on purpose")

    bench.watchers["ping"] = fail
    with pytest.raises(LookupError, match=r"^on purpose$"):
        bench.port.event(HART, "ping")
    bench.port.flush()
    assert b"ping" not in bench.records


@pytest.mark.parametrize("refused", [False, True])
def test_generator_that_software_returns_goes_on_in_its_place(bench, refused: bool):
    replies = []

    def second():
        replies.append((yield (LOAD, 0x20, 4)))
        return 7  # no software: the end

    def first():
        try:
            yield (LOAD, 0x10, 4)
        except Fault as fault:
            replies.append(fault)
        return second()

    software = first()
    gone = weakref.ref(software)
    first_command = start(bench, software)
    del software
    command = bench.library.core_port_done(HART, 110, 2 if refused else 0, 0)
    gc.collect()
    replies.clear()
    assert command not in (OFF, first_command) and command & 0xFFFFFFFF == 0x20
    assert gone() is None and bench.ended == []
    bench.library.core_port_rbeat(HART, 0x1234)
    assert bench.library.core_port_done(HART, 120, 0, 0) == OFF
    assert replies == [0x1234] and bench.ended == [(HART, None)]


def test_many_event_names_get_a_record_each(bench):
    for number in range(500):
        bench.port.event(HART, f"name {number}", number, -number)
        bench.port.event(HART, f"name {number}")
    bench.port.flush()
    assert bench.records.count(b"name ") == 500


def test_terminal_takes_what_fits(bench):
    assert bench.port.terminal_send(3, bytes(5000)) == 4095
    while bench.library.core_port_terminal_tx(3, 100):
        pass
    with pytest.raises(ValueError, match=r"^terminal 4, expected 0\.\.3$"):
        bench.port.terminal_send(4, b"x")
