# SPDX-License-Identifier: Apache-2.0
# The fields of a message in shared memory, each in one access and in the order of rpmsg_lite.c.

from rtos_side.hal import LOAD, SERIES, STORE, WRITE, coroutine
from rtos_side.rpmsg_lite.layout import (
    HDR_DST,
    HDR_FLAGS,
    HDR_LEN,
    HDR_RESERVED_IDX,
    HDR_SIZE,
    HDR_SRC,
)


# Who a received message is for. The sender wrote it: nothing about it can be trusted.
@coroutine
def read_dst(message):
    return (yield (LOAD, message + HDR_DST, 4))


# [len, src] of a received message; len is not compared with the size of the buffer.
@coroutine
def read_len_src(message):
    return (yield (SERIES, ((LOAD, message + HDR_LEN, 2), (LOAD, message + HDR_SRC, 4))))


def _header(message, src, dst, size, flags):
    return (
        (STORE, message + HDR_DST, 4, dst),
        (STORE, message + HDR_SRC, 4, src),
        (STORE, message + HDR_LEN, 2, size),
        (STORE, message + HDR_FLAGS, 2, flags),
    )


# The header of a message to send. `reserved` is left as it is in the buffer.
@coroutine
def write_header(message, src, dst, size, flags):
    yield (SERIES, _header(message, src, dst, size, flags))


# A message to send: header, then payload, if there is any.
@coroutine
def write_message(message, src, dst, size, flags, payload):
    requests = _header(message, src, dst, size, flags)
    if size:
        requests += ((WRITE, message + HDR_SIZE, payload),)
    yield (SERIES, requests)


# The index of the descriptor, kept in the header of a buffer that the application holds.
@coroutine
def read_idx(message):
    return (yield (LOAD, message + HDR_RESERVED_IDX, 2))


@coroutine
def write_idx(message, idx):
    yield (STORE, message + HDR_RESERVED_IDX, 2, idx)
