# SPDX-License-Identifier: Apache-2.0
"""Random pushes, pops and clears of uart_fifo, compared with a queue in every clock."""

from __future__ import annotations

import random
from collections import deque

import cocotb
from apb_port import CLOCK_NS, reset
from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge


def _step(queue: deque[int], single: bool, push: bool, data: int, pop: bool) -> None:
    """What one clock makes of the queue."""
    depth = 1 if single else 16
    if pop and queue:
        queue.popleft()
    if push and len(queue) < depth:
        queue.append(data)
    elif push and single:
        queue[0] = data


@cocotb.test()
@cocotb.parametrize(single=[False, True])
async def follows_a_queue(dut: SimHandleBase, single: bool) -> None:
    """Runs of mostly pushes and of mostly pops, so that both ends of the FIFO are met."""
    for name in ("clear_i", "push_i", "pop_i", "data_i"):
        getattr(dut, name).value = 0
    dut.single_i.value = int(single)
    Clock(dut.clk_i, CLOCK_NS, unit="ns").start()
    await reset(dut)
    generator = random.Random(16)
    queue: deque[int] = deque()
    for cycle in range(3000):
        eager = 0.8 if cycle // 50 % 2 == 0 else 0.3
        push, pop = generator.random() < eager, generator.random() < 1.1 - eager
        clear, data = generator.random() < 0.005, generator.randrange(256)
        dut.push_i.value, dut.pop_i.value = int(push), int(pop)
        dut.clear_i.value, dut.data_i.value = int(clear), data
        await FallingEdge(dut.clk_i)
        _step(queue, single, push, data, pop)
        if clear:
            queue.clear()
        assert dut.level_o.value.to_unsigned() == len(queue), f"cycle {cycle}"
        assert dut.data_o.value.to_unsigned() == (queue[0] if queue else 0), f"cycle {cycle}"
        assert int(dut.empty_o.value) == (not queue), f"cycle {cycle}"
        assert int(dut.full_o.value) == (len(queue) == (1 if single else 16)), f"cycle {cycle}"
