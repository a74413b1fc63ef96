# SPDX-License-Identifier: Apache-2.0
# RPMsg-Lite in the remote role: instance, endpoints, sending and receiving, after rpmsg_lite.c.
#
# Names, return codes and the order of the checks are the original's. What differs is only how
# Python spells it: a pointer that a function writes through is a list of one element, an address in
# shared memory is an integer, and functions that touch the bus or may block are awaited.

from rtos_side.hal import coroutine
from rtos_side.rpmsg_lite.constants import (
    RL_ADDR_ANY,
    RL_DONT_BLOCK,
    RL_ERR_BUFF_SIZE,
    RL_ERR_NO_MEM,
    RL_ERR_PARAM,
    RL_FALSE,
    RL_HOLD,
    RL_MS_PER_INTERVAL,
    RL_NO_FLAGS,
    RL_NOT_READY,
    RL_NULL,
    RL_PLATFORM_HIGHEST_LINK_ID,
    RL_RELEASE,
    RL_SUCCESS,
    RL_TRUE,
    VQUEUE_SUCCESS,
    is_null,
)
from rtos_side.rpmsg_lite.env import (
    env_create_mutex,
    env_deinit,
    env_delete_mutex,
    env_init,
    env_lock_mutex,
    env_sleep_msec,
    env_tx_callback,
    env_unlock_mutex,
    env_wait_for_link_up,
)
from rtos_side.rpmsg_lite.layout import HDR_SIZE
from rtos_side.rpmsg_lite.message import (
    read_dst,
    read_idx,
    read_len_src,
    write_idx,
    write_message,
)
from rtos_side.rpmsg_lite.virtqueue import (
    virtqueue_add_consumed_buffer,
    virtqueue_create,
    virtqueue_get_available_buffer,
    virtqueue_kick,
    virtqueue_return_buffer,
)


class RpmsgLiteEndpoint:
    def __init__(self, addr, rx_cb, rx_cb_data):
        self.addr = addr
        self.rx_cb = rx_cb
        self.rx_cb_data = rx_cb_data


class RpmsgLiteInstance:
    def __init__(self, env, link_id):
        self.env = env
        self.link_id = link_id
        # The vring that this side sends on, as the event log numbers them.
        self.tx_vring = link_id << 1
        self.rx_vring = self.tx_vring | 1
        self.link_state = RL_FALSE
        self.tvq = RL_NULL
        self.rvq = RL_NULL
        self.lock = RL_NULL
        # Address -> endpoint. The original walks a list; addresses are unique, so the result is
        # equal.
        self.endpoints = {}


################################################################################
# Start and end
################################################################################


# An instance in the remote role, or None. Writes nothing into the rings: they are the master's.
# `env_cfg` is the kernel to run on (the variant with an environment context).
async def rpmsg_lite_remote_init(shmem_addr, link_id, init_flags, env_cfg):
    if link_id > RL_PLATFORM_HIGHEST_LINK_ID:
        return RL_NULL
    if is_null(shmem_addr):
        return RL_NULL
    env = env_init(env_cfg)
    platform = env.platform
    await platform.platform_init(env)
    dev = RpmsgLiteInstance(env, link_id)
    rings = platform.platform_get_vrings(env, shmem_addr, link_id)
    dev.tvq, dev.rvq = _create_virtqueues(dev, rings)
    if dev.rvq is None:
        return RL_NULL
    dev.lock = env_create_mutex(env, 1)
    if dev.lock is None:
        return RL_NULL
    platform.platform_init_interrupt(env, dev.rvq.vq_queue_index, dev.rvq)
    platform.platform_init_interrupt(env, dev.tvq.vq_queue_index, dev.tvq)
    dev.link_state = RL_FALSE
    return dev


# Both rings of a link: "tx_vq" first, as a remote sends on the master's receive ring.
def _create_virtqueues(dev, rings):
    notify = dev.env.platform.platform_notify
    queues = []
    for ring, name, callback in (
        (rings[0], "tx_vq", _rpmsg_lite_tx_callback),
        (rings[1], "rx_vq", _rpmsg_lite_rx_callback),
    ):
        vector, base, num, alignment, avail_aligned = ring
        status, vq = virtqueue_create(vector, name, num, base, alignment, avail_aligned)
        if status != VQUEUE_SUCCESS:
            return RL_NULL, RL_NULL
        vq.callback_fc = callback
        vq.notify_fc = notify
        vq.priv = dev
        vq.memory_offset = dev.env.memory_offset
        queues.append(vq)
    return queues


