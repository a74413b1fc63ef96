# SPDX-License-Identifier: Apache-2.0
"""However master and remote interleave, every message arrives once, in order and unchanged."""

from hypothesis import given, settings
from hypothesis import strategies as st
from remote_bench import Bench

from rtos_side.rpmsg_lite.constants import RL_BLOCK
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_create_ept, rpmsg_lite_send
from rtos_side.rpmsg_lite.rpmsg_queue import (
    rpmsg_queue_create,
    rpmsg_queue_recv,
    rpmsg_queue_rx_cb,
)

ADDR = 7
SRC = 1024


class Schedule:
    """The master's side of a run: what it does after how many accesses of the remote.

    `gaps` are numbers of accesses between two steps; a step takes one message from the remote
    and sends the next one if a buffer is free. When the gaps are used up, steps come regularly.
    """

    def __init__(self, bench, payloads, gaps):
        self.bench = bench
        self.payloads = payloads
        self.gaps = list(gaps)
        self.countdown = self.next_gap()
        self.sent = 0
        self.received = []

    def next_gap(self):
        return self.gaps.pop(0) if self.gaps else 10

    def after_access(self):
        self.countdown -= 1
        if self.countdown <= 0:
            self.countdown = self.next_gap()
            self.step()

    def step(self):
        master = self.bench.master
        message = master.receive()
        if message is not None:
            self.received.append(message)
        if self.sent < len(self.payloads) and master.send(SRC, ADDR, self.payloads[self.sent]):
            self.sent += 1
            self.bench.raise_mail()


@settings(max_examples=60)
@given(
    payloads=st.lists(st.binary(max_size=40), min_size=1, max_size=12),
    gaps=st.lists(st.integers(1, 60), max_size=40),
    start=st.sampled_from([0, 1, 65530, 65535]),
)
def test_every_message_is_echoed_exactly_once(payloads, gaps, start):
    bench = Bench(start=start)
    schedule = Schedule(bench, payloads, gaps)

    async def body():
        dev = await bench.link_up()
        dev.tvq.vq_available_idx = dev.rvq.vq_available_idx = start
        queue = rpmsg_queue_create(dev)
        ept = await rpmsg_lite_create_ept(dev, ADDR, rpmsg_queue_rx_cb, queue)
        bench.after_access = schedule.after_access
        data, src, length = bytearray(496), [0], [0]
        for _ in payloads:
            await rpmsg_queue_recv(dev, queue, src, data, 496, length, RL_BLOCK)
            await rpmsg_lite_send(dev, ept, src[0], data, length[0], RL_BLOCK)
        while len(schedule.received) < len(payloads):
            await bench.kernel.delay(1)
            schedule.step()

    bench.run(body)
    assert schedule.received == [(ADDR, SRC, payload) for payload in payloads]
    bench.master.reclaim()
    assert sorted(bench.master.free) == [0, 1]
