# SPDX-License-Identifier: Apache-2.0
# Waiting for the link: the port's way and upstream's.

from remote_bench import Bench

from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_FALSE, RL_TRUE
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_is_link_up, rpmsg_lite_wait_for_link_up


# Any IPI will do, and the wait itself sets the link state. The timeout of 1 ms is not looked at.
def test_the_port_waits_for_any_ipi_whatever_the_timeout():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        before = bench.kernel.clock.tick
        bench.at_tick(before + 20, bench.raise_ipi)
        assert await rpmsg_lite_wait_for_link_up(dev, 1) == RL_TRUE
        assert bench.kernel.clock.tick - before == 20
        assert rpmsg_lite_is_link_up(dev) == RL_TRUE

    bench.run(body)


def test_an_ipi_alone_does_not_set_the_link_state():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        await bench.ipi()
        assert rpmsg_lite_is_link_up(dev) == RL_FALSE
        assert await rpmsg_lite_wait_for_link_up(dev, RL_BLOCK) == RL_TRUE
        assert rpmsg_lite_is_link_up(dev) == RL_TRUE

    bench.run(body)


# The wait is a loop around rt_schedule(): threads below it get no turn before the first IPI.
def test_the_port_s_wait_starves_lower_priorities():
    bench = Bench()
    turns = []

    async def lower():
        turns.append(bench.kernel.clock.tick)

    async def body():
        dev = await bench.remote_init()
        await bench.start_thread("lower", lower, 20)
        up_at = bench.kernel.clock.tick + 20
        bench.at_tick(up_at, bench.raise_ipi)
        await rpmsg_lite_wait_for_link_up(dev, RL_BLOCK)
        assert turns == []
        await bench.kernel.delay(1)
        assert turns and turns[0] >= up_at

    bench.run(body)


def test_with_an_event_the_wait_gives_up_after_the_timeout():
    bench = Bench(link_wait="event")

    async def body():
        dev = await bench.remote_init()
        before = bench.kernel.clock.tick
        assert await rpmsg_lite_wait_for_link_up(dev, 5) == RL_FALSE
        assert 5 <= bench.kernel.clock.tick - before <= 6
        assert rpmsg_lite_is_link_up(dev) == RL_FALSE

    bench.run(body)


def test_with_an_event_the_wait_lets_others_run():
    bench = Bench(link_wait="event")
    turns = []

    async def lower():
        turns.append(bench.kernel.clock.tick)

    async def body():
        dev = await bench.remote_init()
        await bench.start_thread("lower", lower, 20)
        bench.at_tick(bench.kernel.clock.tick + 20, bench.raise_ipi)
        assert await rpmsg_lite_wait_for_link_up(dev, RL_BLOCK) == RL_TRUE
        assert len(turns) == 1
        assert rpmsg_lite_is_link_up(dev) == RL_TRUE

    bench.run(body)
