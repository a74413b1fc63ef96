# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of axi_host_memory: bytes that its owner shares, and bytes that nobody backs."""

from __future__ import annotations

import random
from collections.abc import Iterator

import cocotb
from axi_port import BEAT, DECERR, OKAY, SLVERR, AxiPort, handshake, start, watch_stability
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles
from mapped_memory import MappedMemory

BASE = 0x6E40_0000
SIZE = 0xF800
FIRST, END = 0x2000, 0x4800
"""The backed part of the window, from inside of it to inside of it."""


async def ready(dut: SimHandleBase) -> tuple[AxiPort, MappedMemory]:
    """A master, and the owner of a part of the window, with known bytes."""
    memory = MappedMemory(END - FIRST, FIRST)
    memory.write(FIRST, random.Random(1).randbytes(END - FIRST))
    (port,) = await start(dut, "s")
    return port, memory


def beats(offset: int, length: int) -> Iterator[tuple[int, int, int]]:
    """(word, first byte, end) of each beat of an access."""
    for word in range(offset // BEAT * BEAT, offset + length, BEAT):
        yield word, max(word, offset), min(word + BEAT, offset + length)


def backed(word: int) -> bool:
    return word >= FIRST and word + BEAT <= END


@cocotb.test()
async def what_either_stores_the_other_finds(dut: SimHandleBase) -> None:
    """A beat that has been answered is in the owner's memory; his stores are in the next beat."""
    port, memory = await ready(dut)
    chance = random.Random(2)
    for _ in range(40):
        length = chance.randrange(1, 100)
        offset = chance.randrange(FIRST, END - length)
        data = chance.randbytes(length)
        await port.write(BASE + offset, data)
        assert memory.read(offset, length) == data
        memory.write(offset, data[::-1])
        assert await port.read(BASE + offset, length) == data[::-1]


@cocotb.test()
async def bytes_without_a_strobe_stay_the_owners(dut: SimHandleBase) -> None:
    """One strobed byte of a word leaves the other seven as they are now, not as they were read."""
    port, memory = await ready(dut)
    for lane in range(BEAT):
        assert await port.read(BASE + FIRST, BEAT) == memory.read(FIRST, BEAT)
        fresh = bytes(range(0x10 * lane, 0x10 * lane + BEAT))
        memory.write(FIRST, fresh)
        await port.write(BASE + FIRST + lane, b"\xee")
        expected = bytearray(fresh)
        expected[lane] = 0xEE
        assert memory.read(FIRST, BEAT) == expected


@cocotb.test()
async def what_is_not_backed_is_slverr(dut: SimHandleBase) -> None:
    """Before the first byte and behind the last: 0, nothing written, and the next one is OKAY."""
    port, memory = await ready(dut)
    before = memory.read(FIRST, END - FIRST)
    for offset in (0, FIRST - BEAT, END, SIZE - BEAT):
        assert await port.write_response(BASE + offset, b"\xee" * BEAT) == SLVERR, hex(offset)
        answer = await port.master.read(BASE + offset, BEAT)
        assert (answer.resp, answer.data) == (SLVERR, bytes(BEAT)), hex(offset)
        await port.write(BASE + FIRST, before[:BEAT])
        assert await port.read(BASE + FIRST, BEAT) == before[:BEAT]
    assert memory.read(FIRST, END - FIRST) == before


@cocotb.test()
async def the_wire_to_the_owner_is_no_way_out_of_the_window(dut: SimHandleBase) -> None:
    """Outside of the window it is DECERR, wherever the owner's memory ends."""
    port, _ = await ready(dut)
    MappedMemory(2 * SIZE)
    for address in (BASE - BEAT, BASE + SIZE):
        assert await port.write_response(address, bytes(BEAT)) == DECERR
        assert await port.read_response(address, BEAT) == DECERR


@cocotb.test()
async def a_burst_over_an_edge(dut: SimHandleBase) -> None:
    """Its backed beats carry data, the others 0; the worst response is SLVERR."""
    port, memory = await ready(dut)
    for offset in (FIRST - 4 * BEAT, END - 4 * BEAT):
        data = bytes(range(1, 8 * BEAT + 1))
        assert await port.write_response(BASE + offset, data) == SLVERR
        answer = await port.master.read(BASE + offset, len(data))
        expected = b"".join(
            data[word - offset : word - offset + BEAT] if backed(word) else bytes(BEAT)
            for word in range(offset, offset + len(data), BEAT)
        )
        assert (answer.resp, answer.data) == (SLVERR, expected)
        inside = max(offset, FIRST)
        assert memory.read(inside, 4 * BEAT) == expected[inside - offset :][: 4 * BEAT]


@cocotb.test()
async def a_reset_forgets_a_missing_beat(dut: SimHandleBase) -> None:
    """Bursts without memory that a reset cuts off leave nothing to the first ones after it."""
    for channel in ("aw", "w", "ar"):
        getattr(dut, f"s_axi_{channel}valid").value = 0
    dut.s_axi_bready.value = dut.s_axi_rready.value = 0
    await start(dut)
    for channel in ("aw", "ar"):
        fields = {"addr": BASE, "len": 7, "size": 3, "burst": 1, "id": 0, "valid": 1}
        for name, value in fields.items():
            getattr(dut, f"s_axi_{channel}{name}").value = value
    for name, value in {"data": 0, "strb": 0xFF, "last": 0, "valid": 1}.items():
        getattr(dut, f"s_axi_w{name}").value = value
    await ClockCycles(dut.clk_i, 5)
    port, memory = await ready(dut)
    await port.write(BASE + FIRST, b"8 bytes!")
    assert memory.read(FIRST, BEAT) == b"8 bytes!"
    assert await port.read(BASE + FIRST, BEAT) == b"8 bytes!"


class Reference:
    """What the memory holds and how an access is answered, worked out beat by beat."""

    def __init__(self, memory: MappedMemory) -> None:
        self.bytes = bytearray(memory.read(FIRST, END - FIRST))

    def response(self, offset: int, length: int) -> int:
        return OKAY if all(backed(word) for word, _, _ in beats(offset, length)) else SLVERR

    def write(self, offset: int, data: bytes) -> None:
        for word, begin, end in beats(offset, len(data)):
            if backed(word):
                self.bytes[begin - FIRST : end - FIRST] = data[begin - offset : end - offset]

    def read(self, offset: int, length: int) -> bytes:
        return b"".join(
            bytes(self.bytes[begin - FIRST : end - FIRST] if backed(word) else end - begin)
            for word, begin, end in beats(offset, length)
        )


@cocotb.test()
async def any_traffic_over_any_edge_with_any_stalls(dut: SimHandleBase) -> None:
    """Bursts, strobes, narrow beats and stores of the owner at random, every channel held back."""
    port, memory = await ready(dut)
    reference = Reference(memory)
    for channel in ("b", "r"):
        cocotb.start_soon(watch_stability(dut.clk_i, handshake(dut, "s_axi", channel)))
    chance = random.Random(3)
    for number in range(250):
        if number == 50:
            port.hesitate(4)
        around = chance.choice((FIRST, END, chance.randrange(FIRST, END)))
        length = chance.choice((1, 2, 7, 8, 9, 31, 64, 300))
        offset = around - chance.randrange(length + 1)
        size = chance.choice((None, None, 0, 1, 2))
        data = chance.randbytes(length)
        expected = reference.response(offset, length)
        if number % 7 == 0:
            inside = chance.randrange(FIRST, END - 8)
            memory.write(inside, data[:8])
            reference.write(inside, data[:8])
        if chance.random() < 0.5:
            assert await port.write_response(BASE + offset, data, size=size) == expected
            reference.write(offset, data)
        else:
            answer = await port.master.read(BASE + offset, length, size=size)
            assert (answer.resp, answer.data) == (expected, reference.read(offset, length))
    assert memory.read(FIRST, END - FIRST) == reference.bytes
