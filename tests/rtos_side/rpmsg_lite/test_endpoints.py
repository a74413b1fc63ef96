# SPDX-License-Identifier: Apache-2.0
# Endpoint addresses: who gets which, and what destroying answers.

from remote_bench import Bench

from rtos_side.rpmsg_lite.constants import RL_ADDR_ANY, RL_ERR_PARAM, RL_RELEASE, RL_SUCCESS
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_create_ept, rpmsg_lite_destroy_ept


async def ignore(payload, payload_len, src, priv):
    return RL_RELEASE


def test_address_in_use_gives_no_endpoint():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        first = await rpmsg_lite_create_ept(dev, 0x4004, ignore, None)
        assert first.addr == 0x4004
        assert await rpmsg_lite_create_ept(dev, 0x4004, ignore, None) is None
        assert await rpmsg_lite_create_ept(None, 1, ignore, None) is None

    bench.run(body)


def test_any_address_is_the_lowest_free_one_from_1():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        await rpmsg_lite_create_ept(dev, 2, ignore, None)
        epts = []
        for _ in range(3):
            epts.append(await rpmsg_lite_create_ept(dev, RL_ADDR_ANY, ignore, None))
        assert [ept.addr for ept in epts] == [1, 3, 4]
        await rpmsg_lite_destroy_ept(dev, epts[1])
        assert (await rpmsg_lite_create_ept(dev, RL_ADDR_ANY, ignore, None)).addr == 3

    bench.run(body)


# Nothing keeps the address of the name service for itself.
def test_any_address_may_be_the_name_service_s():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        for addr in range(1, 53):
            await rpmsg_lite_create_ept(dev, addr, ignore, None)
        assert (await rpmsg_lite_create_ept(dev, RL_ADDR_ANY, ignore, None)).addr == 53

    bench.run(body)


def test_destroying_twice_is_an_error():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        ept = await rpmsg_lite_create_ept(dev, 30, ignore, None)
        assert await rpmsg_lite_destroy_ept(dev, ept) == RL_SUCCESS
        assert await rpmsg_lite_destroy_ept(dev, ept) == RL_ERR_PARAM
        assert await rpmsg_lite_destroy_ept(dev, None) == RL_ERR_PARAM
        assert await rpmsg_lite_destroy_ept(None, ept) == RL_ERR_PARAM

    bench.run(body)


# Neither creating nor destroying tells the other side.
def test_endpoints_are_not_announced():
    bench = Bench()

    async def body():
        dev = await bench.link_up()
        bench.clear_log()
        ept = await rpmsg_lite_create_ept(dev, 30, ignore, None)
        await rpmsg_lite_destroy_ept(dev, ept)
        assert bench.shared_log() == []

    bench.run(body)
