# SPDX-License-Identifier: Apache-2.0
"""cocotb tests of four masters that share the memory path."""

from __future__ import annotations

import random

import cocotb
from axi_port import AxiPort, Handshake, handshake, start, watch_stability
from cocotb.handle import SimHandleBase
from cocotb.triggers import Combine, RisingEdge
from fabric_map import AMP_RAM, DRAM, MASTERS

AREA = 0x1000  # bytes of each master in each RAM


async def own_area(port: AxiPort, number: int, seed: int, rounds: int) -> None:
    """Random reads and writes of a master's own area, checked against a plain copy."""
    chance = random.Random(seed * 4 + number)
    content = {}
    for base in (DRAM, AMP_RAM):
        content[base + number * AREA] = bytearray(chance.randbytes(AREA))
    for area, data in content.items():
        await port.write(area, data)
    for _ in range(rounds):
        area, data = chance.choice(list(content.items()))
        length = chance.choice((1, 4, 8, 60, 512))
        offset = chance.randrange(AREA - length)
        if chance.random() < 0.5:
            data[offset : offset + length] = chance.randbytes(length)
            await port.write(area + offset, data[offset : offset + length])
        else:
            assert await port.read(area + offset, length) == data[offset : offset + length]
    for area, data in content.items():
        assert await port.read(area, AREA) == data


async def all_at_once(ports: list[AxiPort], seed: int, rounds: int) -> None:
    tasks = [own_area(port, number, seed, rounds) for number, port in enumerate(ports)]
    await Combine(*(cocotb.start_soon(task) for task in tasks))


@cocotb.test()
async def every_master_keeps_its_data(dut: SimHandleBase) -> None:
    """Four masters at full speed in both RAMs."""
    await all_at_once(await start(dut, *MASTERS), seed=1, rounds=30)


@cocotb.test()
async def every_master_keeps_its_data_under_hesitation(dut: SimHandleBase) -> None:
    """The same with every channel of every master held back at random, and watched."""
    ports = await start(dut, *MASTERS)
    for prefix in ("joined", "checked"):
        for channel in ("aw", "w", "b", "ar", "r"):
            cocotb.start_soon(watch_stability(dut.clk_i, handshake(dut, prefix, channel)))
    for number, port in enumerate(ports):
        port.hesitate(number)
    await all_at_once(ports, seed=2, rounds=12)


@cocotb.test()
async def masters_get_their_own_ids_back(dut: SimHandleBase) -> None:
    """AxID is the master's index behind the arbiter and the master's own in front of it.

    cocotbext-axi fails a response whose ID it did not send.
    """
    ports = await start(dut, *MASTERS)
    for number, port in enumerate(ports):
        seen: set[int] = set()
        watching = [cocotb.start_soon(record_ids(dut, name, seen)) for name in ("aw", "ar")]
        for identifier in (0, 5, 15):
            await port.write(DRAM, bytes(8), awid=identifier)
            await port.read(DRAM, 8, arid=identifier)
        for task in watching:
            task.cancel()
        assert seen == {number}


async def record_ids(dut: SimHandleBase, channel: str, seen: set[int]) -> None:
    nets = handshake(dut, "checked", channel)
    while True:
        await RisingEdge(dut.clk_i)
        if nets.taken():
            seen.add(int(nets.payload[0].value))


async def record_turns(dut: SimHandleBase, channel: str, turns: list[int]) -> None:
    """Append the index of the master whose address is passed on."""
    nets: Handshake = handshake(dut, "joined", channel)
    while True:
        await RisingEdge(dut.clk_i)
        if nets.taken():
            turns.append(int(nets.payload[0].value))


@cocotb.test()
async def who_waits_is_next_but_three(dut: SimHandleBase) -> None:
    """With all four always waiting, each gets every fourth transaction, in both directions."""
    ports = await start(dut, *MASTERS)
    turns: dict[str, list[int]] = {"ar": [], "aw": []}
    for channel, seen in turns.items():
        cocotb.start_soon(record_turns(dut, channel, seen))
    events = []
    for port in ports:
        events += [port.master.init_write(DRAM, bytes(8)) for _ in range(20)]
        events += [port.master.init_read(DRAM, 8) for _ in range(20)]
    for event in events:
        await event.wait()
    for seen in turns.values():
        assert sorted(seen) == sorted([0, 1, 2, 3] * 20)
        for begin in range(8, 60):
            assert set(seen[begin : begin + 4]) == {0, 1, 2, 3}, seen


@cocotb.test()
async def a_greedy_master_does_not_starve_the_others(dut: SimHandleBase) -> None:
    """While master 0 sends nothing but longest bursts, another waits for one of them at most."""
    ports = await start(dut, *MASTERS)
    turns: list[int] = []
    cocotb.start_soon(record_turns(dut, "aw", turns))
    greedy = [ports[0].master.init_write(DRAM, bytes(2048)) for _ in range(8)]
    for _ in range(3):
        before = len(turns)
        await ports[3].write(AMP_RAM, bytes(8))
        assert turns[before:].count(0) <= 2, turns
    for event in greedy:
        await event.wait()
    assert turns.count(3) == 3


@cocotb.test()
async def a_read_does_not_wait_for_writes(dut: SimHandleBase) -> None:
    """Reads and writes are arbitrated independently: a read overtakes a long write."""
    ports = await start(dut, *MASTERS)
    await ports[1].write(AMP_RAM, b"unharmed")
    write = ports[0].master.init_write(DRAM, bytes(2048))
    assert await ports[1].read(AMP_RAM, 8) == b"unharmed"
    assert not write.is_set()
    await write.wait()
