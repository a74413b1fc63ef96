# SPDX-License-Identifier: Apache-2.0
# Name service: announcements out and in.

from remote_bench import Bench

from rtos_side.rpmsg_lite.constants import (
    RL_ERR_PARAM,
    RL_NOT_READY,
    RL_NS_CREATE,
    RL_NS_DESTROY,
    RL_RELEASE,
    RL_SUCCESS,
)
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_create_ept
from rtos_side.rpmsg_lite.rpmsg_ns import rpmsg_ns_announce, rpmsg_ns_bind, rpmsg_ns_unbind


async def ignore(payload, payload_len, src, priv):
    return RL_RELEASE


def announcement(name, addr, flags):
    return name + bytes(32 - len(name)) + addr.to_bytes(4, "little") + flags.to_bytes(4, "little")


def test_announcement_goes_to_address_53_from_the_endpoint():
    bench = Bench()

    async def body():
        dev = await bench.link_up()
        ept = await rpmsg_lite_create_ept(dev, 0x4004, ignore, None)
        assert await rpmsg_ns_announce(dev, ept, "rpmsg_chrdev", RL_NS_DESTROY) == RL_SUCCESS
        expected = announcement(b"rpmsg_chrdev", 0x4004, 1)
        assert bench.master.receive() == (0x4004, 53, expected)

    bench.run(body)


def test_announce_checks_its_arguments():
    bench = Bench()

    async def body():
        dev = await bench.remote_init()
        ept = await rpmsg_lite_create_ept(dev, 30, ignore, None)
        assert await rpmsg_ns_announce(dev, ept, None, RL_NS_CREATE) == RL_ERR_PARAM
        assert await rpmsg_ns_announce(dev, None, "name", RL_NS_CREATE) == RL_ERR_PARAM
        assert await rpmsg_ns_announce(None, ept, "name", RL_NS_CREATE) == RL_ERR_PARAM
        assert await rpmsg_ns_announce(dev, ept, "name", RL_NS_CREATE) == RL_NOT_READY

    bench.run(body)


def test_bound_callback_hears_announcements_of_40_bytes_only():
    bench = Bench()
    heard = []

    async def callback(new_ept, new_ept_name, flags, user_data):
        heard.append((new_ept, new_ept_name, flags, user_data))

    async def body():
        dev = await bench.link_up()
        handle = await rpmsg_ns_bind(dev, callback, "data")
        message = announcement(b"rpmsg-tty", 1025, 0)
        await bench.deliver(53, 53, message[:39])
        await bench.deliver(53, 53, message + b"\0")
        assert heard == []
        await bench.deliver(53, 53, message)
        assert heard == [(1025, "rpmsg-tty", 0, "data")]
        assert await rpmsg_ns_unbind(dev, handle) == RL_SUCCESS
        await bench.deliver(53, 53, message)
        assert len(heard) == 1
        bench.master.reclaim()
        assert sorted(bench.master.free) == [0, 1]

    bench.run(body)


# Whether the endpoint could be made is not checked: the handle is good, and hears nothing.
def test_second_bind_gives_a_deaf_handle():
    bench = Bench()

    async def callback(new_ept, new_ept_name, flags, user_data):
        pass

    async def body():
        dev = await bench.link_up()
        assert await rpmsg_ns_bind(dev, None, None) is None
        await rpmsg_ns_bind(dev, callback, None)
        deaf = await rpmsg_ns_bind(dev, callback, None)
        assert deaf is not None
        assert await rpmsg_ns_unbind(dev, deaf) == RL_ERR_PARAM

    bench.run(body)
