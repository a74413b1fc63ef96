# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of the observers: what passed on the wires is what the records say, to the clock."""

from __future__ import annotations

import ctypes
import os
import random
from collections.abc import Callable

import cocotb
from axi_port import BEAT, DECERR, FIXED, SLVERR, AxiPort, start
from cocotb.handle import SimHandleBase
from cocotb.triggers import Combine, FallingEdge, RisingEdge
from cocotbext.axi import ApbBus, ApbMaster

from sim.ports import library as native
from sim.ports.observers import BusObserver, LineObserver
from sim.records import Kind, Record, read_records

BASE, SIZE = 0x6E40_0000, 0xF800
HOOKS: list[object] = []


class Records:
    """The records that the observers of `dut` make, through the core port's library."""

    def __init__(self, dut: SimHandleBase) -> None:
        self._stream = bytearray()
        self._library = native.load_library(os.environ["CORE_PORT"])
        hooks = native.CoreHooks()
        hooks.records = native.RecordsHook(
            lambda data, length: self._stream.extend((ctypes.c_char * length).from_address(data))
        )
        self._library.core_port_set_hooks(hooks)
        HOOKS.append(hooks)
        self._observers = (
            BusObserver(dut.observe_memory, self._library),
            BusObserver(dut.observe_registers, self._library),
            LineObserver(dut.observe_lines, self._library),
        )
        cocotb.start_soon(self._watch(dut))

    async def _watch(self, dut: SimHandleBase) -> None:
        while True:
            await FallingEdge(dut.clk_i)
            if int(dut.rst_ni.value):
                for observer in self._observers:
                    observer.report()

    def take(self, kind: Callable[[Kind], bool] = lambda _kind: True) -> list[Record]:
        """The records since the last call, or those of some kinds."""
        self._library.core_port_flush()
        found = [record for record in read_records(bytes(self._stream)) if kind(record.kind)]
        self._stream.clear()
        return found


async def ready(dut: SimHandleBase) -> tuple[AxiPort, Records]:
    """A master, and the records from now on."""
    dut.lines_i.value = 0
    (port,) = await start(dut, "s", s_apb_psel=0, s_apb_penable=0)
    return port, Records(dut)


def joined(records: list[Record]) -> tuple[int, bytes]:
    """First address and bytes of records that follow one another."""
    data = b""
    for record in records:
        assert record.address == records[0].address + len(data)
        data += record.data
    return records[0].address, data


@cocotb.test()
async def bytes_on_the_wires_are_the_records(dut: SimHandleBase) -> None:
    """Writes and reads of any length and alignment, with every channel held back at random."""
    port, records = await ready(dut)
    chance = random.Random(3)
    content = bytearray(chance.randbytes(8192))
    await port.write(BASE, content)
    assert joined(records.take()) == (BASE, content)
    port.hesitate(1)
    for _ in range(60):
        at, length = chance.randrange(6000), chance.choice((1, 3, 8, 9, 64, 500, 2048))
        data = chance.randbytes(length)
        await port.write(BASE + at, data, awid=7)
        content[at : at + length] = data
        written = records.take()
        assert joined(written) == (BASE + at, data)
        assert {(r.kind, r.hart, r.response) for r in written} == {(Kind.MEMORY_WRITE, 7, 0)}
        await port.read(BASE + at, length, arid=9)
        read = records.take()
        where, found = joined(read)
        assert where <= BASE + at and where + len(found) >= BASE + at + length
        assert found == content[where - BASE : where - BASE + len(found)]
        assert {(r.kind, r.hart, r.response) for r in read} == {(Kind.MEMORY_READ, 9, 0)}


@cocotb.test()
async def narrow_beats_have_their_lanes(dut: SimHandleBase) -> None:
    """Bursts of beats of 1, 2 and 4 bytes are one record each way."""
    port, records = await ready(dut)
    chance = random.Random(4)
    for size in (0, 1, 2):
        for length in (1 << size, 12, 40):
            data = chance.randbytes(length)
            at = BASE + (chance.randrange(256) << size)
            await port.write(at, data, size=size)
            (written,) = records.take()
            assert (written.address, written.data, written.size) == (at, data, 1 << size)
            await port.read(at, length, size=size)
            (read,) = records.take()
            assert (read.address, read.data, read.size) == (at, data, 1 << size)


