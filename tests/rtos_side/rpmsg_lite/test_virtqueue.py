# SPDX-License-Identifier: Apache-2.0
# A virtqueue of the remote: exactly which words are read and written, and in which order.

from shared_memory import Memory, run

from rtos_side.rpmsg_lite.constants import (
    ERROR_VQUEUE_INVLD_PARAM,
    ERROR_VRING_ALIGN,
    ERROR_VRING_NO_BUFF,
    VQUEUE_SUCCESS,
)
from rtos_side.rpmsg_lite.virtqueue import (
    virtqueue_add_consumed_buffer,
    virtqueue_create,
    virtqueue_get_available_buffer,
    virtqueue_kick,
    virtqueue_notification,
    virtqueue_return_buffer,
)

RING = 0x6E410000
AVAIL = RING + 0x40
USED = RING + 0x80
BUFFER = 0x6E420000


def make(num=2):
    status, vq = virtqueue_create(0, "tx_vq", num, RING, 64, True)
    assert status == VQUEUE_SUCCESS
    return Memory(), vq


def offer(memory, index, address, length):
    memory.put(RING + 16 * index, 8, address)
    memory.put(RING + 16 * index + 8, 4, length)
    avail_idx = memory.get(AVAIL + 2, 2)
    memory.put(AVAIL + 4 + 2 * (avail_idx % 2), 2, index)
    memory.put(AVAIL + 2, 2, (avail_idx + 1) % 65536)


def test_create_rejects_sizes_that_are_no_power_of_two():
    assert virtqueue_create(0, "vq", 0, RING, 64, True) == (ERROR_VQUEUE_INVLD_PARAM, None)
    assert virtqueue_create(0, "vq", 3, RING, 64, True) == (ERROR_VRING_ALIGN, None)


def test_create_touches_no_memory_and_starts_at_index_zero():
    memory, vq = make()
    assert memory.log == []
    assert vq.vq_available_idx == 0


def test_empty_ring_costs_one_read():
    memory, vq = make()
    assert run(memory, virtqueue_get_available_buffer(vq)) is None
    assert memory.log == [("R", AVAIL + 2, 2, 0)]


def test_take_reads_idx_entry_and_descriptor():
    memory, vq = make()
    offer(memory, 1, BUFFER, 512)
    assert run(memory, virtqueue_get_available_buffer(vq)) == (BUFFER, 512, 1)
    assert memory.log == [
        ("R", AVAIL + 2, 2, 1),
        ("R", AVAIL + 4, 2, 1),
        ("R", RING + 16, 8, BUFFER),
        ("R", RING + 24, 4, 512),
    ]
    assert run(memory, virtqueue_get_available_buffer(vq)) is None


def test_descriptor_address_is_cut_to_32_bits():
    memory, vq = make()
    offer(memory, 0, 0x100000000 + BUFFER, 512)
    assert run(memory, virtqueue_get_available_buffer(vq))[0] == BUFFER


def test_consumed_buffer_is_published_after_its_entry():
    memory, vq = make()
    memory.put(USED + 2, 2, 5)
    assert run(memory, virtqueue_add_consumed_buffer(vq, 1, 512)) == VQUEUE_SUCCESS
    assert memory.log == [
        ("R", USED + 2, 2, 5),
        ("W", USED + 12, 4, 1),
        ("W", USED + 16, 4, 512),
        ("R", USED + 2, 2, 5),
        ("W", USED + 2, 2, 6),
    ]


# The range test of the original lets the first index behind the ring pass.
def test_index_equal_to_the_ring_size_passes_the_range_test():
    memory, vq = make()
    assert run(memory, virtqueue_add_consumed_buffer(vq, 2, 512)) == VQUEUE_SUCCESS
    memory.log.clear()
    assert run(memory, virtqueue_add_consumed_buffer(vq, 3, 512)) == ERROR_VRING_NO_BUFF
    assert memory.log == []


def test_used_index_wraps_at_65536():
    memory, vq = make()
    memory.put(USED + 2, 2, 65535)
    run(memory, virtqueue_add_consumed_buffer(vq, 0, 64))
    assert memory.get(USED + 2, 2) == 0
    assert memory.get(USED + 12, 4) == 0 and memory.get(USED + 16, 4) == 64


def test_avail_index_wraps_at_65536():
    memory, vq = make()
    memory.put(AVAIL + 2, 2, 65535)
    vq.vq_available_idx = 65535
    assert run(memory, virtqueue_get_available_buffer(vq)) is None
    offer(memory, 1, BUFFER, 512)
    assert run(memory, virtqueue_get_available_buffer(vq)) == (BUFFER, 512, 1)
    assert vq.vq_available_idx == 0
    assert run(memory, virtqueue_get_available_buffer(vq)) is None


def test_buffer_is_returned_with_the_length_in_its_descriptor():
    memory, vq = make()
    offer(memory, 1, BUFFER, 77)
    assert run(memory, virtqueue_return_buffer(vq, 1)) == VQUEUE_SUCCESS
    assert memory.log == [
        ("R", RING + 24, 4, 77),
        ("R", USED + 2, 2, 0),
        ("W", USED + 4, 4, 1),
        ("W", USED + 8, 4, 77),
        ("R", USED + 2, 2, 0),
        ("W", USED + 2, 2, 1),
    ]


def test_length_of_an_index_out_of_range_is_read_and_nothing_returned():
    memory, vq = make()
    assert run(memory, virtqueue_return_buffer(vq, 3)) == ERROR_VRING_NO_BUFF
    assert memory.log == [("R", RING + 56, 4, 0)]


# A kick asks used.flags, the word of the device itself, and not avail.flags of the driver.
def test_kick_asks_its_own_used_flags():
    memory, vq = make()
    kicked = []

    async def notify(queue):
        kicked.append(queue)

    vq.notify_fc = notify
    memory.put(AVAIL, 2, 1)
    run(memory, virtqueue_kick(vq))
    assert kicked == [vq]
    assert memory.log == [("R", USED, 2, 0)]
    memory.put(USED, 2, 1)
    run(memory, virtqueue_kick(vq))
    assert kicked == [vq]


def test_notification_reaches_the_callback():
    memory, vq = make()
    seen = []

    async def callback(queue):
        seen.append(queue)

    run(memory, virtqueue_notification(None))
    run(memory, virtqueue_notification(vq))
    vq.callback_fc = callback
    run(memory, virtqueue_notification(vq))
    assert seen == [vq]


# env_map_patova: the master's physical address 0 is elsewhere on this side's bus.
def test_addresses_in_descriptors_are_the_masters_own():
    memory, vq = make()
    vq.memory_offset = BUFFER - 0x9C0000
    offer(memory, 1, 0x9C0000, 512)
    assert run(memory, virtqueue_get_available_buffer(vq)) == (BUFFER, 512, 1)
