# SPDX-License-Identifier: Apache-2.0
# The porting layer: limits, tables and time.

from remote_bench import RINGS, Bench

from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_DONT_BLOCK, RL_NO_FLAGS, RL_RELEASE
from rtos_side.rpmsg_lite.env import (
    env_create_mutex,
    env_init,
    env_isr,
    env_queue_ticks,
    env_register_isr,
    env_sleep_msec,
    env_unregister_isr,
)
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_create_ept, rpmsg_lite_remote_init


class Queue:
    def __init__(self):
        self.notified = 0

    async def callback_fc(self, vq):
        assert vq is self
        self.notified += 1


def test_a_mutex_that_counts_above_ten_is_refused():
    bench = Bench()

    async def body():
        env = env_init(bench.kernel)
        assert env_create_mutex(env, 100) is None
        assert env_create_mutex(env, 11) is None
        assert env_create_mutex(env, 10) is not None

    bench.run(body)


def test_vectors_reach_what_was_registered():
    bench = Bench()

    async def body():
        env = env_init(bench.kernel)
        vq = Queue()
        env_register_isr(env, 31, vq)
        await env_isr(env, 31)
        assert vq.notified == 1
        env_unregister_isr(env, 31)
        await env_isr(env, 31)
        assert vq.notified == 1

    bench.run(body)


# The table has 32 places; what is outside it is ignored without an error.
def test_vectors_outside_the_table_are_ignored():
    bench = Bench()

    async def body():
        env = env_init(bench.kernel)
        vq = Queue()
        env_register_isr(env, 32, vq)
        await env_isr(env, 32)
        env_unregister_isr(env, 32)
        assert vq.notified == 0

    bench.run(body)


# The interrupt handler knows vectors 0 and 1 only, so another link is made and hears nothing.
def test_only_link_0_is_ever_notified():
    bench = Bench()

    async def never(payload, payload_len, src, priv):
        raise AssertionError("link 1 was notified")

    async def body():
        dev = await rpmsg_lite_remote_init(RINGS, 1, RL_NO_FLAGS, bench.kernel)
        assert (dev.tvq.vq_queue_index, dev.rvq.vq_queue_index) == (2, 3)
        await rpmsg_lite_create_ept(dev, 7, never, RL_RELEASE)
        await bench.deliver(1024, 7, b"hello")
        assert dev.rvq.vq_available_idx == 0

    bench.run(body)


def test_times_are_converted_to_ticks():
    bench = Bench()

    async def body():
        env = env_init(bench.kernel)
        assert env_queue_ticks(env, RL_BLOCK) == 0x1000000
        assert env_queue_ticks(env, 15) == 15
        assert env_queue_ticks(env, RL_DONT_BLOCK) == 0
        before = bench.kernel.clock.tick
        await env_sleep_msec(env, 3)
        assert 3 <= bench.kernel.clock.tick - before <= 4

    bench.run(body)


# The state of the port belongs to the kernel, not to an instance, as the original's globals do.
def test_one_environment_a_kernel():
    first, second = Bench(), Bench()
    assert env_init(first.kernel) is env_init(first.kernel)
    assert env_init(first.kernel) is not env_init(second.kernel)


def test_a_board_without_the_cost_is_refused():
    bench = Bench()
    del bench.kernel.board["costs"]["rpmsg_call"]
    try:
        env_init(bench.kernel)
    except KeyError as error:
        assert error.args[0] == "rpmsg_call"
    else:
        raise AssertionError("a missing cost went unnoticed")
