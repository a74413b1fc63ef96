# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of axi_ram; its window is 62 KiB at 0x6E40_0000, so it ends inside a 4 KiB page."""

from __future__ import annotations

import random

import cocotb
from axi_port import (
    BEAT,
    DECERR,
    FIXED,
    MAX_BURST,
    SLVERR,
    AxiPort,
    count,
    handshake,
    latency,
    start,
    watch_stability,
)
from cocotb.handle import SimHandleBase
from cocotb.triggers import Combine
from cocotb.utils import get_sim_time

BASE = 0x6E40_0000
SIZE = 0xF800
PAGE = 4096
EDGE = BASE + SIZE


async def filled(dut: SimHandleBase, length: int, seed: int) -> tuple[AxiPort, bytearray]:
    """A master, and the known content of the first `length` bytes."""
    (port,) = await start(dut, "s")
    content = bytearray(random.Random(seed).randbytes(length))
    await port.write(BASE, content)
    return port, content


@cocotb.test()
async def every_burst_length(dut: SimHandleBase) -> None:
    """A burst of 1 to 256 beats carries its data, a write and a read of one burst each."""
    (port,) = await start(dut, "s")
    chance = random.Random(1)
    bursts = [[0], [0]]
    for channel, seen in zip(("aw", "ar"), bursts, strict=True):
        cocotb.start_soon(count(dut.clk_i, handshake(dut, "s_axi", channel), seen))
    for beats in range(1, 257):
        data = chance.randbytes(beats * BEAT)
        address = BASE + PAGE * chance.randrange(8) + BEAT * chance.randrange(256)
        await port.write(address, data)
        assert await port.read(address, len(data)) == data, f"{beats} beats"
    assert bursts == [[256], [256]]


@cocotb.test()
async def a_burst_moves_one_beat_a_clock(dut: SimHandleBase) -> None:
    """rvalid one clock after AR and bvalid two after AW; 256 beats take 255 clocks more."""
    (port,) = await start(dut, "s")
    assert await latency(dut, port, "s", BASE) == (1, 2)
    took = []
    for length in (BEAT, MAX_BURST):
        begin = get_sim_time("ns")
        await port.write(BASE, bytes(length))
        middle = get_sim_time("ns")
        await port.read(BASE, length)
        took.append((middle - begin, get_sim_time("ns") - middle))
    (write_1, read_1), (write_256, read_256) = took
    assert (write_256 - write_1, read_256 - read_1) == (2550, 2550)


@cocotb.test()
async def strobes_leave_other_bytes_alone(dut: SimHandleBase) -> None:
    """Writes at any offset and length, across pages too, change exactly their bytes."""
    port, content = await filled(dut, 2 * PAGE, seed=2)
    chance = random.Random(3)
    for _ in range(150):
        length = chance.choice((1, 2, 3, 7, 8, 9, 64, 500))
        offset = chance.randrange(len(content) - length)
        data = chance.randbytes(length)
        await port.write(BASE + offset, data)
        content[offset : offset + length] = data
    assert await port.read(BASE, len(content)) == content


@cocotb.test()
async def narrow_beats(dut: SimHandleBase) -> None:
    """Beats of 1, 2 and 4 bytes use their own lanes, alone and in bursts, aligned or not."""
    port, content = await filled(dut, PAGE, seed=4)
    chance = random.Random(5)
    for _ in range(60):
        size = chance.randrange(3)
        length = chance.choice((1 << size, 1, 5, 24))
        offset = chance.randrange(PAGE - length)
        data = chance.randbytes(length)
        await port.write(BASE + offset, data, size=size)
        content[offset : offset + length] = data
        start_at = chance.randrange(PAGE - length)
        expected = content[start_at : start_at + length]
        assert await port.read(BASE + start_at, length, size=size) == expected
    assert await port.read(BASE, PAGE) == content


@cocotb.test()
async def a_page_boundary_is_no_boundary(dut: SimHandleBase) -> None:
    """An access over 4 KiB comes as two bursts, and lands in one piece."""
    port, content = await filled(dut, 2 * PAGE, seed=6)
    seen = [0]
    cocotb.start_soon(count(dut.clk_i, handshake(dut, "s_axi", "aw"), seen))
    data = random.Random(7).randbytes(100)
    await port.write(BASE + PAGE - 36, data)
    content[PAGE - 36 : PAGE + 64] = data
    assert seen == [2]
    assert await port.read(BASE, len(content)) == content


@cocotb.test()
async def outside_is_decerr(dut: SimHandleBase) -> None:
    """Below, above, and over the end: DECERR on every beat, and nothing is written."""
    (port,) = await start(dut, "s")
    last = bytes(range(64))
    await port.write(EDGE - 64, last)
    for address, length in ((BASE - 8, 8), (EDGE, 8), (EDGE, 512), (EDGE - 64, 128), (EDGE - 4, 8)):
        assert await port.write_response(address, b"\xee" * length) == DECERR, hex(address)
        assert await port.read_response(address, length) == DECERR, hex(address)
    assert await port.read(EDGE - 64, 64) == last


@cocotb.test()
async def the_last_bytes_are_inside(dut: SimHandleBase) -> None:
    """An unaligned beat ends at its bus word, so one in the last word is not outside."""
    port, content = await filled(dut, SIZE, seed=13)
    for offset in range(SIZE - 8, SIZE):
        data = bytes(SIZE - offset)
        await port.write(BASE + offset, data)
        content[offset:] = data
        assert await port.read(BASE + offset, len(data)) == data
    assert await port.read(EDGE - 64, 64) == content[-64:]


@cocotb.test()
async def a_refused_read_shows_no_data(dut: SimHandleBase) -> None:
    """The beats of a refused read are 0, not what was read before."""
    port, _ = await filled(dut, 64, seed=8)
    await port.read(BASE, 64)
    answer = await port.master.read(EDGE, 64)
    assert answer.data == bytes(64)


@cocotb.test()
async def fixed_bursts_are_refused(dut: SimHandleBase) -> None:
    """FIXED bursts of several beats: SLVERR, nothing written; of one beat they are INCR."""
    port, content = await filled(dut, 64, seed=9)
    assert await port.write_response(BASE, bytes(32), burst=FIXED) == SLVERR
    assert await port.read_response(BASE, 32, burst=FIXED) == SLVERR
    assert await port.read(BASE, 64) == content
    assert await port.read(BASE, 8, burst=FIXED) == content[:8]


@cocotb.test()
async def hesitation_loses_nothing(dut: SimHandleBase) -> None:
    """With every channel held back at random, reading and writing at once, data is intact."""
    port, content = await filled(dut, 2 * PAGE, seed=10)
    for channel in ("b", "r"):
        cocotb.start_soon(watch_stability(dut.clk_i, handshake(dut, "s_axi", channel)))
    port.hesitate(11)
    chance = random.Random(12)
    for _ in range(20):
        data = chance.randbytes(chance.randrange(1, 400))
        write = cocotb.start_soon(port.write(BASE + PAGE, data))
        read = cocotb.start_soon(port.read(BASE, 200))
        await Combine(write, read)
        content[PAGE : PAGE + len(data)] = data
        assert read.result() == content[:200]
    assert await port.read(BASE, 2 * PAGE) == content
