# SPDX-License-Identifier: Apache-2.0
# The fields of a message in shared memory, each in one access and in the order of rpmsg_lite.c.
#
# These are the requests: who needs a field yields one.

from rtos_side.hal import LOAD, SERIES, STORE, WRITE
from rtos_side.rpmsg_lite.layout import (
    HDR_DST,
    HDR_FLAGS,
    HDR_LEN,
    HDR_RESERVED_IDX,
    HDR_SIZE,
    HDR_SRC,
)


# Who a received message is for. The sender wrote it: nothing about it can be trusted.
def read_dst(message):
    return (LOAD, message + HDR_DST, 4)


# [len, src] of a received message; len is not compared with the size of the buffer.
def read_len_src(message):
    return (SERIES, ((LOAD, message + HDR_LEN, 2), (LOAD, message + HDR_SRC, 4)))


# A message to send: header, then payload, if there is any. `reserved` is left as it is in the
# buffer.
def write_message(message, src, dst, size, flags, payload):
    header = (
        (STORE, message + HDR_DST, 4, dst),
        (STORE, message + HDR_SRC, 4, src),
        (STORE, message + HDR_LEN, 2, size),
        (STORE, message + HDR_FLAGS, 2, flags),
    )
    if payload:
        return (SERIES, header + ((WRITE, message + HDR_SIZE, payload),))
    return (SERIES, header)


# The index of the descriptor, kept in the header of a buffer that the application holds.
def read_idx(message):
    return (LOAD, message + HDR_RESERVED_IDX, 2)


def write_idx(message, idx):
    return (STORE, message + HDR_RESERVED_IDX, 2, idx)