@cocotb.test()
async def refused_accesses_are_there_with_their_response(dut: SimHandleBase) -> None:
    """DECERR behind the window's end, SLVERR for a type of burst the memory does not have."""
    port, records = await ready(dut)
    assert await port.write_response(BASE + SIZE, bytes(16)) == DECERR
    (record,) = records.take()
    assert (record.kind, record.address, record.length) == (Kind.MEMORY_WRITE, BASE + SIZE, 16)
    assert record.response == 3
    assert await port.read_response(BASE + SIZE, 8) == DECERR
    (record,) = records.take()
    assert (record.kind, record.address, record.response) == (Kind.MEMORY_READ, BASE + SIZE, 3)
    assert await port.write_response(BASE, bytes(16), burst=FIXED) == SLVERR
    assert {r.response for r in records.take()} == {2}


@cocotb.test()
async def clocks_are_those_of_the_handshakes(dut: SimHandleBase) -> None:
    """A record's clock is that of the last response, its span goes back to the address."""
    port, records = await ready(dut)
    for length in (BEAT, 64):
        done = cocotb.start_soon(port.write(BASE, bytes(length)))
        begin = await _handshake(dut, "aw")
        end = await _handshake(dut, "b")
        await done
        (record,) = records.take()
        assert (record.cycle, record.span) == (end, end - begin)
        done = cocotb.start_soon(port.read(BASE, length))
        begin = await _handshake(dut, "ar")
        while not int(dut.s_axi_rlast.value) or not int(dut.s_axi_rvalid.value):
            await FallingEdge(dut.clk_i)
        end = int(dut.cycle_q.value)
        await done
        (record,) = records.take()
        assert (record.cycle, record.span) == (end, end - begin)


async def _handshake(dut: SimHandleBase, channel: str) -> int:
    """The clock of the next handshake of a channel."""
    valid, ready_net = (getattr(dut, f"s_axi_{channel}{name}") for name in ("valid", "ready"))
    while not (int(valid.value) and int(ready_net.value)):
        await FallingEdge(dut.clk_i)
    return int(dut.cycle_q.value)


@cocotb.test()
async def reads_and_writes_at_once_are_told_apart(dut: SimHandleBase) -> None:
    """Both directions under way: each record has its own data, in the order of their ends."""
    port, records = await ready(dut)
    content = random.Random(5).randbytes(4096)
    await port.write(BASE, content)
    records.take()
    data = random.Random(6).randbytes(4096)
    reading = cocotb.start_soon(port.read(BASE, 4096))
    await Combine(reading, cocotb.start_soon(port.write(BASE + 8192, data)))
    found = records.take()
    assert joined([r for r in found if r.kind == Kind.MEMORY_READ]) == (BASE, content)
    assert joined([r for r in found if r.kind == Kind.MEMORY_WRITE]) == (BASE + 8192, data)
    assert [r.cycle for r in found] == sorted(r.cycle for r in found)


@cocotb.test()
async def register_accesses_have_strobes_and_errors(dut: SimHandleBase) -> None:
    """A word, a half word, a read; SLVERR of the slave and DECERR of the decoder."""
    _, records = await ready(dut)
    port = ApbMaster(ApbBus.from_prefix(dut, "s_apb"), dut.clk_i)
    await port.write(0x10, (0x11223344).to_bytes(4, "little"))
    (record,) = records.take()
    expected = (Kind.REGISTER_WRITE, 5, 0, 4, 0x10, 4, 0x11223344)
    assert record[2:9] == expected and record.span == 3
    await port.write(0x12, b"\xab\xcd")
    (record,) = records.take()
    assert (record.address, record.length, record.value) == (0x12, 2, 0xCDAB)
    word = await port.read(0x20, 4)
    (record,) = records.take()
    assert (record.kind, record.address, record.data) == (Kind.REGISTER_READ, 0x20, word.data)
    for address, response in ((0x100, 2), (0x200, 3)):
        await port.write(address, bytes(4))
        (record,) = records.take()
        assert (record.address, record.response) == (address, response)


@cocotb.test()
async def every_edge_of_every_line_is_there(dut: SimHandleBase) -> None:
    """Levels of random clocks, pulses of one clock among them."""
    _, records = await ready(dut)
    chance, level, expected = random.Random(8), 0, []
    names = ((0x0200_0004, 0), (0x4910_2000, 0), (0x4910_2000, 1))
    for _ in range(200):
        await RisingEdge(dut.clk_i)
        change = chance.choice((0, 0, 1, 2, 4, 5, 7))
        level ^= change
        dut.lines_i.value = level
        await FallingEdge(dut.clk_i)
        for number, (address, line) in enumerate(names):
            if change >> number & 1:
                clock = int(dut.cycle_q.value)
                expected.append((clock, address, line, level >> number & 1))
    found = records.take()
    assert {record.kind for record in found} == {Kind.SOURCE}
    assert [(r.cycle, r.address, r.hart, r.value) for r in found] == expected