# Ends an instance. Endpoints are not destroyed and the rings stay as they are.
async def rpmsg_lite_deinit(dev):
    if dev is None:
        return RL_ERR_PARAM
    if dev.rvq is None or dev.tvq is None or dev.lock is None:
        return RL_ERR_PARAM
    platform = dev.env.platform
    platform.platform_deinit_interrupt(dev.env, dev.rvq.vq_queue_index)
    platform.platform_deinit_interrupt(dev.env, dev.tvq.vq_queue_index)
    dev.link_state = RL_FALSE
    dev.rvq = RL_NULL
    dev.tvq = RL_NULL
    await env_delete_mutex(dev.env, dev.lock)
    dev.lock = RL_NULL
    env_deinit(dev.env)
    return RL_SUCCESS


################################################################################
# Link state
################################################################################


def rpmsg_lite_is_link_up(dev):
    if dev is None:
        return RL_FALSE
    return RL_TRUE if dev.link_state == RL_TRUE else RL_FALSE


# 1 when the link is up, 0 when the timeout (in ms) ran out. What counts as up, and whether the
# timeout is looked at, is the environment's business.
async def rpmsg_lite_wait_for_link_up(dev, timeout):
    if dev is None:
        return RL_FALSE
    return await env_wait_for_link_up(dev.env, dev, timeout)


################################################################################
# Endpoints
################################################################################


# An endpoint, or None when the address is taken. RL_ADDR_ANY picks the lowest free one from 1
# upwards. Tells nobody: announcing is rpmsg_ns_announce(). `rx_cb` is `async rx_cb(payload,
# payload_len, src, rx_cb_data)`, called in interrupt context with the payload's address; it answers
# RL_RELEASE, or RL_HOLD to keep the buffer.
async def rpmsg_lite_create_ept(dev, addr, rx_cb, rx_cb_data):
    if dev is None:
        return RL_NULL
    await env_lock_mutex(dev.env, dev.lock)
    endpoints = dev.endpoints
    if addr == RL_ADDR_ANY:
        addr = 1
        while addr in endpoints:
            addr += 1
    ept = RL_NULL
    if addr not in endpoints:
        ept = endpoints[addr] = RpmsgLiteEndpoint(addr, rx_cb, rx_cb_data)
    await env_unlock_mutex(dev.env, dev.lock)
    return ept


async def rpmsg_lite_destroy_ept(dev, ept):
    if dev is None:
        return RL_ERR_PARAM
    if ept is None:
        return RL_ERR_PARAM
    await env_lock_mutex(dev.env, dev.lock)
    found = dev.endpoints.pop(ept.addr, RL_NULL)
    await env_unlock_mutex(dev.env, dev.lock)
    return RL_ERR_PARAM if found is None else RL_SUCCESS


################################################################################
# Receiving, in interrupt context
################################################################################


# The master has put messages on the receive ring: hands each to its endpoint, until the ring is
# empty. A message for an address that nobody has is dropped without a word.
@coroutine
def _rpmsg_lite_rx_callback(vq):
    dev = vq.priv
    endpoints = dev.endpoints
    env = dev.env
    event = env.event
    vring = dev.rx_vring
    freed = False
    taken = yield from virtqueue_get_available_buffer(vq)
    while taken is not None:
        message, length, idx = taken
        event("msg_take", vring, idx)
        yield from env.kernel.spend(env.call_cost)
        ept = endpoints.get((yield read_dst(message)))
        answer = RL_RELEASE
        if ept is not None:
            payload_len, src = yield read_len_src(message)
            event("msg_callback", vring, idx)
            answer = yield from ept.rx_cb(message + HDR_SIZE, payload_len, src, ept.rx_cb_data)
        if answer == RL_HOLD:
            held = write_idx(message, idx)
        else:
            held = None
            yield from virtqueue_add_consumed_buffer(vq, idx, length)
            event("msg_free", vring, idx)
            freed = True
        taken = yield from virtqueue_get_available_buffer(vq, held)
    if freed and env.consumed_notify:
        yield from virtqueue_kick(vq)


# A notification for the transmit ring is how a master says that it is there.
async def _rpmsg_lite_tx_callback(vq):
    dev = vq.priv
    dev.link_state = RL_TRUE
    env_tx_callback(dev.env, dev.link_id)


# Gives back a buffer that a callback held.
@coroutine
def rpmsg_lite_release_rx_buffer(dev, rxbuf):
    if dev is None:
        return RL_ERR_PARAM
    if is_null(rxbuf):
        return RL_ERR_PARAM
    env = dev.env
    rvq = dev.rvq
    yield from env_lock_mutex(env, dev.lock, env.call_cost)
    idx = yield read_idx(rxbuf - HDR_SIZE)
    yield from virtqueue_return_buffer(rvq, idx)
    env.event("msg_free", dev.rx_vring, idx)
    if env.consumed_notify:
        yield from virtqueue_kick(rvq)
    yield from env_unlock_mutex(env, dev.lock)
    return RL_SUCCESS


################################################################################
# Sending
################################################################################


