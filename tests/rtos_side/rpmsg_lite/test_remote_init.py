# SPDX-License-Identifier: Apache-2.0
# Start and end of an instance in the remote role.

from remote_bench import MAILBOX, RINGS, Bench

from rtos_side.rpmsg_lite.constants import (
    RL_ERR_PARAM,
    RL_FALSE,
    RL_NO_FLAGS,
    RL_PLATFORM_HIGHEST_LINK_ID,
    RL_SUCCESS,
    RL_TRUE,
)
from rtos_side.rpmsg_lite.rpmsg_lite import (
    rpmsg_lite_deinit,
    rpmsg_lite_is_link_up,
    rpmsg_lite_remote_init,
    rpmsg_lite_wait_for_link_up,
)


def test_init_refuses_a_bad_link_or_address():
    bench = Bench()
    too_high = RL_PLATFORM_HIGHEST_LINK_ID + 1

    async def body():
        kernel = bench.kernel
        assert await rpmsg_lite_remote_init(RINGS, too_high, RL_NO_FLAGS, kernel) is None
        assert await rpmsg_lite_remote_init(0, 0, RL_NO_FLAGS, kernel) is None
        assert await rpmsg_lite_remote_init(None, 0, RL_NO_FLAGS, kernel) is None

    bench.run(body)


def test_init_refuses_a_ring_that_is_no_power_of_two():
    bench = Bench(vring_num=3)

    async def body():
        assert await bench.remote_init() is None

    bench.run(body)


# The rings belong to the master. Only this side's mailbox words are cleared, rx_status first.
def test_init_writes_the_mailbox_and_no_ring():
    bench = Bench()
    bench.memory.put(MAILBOX, 4, 2)
    bench.memory.put(MAILBOX + 0x40, 4, 1)

    async def body():
        dev = await bench.remote_init()
        assert bench.shared_log() == [("W", MAILBOX + 0x40, 4, 0), ("W", MAILBOX, 4, 0)]
        assert rpmsg_lite_is_link_up(dev) == RL_FALSE
        assert (dev.tvq.vq_name, dev.tvq.vq_queue_index) == ("tx_vq", 0)
        assert (dev.rvq.vq_name, dev.rvq.vq_queue_index) == ("rx_vq", 1)
        assert dev.rvq.desc - dev.tvq.desc == 0xC0

    bench.run(body)


# sh_mem is aligned up to 4 bytes before the rings are placed.
def test_a_misaligned_base_is_aligned_up():
    bench = Bench()

    async def body():
        dev = await rpmsg_lite_remote_init(RINGS + 1, 0, RL_NO_FLAGS, bench.kernel)
        assert dev.tvq.desc == RINGS + 4

    bench.run(body)


def test_second_deinit_is_an_error():
    bench = Bench()

    async def body():
        dev = await bench.link_up()
        assert rpmsg_lite_is_link_up(dev) == RL_TRUE
        assert await rpmsg_lite_deinit(dev) == RL_SUCCESS
        assert rpmsg_lite_is_link_up(dev) == RL_FALSE
        assert await rpmsg_lite_deinit(dev) == RL_ERR_PARAM
        assert await rpmsg_lite_deinit(None) == RL_ERR_PARAM

    bench.run(body)


def test_init_and_deinit_can_be_repeated():
    bench = Bench()

    async def body():
        for _ in range(2):
            dev = await bench.link_up()
            assert await rpmsg_lite_deinit(dev) == RL_SUCCESS

    bench.run(body)


def test_no_instance_has_no_link():
    bench = Bench()

    async def body():
        assert rpmsg_lite_is_link_up(None) == RL_FALSE
        assert await rpmsg_lite_wait_for_link_up(None, 10) == RL_FALSE

    bench.run(body)


# Words of a table with one vdev, and in it two rings of 4 entries, aligned to 64.
def put_table(memory, rings, status):
    words = [1, 1, 0, 0, 20, 3, 7, 0, 1, 1, 0, status | 2 << 8]
    for notifyid, da in enumerate(rings):
        words += [da, 64, 4, notifyid, 0]
    for i, word in enumerate(words):
        memory.put(RINGS + 4 * i, 4, word)


# A Linux that chooses the place of its rings itself says it in a table.
def test_init_takes_the_rings_out_of_a_table_once_the_driver_is_ready():
    bench = Bench(resource_table=RINGS)
    rings = RINGS + 0x1000, RINGS + 0x2000

    async def body():
        dev = await bench.remote_init()
        assert (dev.tvq.desc, dev.rvq.desc) == rings
        assert (dev.tvq.vq_nentries, dev.tvq.vq_queue_index, dev.rvq.vq_queue_index) == (4, 0, 1)
        assert await rpmsg_lite_wait_for_link_up(dev, 0) == RL_TRUE

    put_table(bench.memory, rings, 7)
    bench.run(body)
