# SPDX-License-Identifier: Apache-2.0
# The fields of a message in shared memory, each in one access and in the order of rpmsg_lite.c.

from rtos_side.hal import LOAD, STORE, coroutine
from rtos_side.rpmsg_lite.layout import HDR_DST, HDR_FLAGS, HDR_LEN, HDR_RESERVED_IDX, HDR_SRC


# Who a received message is for. The sender wrote it: nothing about it can be trusted.
@coroutine
def read_dst(message):
    return (yield (LOAD, message + HDR_DST, 4))


# (len, src) of a received message; len is not compared with the size of the buffer.
@coroutine
def read_len_src(message):
    length = yield (LOAD, message + HDR_LEN, 2)
    src = yield (LOAD, message + HDR_SRC, 4)
    return length, src


# The header of a message to send. `reserved` is left as it is in the buffer.
@coroutine
def write_header(message, src, dst, size, flags):
    yield (STORE, message + HDR_DST, 4, dst)
    yield (STORE, message + HDR_SRC, 4, src)
    yield (STORE, message + HDR_LEN, 2, size)
    yield (STORE, message + HDR_FLAGS, 2, flags)


# The index of the descriptor, kept in the header of a buffer that the application holds.
@coroutine
def read_idx(message):
    return (yield (LOAD, message + HDR_RESERVED_IDX, 2))


@coroutine
def write_idx(message, idx):
    yield (STORE, message + HDR_RESERVED_IDX, 2, idx)