# A free transmit buffer: (buffer, length, idx), or None when the timeout (in ms) ran out. There is
# no interrupt to wait for: the ring is polled. The time of the caller's call passes here, too.
async def _vq_tx_alloc(dev, timeout):
    env = dev.env
    lock = dev.lock
    tvq = dev.tvq
    await env_lock_mutex(env, lock, env.call_cost)
    taken = await virtqueue_get_available_buffer(tvq)
    await env_unlock_mutex(env, lock)
    waited = 0
    if taken is not None or timeout == RL_DONT_BLOCK:
        return taken
    env.event("msg_wait", dev.tx_vring, 0)
    env.kernel.looks_for(("buffer", dev.tx_vring))
    while taken is None:
        await env_sleep_msec(env, RL_MS_PER_INTERVAL)
        # Not in the original: where a link can end, its ring is no longer there to be polled.
        if dev.link_state != RL_TRUE:
            break
        await env_lock_mutex(env, lock)
        taken = await virtqueue_get_available_buffer(tvq)
        await env_unlock_mutex(env, lock)
        waited += RL_MS_PER_INTERVAL
        if waited >= timeout:
            break
    env.kernel.looks_for(None)
    return taken


# The steps of a message that go into the event log, as the vendors' documents name them (allocate,
# fill, send, notify): msg_alloc, msg_fill, msg_send, msg_kick, each with the number of the vring
# and of the descriptor. Before them msg_begin, the call, with the vring and the bytes, and msg_wait
# when there is no buffer; on the other side msg_take, msg_callback and msg_free. docs/messages.md
# has the list.


# Sends a copy of the first `size` bytes of `data` (any bytes-like object). What the used ring gets
# is the length of the whole buffer, not of the message.
@coroutine
def rpmsg_lite_send(dev, ept, dst, data, size, timeout):
    if dev is None or ept is None:
        return RL_ERR_PARAM
    env = dev.env
    if size > env.payload_size:
        return RL_ERR_BUFF_SIZE
    if data is None:
        return RL_ERR_PARAM
    if dev.link_state != RL_TRUE:
        return RL_NOT_READY
    env.event("msg_begin", dev.tx_vring, size)
    taken = yield from _vq_tx_alloc(dev, timeout)
    if taken is None:
        return RL_ERR_NO_MEM
    message, length, idx = taken
    event = env.event
    vring = dev.tx_vring
    event("msg_alloc", vring, idx)
    payload = data if len(data) == size else memoryview(data)[:size]
    yield write_message(message, ept.addr, dst, size, RL_NO_FLAGS, payload)
    event("msg_fill", vring, idx)
    lock = dev.lock
    tvq = dev.tvq
    yield from env_lock_mutex(env, lock)
    yield from virtqueue_add_consumed_buffer(tvq, idx, length)
    event("msg_send", vring, idx)
    yield from virtqueue_kick(tvq)
    event("msg_kick", vring, idx)
    yield from env_unlock_mutex(env, lock)
    return RL_SUCCESS


# The address of a transmit payload to fill in place, or None; size[0] becomes the room in it. The
# instance is not checked, as in the original.
@coroutine
def rpmsg_lite_alloc_tx_buffer(dev, size, timeout):
    if size is None:
        return RL_NULL
    size[0] = 0
    if dev.link_state != RL_TRUE:
        return RL_NULL
    dev.env.event("msg_begin", dev.tx_vring, 0)
    taken = yield from _vq_tx_alloc(dev, timeout)
    if taken is None:
        return RL_NULL
    message, length, idx = taken
    dev.env.event("msg_alloc", dev.tx_vring, idx)
    yield write_idx(message, idx)
    size[0] = max(length - HDR_SIZE, 0)
    return message + HDR_SIZE


# Sends a buffer from rpmsg_lite_alloc_tx_buffer(). The descriptor's index stays in the header, so
# the other side sees it in `reserved`.
@coroutine
def rpmsg_lite_send_nocopy(dev, ept, dst, data, size):
    if ept is None or is_null(data):
        return RL_ERR_PARAM
    env = dev.env
    if size > env.payload_size:
        return RL_ERR_BUFF_SIZE
    if dev.link_state != RL_TRUE:
        return RL_NOT_READY
    yield from env.kernel.spend(env.call_cost)
    message = data - HDR_SIZE
    yield write_message(message, ept.addr, dst, size, RL_NO_FLAGS, None)
    tvq = dev.tvq
    event = env.event
    vring = dev.tx_vring
    yield from env_lock_mutex(env, dev.lock)
    idx = yield read_idx(message)
    event("msg_fill", vring, idx)
    yield from virtqueue_return_buffer(tvq, idx)
    event("msg_send", vring, idx)
    yield from virtqueue_kick(tvq)
    event("msg_kick", vring, idx)
    yield from env_unlock_mutex(env, dev.lock)
    return RL_SUCCESS
