# SPDX-License-Identifier: Apache-2.0
# Bytes in shared memory: the RPMsg header, the name-service message and the parts of a vring.

import struct

from rtos_side.hal import const

# RPMsg header, 16 bytes, little-endian, in front of the payload:
#
#   0 src u32 | 4 dst u32 | 8 rfu u16 | 10 idx u16 | 12 len u16 | 14 flags u16
#
# rpmsg-lite splits `reserved` and keeps the index of the descriptor in its upper half.
HDR_SRC = const(0)
HDR_DST = const(4)
HDR_RESERVED_IDX = const(10)
HDR_LEN = const(12)
HDR_FLAGS = const(14)
HDR_SIZE = const(16)

# Name-service message, 40 bytes: name[32], addr u32, flags u32.
NS_NAME_SIZE = const(32)
NS_ADDR = const(32)
NS_FLAGS = const(36)
NS_MSG_SIZE = const(40)

# vring descriptor, 16 bytes: addr u64, len u32, flags u16, next u16.
DESC_LEN = const(8)
DESC_SIZE = const(16)

# avail: flags u16, idx u16, ring u16[n]. used: flags u16, idx u16, {id u32, len u32}[n].
RING_FLAGS = const(0)
RING_IDX = const(2)
RING_ENTRIES = const(4)
AVAIL_ENTRY_SIZE = const(2)
USED_ENTRY_SIZE = const(8)
USED_ENTRY_LEN = const(4)

VRING_USED_F_NO_NOTIFY = const(1)


def align_up(address, alignment):
    return (address + alignment - 1) & ~(alignment - 1)


# Where the three parts of a vring lie: (descriptors, avail, used, size). Upstream (vring_init) puts
# avail straight after the descriptors. The JH-7110 port (env_vring_init) aligns avail as well, and
# so does the Linux driver it talks to: a standard ring would not interoperate.
def vring_init(num, base, alignment, avail_aligned):
    avail = base + num * DESC_SIZE
    if avail_aligned:
        avail = align_up(avail, alignment)
    used = align_up(avail + RING_ENTRIES + num * AVAIL_ENTRY_SIZE, alignment)
    end = align_up(used + RING_ENTRIES + num * USED_ENTRY_SIZE, alignment)
    return base, avail, used, end - base


# The bytes that announce a channel. Like strncpy, a name of 32 or more characters loses its NUL.
def ns_message(name, address, flags):
    message = bytearray(NS_MSG_SIZE)
    encoded = name.encode()[:NS_NAME_SIZE]
    message[: len(encoded)] = encoded
    struct.pack_into("<II", message, NS_ADDR, address, flags)
    return message


# The name in an announcement, up to the first NUL. Bytes that are no ASCII are no reason to fail.
def ns_name(message):
    return "".join([chr(byte) for byte in bytes(message[:NS_NAME_SIZE]).split(b"\0")[0]])
