# SPDX-License-Identifier: Apache-2.0
# Name service: hear of the other side's channels and announce one's own, after rpmsg_ns.c.

import struct

from rtos_side.hal import read_block
from rtos_side.rpmsg_lite.constants import (
    RL_BLOCK,
    RL_ERR_PARAM,
    RL_NS_EPT_ADDR,
    RL_NULL,
    RL_RELEASE,
)
from rtos_side.rpmsg_lite.layout import NS_ADDR, NS_MSG_SIZE, ns_message, ns_name
from rtos_side.rpmsg_lite.rpmsg_lite import (
    rpmsg_lite_create_ept,
    rpmsg_lite_destroy_ept,
    rpmsg_lite_send,
)


class RpmsgNs:
    def __init__(self, cb, user_data):
        self.cb = cb
        self.user_data = user_data
        self.ept = RL_NULL


# In interrupt context. Whatever has not the length of an announcement is dropped.
async def _rpmsg_ns_rx_cb(payload, payload_len, src, ns):
    if payload_len == NS_MSG_SIZE:
        message = await read_block(payload, NS_MSG_SIZE)
        addr, flags = struct.unpack_from("<II", message, NS_ADDR)
        await ns.cb(addr, ns_name(message), flags, ns.user_data)
    return RL_RELEASE


# Listens for announcements: `async app_cb(new_ept, new_ept_name, flags, user_data)`. The handle
# comes back even when address 53 was taken and nothing will ever be heard, as in the original.
async def rpmsg_ns_bind(dev, app_cb, user_data):
    if app_cb is None:
        return RL_NULL
    ns = RpmsgNs(app_cb, user_data)
    ns.ept = await rpmsg_lite_create_ept(dev, RL_NS_EPT_ADDR, _rpmsg_ns_rx_cb, ns)
    return ns


async def rpmsg_ns_unbind(dev, handle):
    return await rpmsg_lite_destroy_ept(dev, handle.ept)


# Tells the master that a channel exists (RL_NS_CREATE) or ends (RL_NS_DESTROY).
async def rpmsg_ns_announce(dev, new_ept, ept_name, flags):
    if ept_name is None:
        return RL_ERR_PARAM
    if new_ept is None:
        return RL_ERR_PARAM
    message = ns_message(ept_name, new_ept.addr, flags)
    return await rpmsg_lite_send(dev, new_ept, RL_NS_EPT_ADDR, message, NS_MSG_SIZE, RL_BLOCK)
