# SPDX-License-Identifier: Apache-2.0
# Blocking receive: a queue between the receive callback (interrupt) and a thread, after
# rpmsg_queue.c.
#
# The queue carries (address, length, source) of buffers that stay in shared memory until received.

from rtos_side.hal import READ, coroutine
from rtos_side.rpmsg_lite.constants import (
    RL_ERR_BUFF_SIZE,
    RL_ERR_NO_BUFF,
    RL_ERR_PARAM,
    RL_HOLD,
    RL_NULL,
    RL_RELEASE,
    RL_SUCCESS,
    is_null,
)
from rtos_side.rpmsg_lite.env_queue import (
    env_create_queue,
    env_delete_queue,
    env_get_current_queue_size,
    env_get_queue,
    env_put_queue,
)
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_release_rx_buffer


# The callback to give to rpmsg_lite_create_ept(), with the queue as its data. A full queue means
# that the message is dropped: the buffer goes back to the ring and nobody is told.
async def rpmsg_queue_rx_cb(payload, payload_len, src, priv):
    if await env_put_queue(priv, payload, payload_len, src):
        return RL_RELEASE
    return RL_HOLD


# A queue for one endpoint, twice as long as the ring, or None.
def rpmsg_queue_create(dev):
    if dev is None:
        return RL_NULL
    return env_create_queue(dev.env, 2 * dev.rvq.vq_nentries, dev.rx_vring)


async def rpmsg_queue_destroy(dev, q):
    if dev is None:
        return RL_ERR_PARAM
    if q is None:
        return RL_ERR_PARAM
    await env_delete_queue(q)
    return RL_SUCCESS


# Copies the next message into `data` (a bytearray of at least `maxlen`). src[0] and length[0] are
# set even when the message does not fit; such a message is lost. Either of them may be None.
@coroutine
def rpmsg_queue_recv(dev, q, src, data, maxlen, length, timeout):
    if dev is None:
        return RL_ERR_PARAM
    if q is None:
        return RL_ERR_PARAM
    if data is None:
        return RL_ERR_PARAM
    item = yield from env_get_queue(q, timeout)
    if item is None:
        return RL_ERR_NO_BUFF
    payload, payload_len, sender = item
    dev.env.event("msg_recv", payload, payload_len)
    if src is not None:
        src[0] = sender
    if length is not None:
        length[0] = payload_len
    status = RL_SUCCESS
    if maxlen < payload_len:
        status = RL_ERR_BUFF_SIZE
    elif payload_len:
        data[:payload_len] = yield (READ, payload, payload_len)
    if (yield from rpmsg_lite_release_rx_buffer(dev, payload)) != RL_SUCCESS:
        return RL_ERR_PARAM
    return status


# The address of the next message in shared memory goes to data[0]; the caller gives it back with
# rpmsg_queue_nocopy_free().
async def rpmsg_queue_recv_nocopy(dev, q, src, data, length, timeout):
    if dev is None:
        return RL_ERR_PARAM
    if data is None:
        return RL_ERR_PARAM
    if q is None:
        return RL_ERR_PARAM
    item = await env_get_queue(q, timeout)
    if item is None:
        return RL_ERR_NO_BUFF
    payload, payload_len, sender = item
    dev.env.event("msg_recv", payload, payload_len)
    if src is not None:
        src[0] = sender
    if length is not None:
        length[0] = payload_len
    data[0] = payload
    return RL_SUCCESS


async def rpmsg_queue_nocopy_free(dev, data):
    if dev is None:
        return RL_ERR_PARAM
    if is_null(data):
        return RL_ERR_PARAM
    if await rpmsg_lite_release_rx_buffer(dev, data) != RL_SUCCESS:
        return RL_ERR_PARAM
    return RL_SUCCESS


# Messages waiting in the queue.
def rpmsg_queue_get_current_size(q):
    if q is None:
        return RL_ERR_PARAM
    return env_get_current_queue_size(q)
