# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of axi_to_apb and apb_decode: memories at 0x1000_0000 and 0x1001_0000.

Each memory has 16 words; the last one answers PSLVERR. 0x1002_0000 is nobody's.
"""

from __future__ import annotations

import random
from itertools import pairwise
from typing import NamedTuple

import cocotb
from axi_port import BEAT, DECERR, OKAY, SLVERR, AxiPort, latency, start
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge

FIRST, SECOND, NOBODY = 0x1000_0000, 0x1001_0000, 0x1002_0000
BAD = 15 * 4  # offset of the word that fails


class Access(NamedTuple):
    """One finished APB access."""

    address: int
    write: bool
    strobes: int
    data: int


async def watch(dut: SimHandleBase, seen: list[Access]) -> None:
    """Record accesses; fail if one does not follow APB's setup and access phases."""
    setup = None
    while True:
        await RisingEdge(dut.clk_i)
        if not int(dut.apb_psel.value):
            assert setup is None, "psel fell before pready"
            continue
        nets = (dut.apb_paddr, dut.apb_pwrite, dut.apb_pstrb, dut.apb_pwdata)
        now = tuple(int(net.value) for net in nets)
        if not int(dut.apb_penable.value):
            assert setup is None, "penable fell before pready"
            setup = now
            continue
        assert now == setup, f"{setup} in the setup phase became {now}"
        if int(dut.apb_pready.value):
            address, write, strobes, data = now
            seen.append(Access(address, bool(write), strobes, data if write else 0))
            setup = None


async def begin(dut: SimHandleBase, waits: int = 0) -> tuple[AxiPort, list[Access]]:
    """The master and the record of its APB accesses."""
    (port,) = await start(dut, "s", waits_i=waits)
    seen: list[Access] = []
    cocotb.start_soon(watch(dut, seen))
    return port, seen


@cocotb.test()
async def a_store_is_one_access_with_its_strobes(dut: SimHandleBase) -> None:
    """1, 2 and 4 bytes, in either half of the bus, are one access of the word they are in."""
    port, seen = await begin(dut)
    for size, length in enumerate((1, 2, 4)):
        for offset in range(0, 8, length):
            seen.clear()
            data = bytes(range(0xA0 + offset, 0xA0 + offset + length))
            await port.write(FIRST + offset, data, size=size)
            word = offset & ~3
            strobes = ((1 << length) - 1) << (offset - word)
            (access,) = seen
            assert access[:3] == (FIRST + word, True, strobes)
            lanes = access.data.to_bytes(4, "little")
            assert lanes[offset - word : offset - word + length] == data
    assert await port.read(FIRST, 8) == bytes(range(0xA0, 0xA8))


@cocotb.test()
async def a_load_is_one_access_without_strobes(dut: SimHandleBase) -> None:
    """1, 2 and 4 bytes are read by one access; pstrb is low, as APB4 asks for reads."""
    port, seen = await begin(dut)
    content = bytes(range(0x10, 0x18))
    await port.write(SECOND, content)
    for size, length in enumerate((1, 2, 4)):
        for offset in range(0, 8, length):
            seen.clear()
            found = await port.read(SECOND + offset, length, size=size)
            assert found == content[offset : offset + length]
            assert seen == [(SECOND + (offset & ~3), False, 0, 0)]


@cocotb.test()
async def eight_bytes_are_two_accesses_low_word_first(dut: SimHandleBase) -> None:
    """An 8-byte store or load does the low word, then the high one."""
    port, seen = await begin(dut)
    await port.write(FIRST + 8, bytes.fromhex("1122334455667788"))
    assert seen == [
        (FIRST + 8, True, 0xF, 0x4433_2211),
        (FIRST + 12, True, 0xF, 0x8877_6655),
    ]
    seen.clear()
    assert await port.read(FIRST + 8, 8) == bytes.fromhex("1122334455667788")
    assert seen == [(FIRST + 8, False, 0, 0), (FIRST + 12, False, 0, 0)]


@cocotb.test()
async def an_unaligned_beat_reaches_the_upper_word_only(dut: SimHandleBase) -> None:
    """A beat of 8 bytes that begins in the upper word does not touch the lower one."""
    port, seen = await begin(dut)
    await port.write(FIRST + 4, b"abcd")
    assert seen == [(FIRST + 4, True, 0xF, int.from_bytes(b"abcd", "little"))]


