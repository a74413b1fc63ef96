# SPDX-License-Identifier: Apache-2.0
"""Programs for harts on the real SoC top, run inside the simulator by test_core_port.py."""

from __future__ import annotations

import hashlib
import json
import os
import random
from pathlib import Path

import cocotb
from cocotb.triggers import Timer

from sim.core import (
    EXTERNAL,
    LOAD,
    READ,
    SOFT,
    STORE,
    TIMER,
    WAIT,
    WRITE,
    BusFault,
    Hart,
    core_port,
)

SHARED, RTOS = 0x6E400000, 0x6E800000
MSIP, MTIMECMP, MTIME = 0x02000000, 0x02004000, 0x0200BFF8
HART_CONTROL = 0x13030000


class Bench:
    """Four harts on the SoC; ``programs`` maps a fabric index to a function of the hart."""

    def __init__(self, programs):
        self.port = core_port()
        self.harts = [Hart(index, index + 1) for index in range(4)]
        self.programs = programs
        self.ended = {}
        self.started = []
        self.stopped = []
        self.digest = hashlib.sha256()
        self.port.set_skipping(os.environ.get("SKIPPING", "1") == "1")
        self.port.configure(
            start=self._start,
            stop=self.stopped.append,
            exit=self.ended.setdefault,
            records=self.digest.update,
            received=None,
            sent=None,
        )

    def _start(self, index, address):
        self.started.append((index, address))
        program = self.programs.get(index)
        return program(self.harts[index]) if program else None

    async def run(self):
        """Until hart 1 has ended; its error is raised."""
        while 0 not in self.ended:
            await Timer(10, "us")
        self.port.halt()
        self.port.flush()
        if self.ended[0] is not None:
            raise self.ended[0]
        result = {"digest": self.digest.hexdigest(), "statistics": self.port.statistics()}
        Path(os.environ["RESULT"]).write_text(json.dumps(result))


def every_size_in_every_lane(hart):
    reference = bytearray(64)
    yield (WRITE, SHARED, bytes(reference))
    value = 0x0123456789ABCDEF
    for size in (1, 2, 4, 8):
        for at in range(0, 64, size):
            value = (value * 6364136223846793005 + 1442695040888963407) % 2**64
            data = value % 2 ** (8 * size)
            yield (STORE, SHARED + at, size, value)
            reference[at : at + size] = data.to_bytes(size, "little")
            assert (yield (LOAD, SHARED + at, size)) == data
    assert (yield (READ, SHARED, 64)) == bytes(reference)


def blocks_of_any_length_and_alignment(hart):
    rng = random.Random(7)
    memory = bytearray(16384)
    yield (WRITE, SHARED, bytes(memory))
    for _ in range(60):
        at = rng.randrange(8000)
        data = rng.randbytes(rng.choice((1, 2, 7, 8, 9, 63, 64, 2048, 2049, 4096, 5000)))
        yield (WRITE, SHARED + at, memoryview(data))
        memory[at : at + len(data)] = data
        low, length = rng.randrange(9000), rng.randrange(1, 5000)
        assert (yield (READ, SHARED + low, length)) == memory[low : low + length]


def refused_accesses_are_thrown(hart):
    for request, response in (
        ((LOAD, 0x20, 4), 3),
        ((STORE, 0xF0000000, 8, 1), 3),
        ((READ, 0x70000000, 100), 3),
        ((WRITE, 0x6FFFFFF8, bytes(64)), 3),
        ((READ, 0x10010000, 64), 2),
    ):
        try:
            yield request
        except BusFault as fault:
            assert (fault.address, fault.response) == (request[1], response), fault
        else:
            raise AssertionError(f"{request} went through")
    yield (STORE, SHARED, 4, 5)
    assert (yield (LOAD, SHARED, 4)) == 5


