# SPDX-License-Identifier: Apache-2.0
# The numbers of rpmsg-lite's public headers (rpmsg_lite.h, rpmsg_ns.h, virtqueue.h,
# rpmsg_platform.h).

from rtos_side.hal import const

# C's null pointer. Addresses in shared memory are integers, so 0 is one too: see is_null().
RL_NULL = None

RL_SUCCESS = const(0)
RL_FALSE = const(0)
RL_TRUE = const(1)

# Timeouts, in milliseconds.
RL_BLOCK = const(0xFFFFFFFF)
RL_DONT_BLOCK = const(0)

# What a receive callback answers: may the buffer go back to the ring, or is it kept?
RL_RELEASE = const(0)
RL_HOLD = const(1)

RL_NO_FLAGS = const(0)
RL_ADDR_ANY = const(0xFFFFFFFF)

RL_ERR_NO_MEM = const(-5001)
RL_ERR_BUFF_SIZE = const(-5002)
RL_ERR_PARAM = const(-5003)
RL_ERR_DEV_ID = const(-5004)
RL_ERR_MAX_VQ = const(-5005)
RL_ERR_NO_BUFF = const(-5006)
RL_NOT_READY = const(-5007)
RL_ALREADY_DONE = const(-5008)

VQUEUE_SUCCESS = const(0)
ERROR_VRING_ALIGN = const(-3006)
ERROR_VRING_NO_BUFF = const(-3007)
ERROR_VQUEUE_INVLD_PARAM = const(-3008)

# Name service: the endpoint that announcements go to, and what they say.
RL_NS_EPT_ADDR = const(0x35)
RL_NS_CREATE = const(0)
RL_NS_DESTROY = const(1)

# rpmsg_config.h of the port: the step of every polling loop.
RL_MS_PER_INTERVAL = const(1)

# The JH-7110 header allows this many links, although vectors above 31 have no slot in env's table.
RL_PLATFORM_HIGHEST_LINK_ID = const(0x50000)


# A null pointer, whichever way it is written here: None for an object, 0 for a bus address.
def is_null(pointer):
    return pointer is None or pointer == 0
