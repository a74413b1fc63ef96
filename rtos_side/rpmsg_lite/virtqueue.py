# SPDX-License-Identifier: Apache-2.0
# One virtqueue as the remote uses it, access by access as rpmsg-lite's virtqueue.c.
#
# A remote is the VirtIO device: it takes descriptors from the avail ring and returns them through
# the used ring. It writes no descriptor, no avail word and no flag, and it looks at no feature or
# status.
#
# The functions below that touch the ring are generators and yield the hart's request tuples
# themselves. Those that never change are built once, in the constructor: the ring is walked for
# every message, and this way a walk allocates nothing but its result.

from rtos_side.hal import LOAD, SERIES, STORE, coroutine
from rtos_side.rpmsg_lite.constants import (
    ERROR_VQUEUE_INVLD_PARAM,
    ERROR_VRING_ALIGN,
    ERROR_VRING_NO_BUFF,
    VQUEUE_SUCCESS,
)
from rtos_side.rpmsg_lite.layout import (
    AVAIL_ENTRY_SIZE,
    DESC_LEN,
    DESC_SIZE,
    RING_ENTRIES,
    RING_FLAGS,
    RING_IDX,
    USED_ENTRY_LEN,
    USED_ENTRY_SIZE,
    VRING_USED_F_NO_NOTIFY,
    vring_init,
)


class Virtqueue:
    def __init__(self, queue_index, name, num, base, alignment, avail_aligned):
        self.vq_queue_index = queue_index
        self.vq_name = name
        self.vq_nentries = num
        self.mask = num - 1
        self.callback_fc = None
        self.notify_fc = None
        # What notify_fc asks for, where that never changes.
        self.kick = None
        self.priv = None
        # Added to the address in a descriptor, which is the master's own (env_map_patova).
        self.memory_offset = 0
        # Both sides start at zero: a remote that restarts alone reads old entries again (issue
        # #11).
        self.vq_available_idx = 0
        self.desc, avail, used, self.size = vring_init(num, base, alignment, avail_aligned)
        self.used_entries = used + RING_ENTRIES
        self.used_idx = used + RING_IDX
        self.load_used_flags = (LOAD, used + RING_FLAGS, 2)
        self.load_used_idx = (LOAD, self.used_idx, 2)
        self.load_avail_idx = (LOAD, avail + RING_IDX, 2)
        self.load_avail_entry = [
            (LOAD, avail + RING_ENTRIES + i * AVAIL_ENTRY_SIZE, 2) for i in range(num)
        ]


# (status, virtqueue): the queue is None unless the status is VQUEUE_SUCCESS.
def virtqueue_create(queue_index, name, num, base, alignment, avail_aligned):
    if num == 0:
        return ERROR_VQUEUE_INVLD_PARAM, None
    if num & (num - 1):
        return ERROR_VRING_ALIGN, None
    return VQUEUE_SUCCESS, Virtqueue(queue_index, name, num, base, alignment, avail_aligned)


# Takes the next descriptor that the driver offers: (buffer, length, idx), or None if there is none.
# first: an access of the caller's that comes before.
@coroutine
def virtqueue_get_available_buffer(vq, first=None):
    position = vq.vq_available_idx
    if first is None:
        avail_idx = yield vq.load_avail_idx
    else:
        avail_idx = (yield (SERIES, (first, vq.load_avail_idx)))[1]
    if position == avail_idx:
        return None
    vq.vq_available_idx = (position + 1) & 0xFFFF
    idx = yield vq.load_avail_entry[position & vq.mask]
    desc = vq.desc + idx * DESC_SIZE
    address, length = yield (SERIES, ((LOAD, desc, 8), (LOAD, desc + DESC_LEN, 4)))
    # Addresses are 32 bits wide in rpmsg-lite: the upper half of the field is cut off.
    return (address + vq.memory_offset) & 0xFFFFFFFF, length, idx


# Returns a descriptor to the driver. The used index lives in memory only, no copy is kept.
# The range test is the original's: an index equal to the number of entries passes.
@coroutine
def virtqueue_add_consumed_buffer(vq, idx, length):
    if idx > vq.vq_nentries:
        return ERROR_VRING_NO_BUFF
    used_idx = (yield _write_used(vq, (yield vq.load_used_idx), idx, length))[2]
    yield (STORE, vq.used_idx, 2, (used_idx + 1) & 0xFFFF)
    return VQUEUE_SUCCESS


# The same with the length of the descriptor's buffer: virtqueue_get_buffer_length() before it.
@coroutine
def virtqueue_return_buffer(vq, idx):
    load_length = (LOAD, vq.desc + idx * DESC_SIZE + DESC_LEN, 4)
    if idx > vq.vq_nentries:
        yield load_length
        return ERROR_VRING_NO_BUFF
    length, used_idx = yield (SERIES, (load_length, vq.load_used_idx))
    used_idx = (yield _write_used(vq, used_idx, idx, length))[2]
    yield (STORE, vq.used_idx, 2, (used_idx + 1) & 0xFFFF)
    return VQUEUE_SUCCESS


# An entry of the used ring. env_wmb() stands behind it in the original; a hart's accesses are in
# order in any case. After the barrier `used->idx++` reads the index a second time.
def _write_used(vq, used_idx, idx, length):
    entry = vq.used_entries + (used_idx & vq.mask) * USED_ENTRY_SIZE
    return (
        SERIES,
        (
            (STORE, entry, 4, idx),
            (STORE, entry + USED_ENTRY_LEN, 4, length),
            vq.load_used_idx,
        ),
    )


# Notifies the driver. The flag that is asked is used.flags, which a device writes itself: nobody
# sets it, so a remote always kicks. (A device ought to ask avail.flags.)
@coroutine
def virtqueue_kick(vq):
    if not (yield vq.load_used_flags) & VRING_USED_F_NO_NOTIFY:
        yield from vq.notify_fc(vq)


# A notification has arrived for this queue; None for a vector that nobody registered. What is
# awaited is the callback itself: a coroutine in between would be resumed at every access of it.
def virtqueue_notification(vq):
    if vq is None or vq.callback_fc is None:
        return _nobody()
    return vq.callback_fc(vq)


async def _nobody():
    pass