def requests_that_cannot_be_made(hart):
    for request, error, text in (
        ((LOAD, SHARED + 1, 4), ValueError, "misaligned access"),
        ((LOAD, SHARED, 3), ValueError, "misaligned access"),
        ((READ, SHARED, 0), ValueError, "a block has 1 byte to 4 GiB, not 0"),
        ((LOAD, 1 << 32, 4), ValueError, "address 0x100000000 is outside"),
        ((9, 0, 0), TypeError, "not a request of a hart: (9, 0, 0)"),
        ("load", TypeError, "not a request of a hart: 'load'"),
        ((WRITE, SHARED, "text"), TypeError, "bytes-like object"),
    ):
        try:
            yield request
        except error as raised:
            assert text in str(raised), raised
        else:
            raise AssertionError(f"{request!r} went through")


def waits_are_exact(hart):
    for cycles in (1, 2, 10, 100, 5000):
        begin = hart.now()
        assert (yield (WAIT, cycles, 0)) == 0
        assert hart.now() - begin == cycles
    begin = hart.now()
    assert (yield (WAIT, 0, 7)) == 0
    assert hart.now() == begin


def lines_end_a_wait(hart):
    begin = hart.now()
    yield (STORE, MSIP + 4, 4, 1)
    left = yield (WAIT, 1000, SOFT)
    assert hart.lines[0] == SOFT
    assert 0 < left < 1000 and left == 1000 - (hart.now() - begin - 7), (left, hart.now() - begin)
    assert (yield (WAIT, 50, TIMER | EXTERNAL)) == 0
    yield (STORE, MSIP + 4, 4, 0)
    yield (WAIT, 5, 0)
    assert hart.lines[0] == 0
    now = yield (LOAD, MTIME, 8)
    yield (STORE, MTIMECMP + 8, 8, now + 300)
    assert (yield (WAIT, -1, TIMER)) == 0
    assert hart.lines[0] == TIMER
    assert (yield (LOAD, MTIME, 8)) == now + 300


def two_harts_share_the_fabric(hart):
    rng = random.Random(hart.index)
    base = SHARED + 0x10000 * (hart.index + 1)
    yield (WRITE, base, bytes(4096))
    memory = bytearray(4096)
    for _ in range(80):
        at = rng.randrange(4000)
        data = rng.randbytes(rng.randrange(1, 96))
        yield (WRITE, base + at, data)
        memory[at : at + len(data)] = data
        around = min(max(0, at - 64), 4096 - 256)
        assert (yield (READ, base + around, 256)) == memory[around : around + 256]
    assert (yield (READ, base, 4096)) == memory
    if hart.index == 0:
        yield (WAIT, 20000, 0)


def remote_is_started_and_reset(hart):
    yield (STORE, HART_CONTROL + 8, 4, RTOS)
    for _ in range(2):
        yield (STORE, HART_CONTROL, 4, 1)
        yield (WAIT, 500, 0)
        assert (yield (LOAD, SHARED, 4)) == 0xCAFE
        yield (STORE, SHARED, 4, 0)
        yield (STORE, HART_CONTROL, 4, 0)
        yield (WAIT, 3000, 0)
        assert (yield (LOAD, SHARED, 4)) == 0
    hart.event("end", 1, 2)


def remote(hart):
    hart.thread("remote")
    yield (STORE, SHARED, 4, 0xCAFE)
    while True:
        yield (READ, RTOS, 2048)


@cocotb.test()
async def run_programs(_dut):
    """The program that the environment names, on hart 1 (and its partner where it has one)."""
    name = os.environ["PROGRAM"]
    programs = {0: globals()[name]}
    if name == "two_harts_share_the_fabric":
        programs[1] = programs[2] = programs[0]
    if name == "remote_is_started_and_reset":
        programs[3] = remote
    bench = Bench(programs)
    await bench.run()
    expected = [(0, 0x40000000), (1, 0x40000000), (2, 0x40000000)]
    if name == "remote_is_started_and_reset":
        expected += [(3, RTOS)] * 2
        assert bench.stopped == [3, 3]
    assert bench.started == expected
    for hart, error in bench.ended.items():
        assert error is None, (hart, error)