@cocotb.test()
async def pslverr_is_slverr(dut: SimHandleBase) -> None:
    """A failing slave is answered SLVERR; the word before it has been accessed."""
    port, seen = await begin(dut)
    assert await port.write_response(FIRST + BAD, b"1234", size=2) == SLVERR
    assert await port.read_response(FIRST + BAD, 4, size=2) == SLVERR
    seen.clear()
    assert await port.write_response(FIRST + BAD - 4, b"12345678") == SLVERR
    assert [access.address for access in seen] == [FIRST + BAD - 4, FIRST + BAD]
    assert await port.read(FIRST + BAD - 4, 4, size=2) == b"1234"
    assert await port.read_response(FIRST, 8) == OKAY


@cocotb.test()
async def nobody_is_decerr(dut: SimHandleBase) -> None:
    """An address of no slave is answered DECERR after one access, none of them selected."""
    port, seen = await begin(dut)
    for access in (
        port.read_response(NOBODY, 4, size=2),
        port.write_response(NOBODY, b"1234", size=2),
        port.read_response(NOBODY, 8),
        port.write_response(NOBODY, bytes(8)),
    ):
        seen.clear()
        assert await access == DECERR
        assert [each.address for each in seen] == [NOBODY]
    assert await port.read(FIRST, 8) == bytes(8)


@cocotb.test()
async def bursts_are_slverr(dut: SimHandleBase) -> None:
    """A burst of several beats is refused whole, without any APB access."""
    port, seen = await begin(dut)
    for beats in (2, 3, 256):
        assert await port.write_response(FIRST, bytes(beats * BEAT)) == SLVERR
        assert await port.read_response(FIRST, beats * BEAT) == SLVERR
    assert seen == []
    assert await port.read_response(FIRST, 8) == OKAY


@cocotb.test()
async def the_latency_is_the_documented_one(dut: SimHandleBase) -> None:
    """8 bytes: rvalid 5 clocks after arvalid, bvalid 6 after awvalid; a wait state counts twice."""
    port, _ = await begin(dut)
    assert await latency(dut, port, "s", FIRST) == (5, 6)
    dut.waits_i.value = 3
    assert await latency(dut, port, "s", FIRST) == (11, 12)


@cocotb.test()
async def reads_and_writes_take_turns(dut: SimHandleBase) -> None:
    """With both always waiting neither gets two accesses in a row."""
    port, seen = await begin(dut)
    read = [port.master.init_read(FIRST + 4, 4, size=2) for _ in range(20)]
    write = [port.master.init_write(FIRST, b"1234", size=2) for _ in range(20)]
    for event in read + write:
        await event.wait()
    kinds = [access.write for access in seen[1:-1]]
    assert len(seen) == 40
    assert all(one != other for one, other in pairwise(kinds))


@cocotb.test()
async def refused_bursts_do_not_overtake(dut: SimHandleBase) -> None:
    """Accesses and refused bursts sent without waiting: each gets its own answer."""
    port, seen = await begin(dut, waits=2)
    await port.write(FIRST, b"answered")
    seen.clear()
    read, write = [], []
    for number in range(16):
        length = 8 if number % 2 else 16
        write.append(port.master.init_write(FIRST, b"answered" * (length // 8)))
        read.append(port.master.init_read(FIRST, length))
    for number, (reading, writing) in enumerate(zip(read, write, strict=True)):
        await reading.wait()
        await writing.wait()
        expected = OKAY if number % 2 else SLVERR
        assert (reading.data.resp, writing.data.resp) == (expected, expected), number
        assert reading.data.data == (b"answered" if number % 2 else bytes(16))
    assert len(seen) == 32


@cocotb.test()
async def random_accesses_under_hesitation(dut: SimHandleBase) -> None:
    """Random sizes, slaves and wait states against a plain memory."""
    port, _ = await begin(dut)
    port.hesitate(1)
    chance = random.Random(2)
    content = {FIRST: bytearray(BAD), SECOND: bytearray(BAD)}
    for _ in range(120):
        dut.waits_i.value = chance.randrange(4)
        await ClockCycles(dut.clk_i, 1)
        base, size = chance.choice((FIRST, SECOND)), chance.randrange(4)
        length = 1 << size
        offset = chance.randrange(BAD // length) * length
        if chance.random() < 0.5:
            data = chance.randbytes(length)
            await port.write(base + offset, data, size=size)
            content[base][offset : offset + length] = data
        else:
            found = await port.read(base + offset, length, size=size)
            assert found == content[base][offset : offset + length]
