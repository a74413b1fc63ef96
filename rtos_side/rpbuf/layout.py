# SPDX-License-Identifier: Apache-2.0
# Messages of the RPBuf service (rpbuf_internal.h of the vendor; packed, little-endian).
#
#   frame        0x0A | command u8 | length u16 | content | 0x05
#   CREATED      name[32] | id u32 | len u32 | pa u64 | da u64 | available u8
#   DESTROYED    id u32
#   TRANSMITTED  id u32 | offset u32 | data_len u32 | flags u32
#   ACK          id u32 | time difference u32

import struct

from rtos_side.hal import const

CREATED = const(1)
DESTROYED = const(2)
TRANSMITTED = const(3)
ACK = const(4)

NAME_SIZE = const(32)

# In the flags of TRANSMITTED: the sender waits for an ACK.
SYNC = const(1)

_PREAMBLE = const(0x0A)
_POSTAMBLE = const(0x05)
_FRAME = "<BBH"
_FRAME_SIZE = const(4)
_CONTENTS = {CREATED: "<32sIIQQB", DESTROYED: "<I", TRANSMITTED: "<IIII", ACK: "<II"}


# The bytes of a message; fields as in the table above, the name as bytes.
def pack(command, *fields):
    content = struct.pack(_CONTENTS[command], *fields)
    return struct.pack(_FRAME, _PREAMBLE, command, len(content)) + content + bytes((_POSTAMBLE,))


# (command, fields), or None for what is no message: a wrong mark, command or length.
def unpack(message):
    size = len(message)
    if size <= _FRAME_SIZE:
        return None
    preamble, command, length = struct.unpack_from(_FRAME, message, 0)
    content = _CONTENTS.get(command)
    if content is None or preamble != _PREAMBLE or size != _FRAME_SIZE + length + 1:
        return None
    if length != struct.calcsize(content) or message[size - 1] != _POSTAMBLE:
        return None
    return command, struct.unpack_from(content, message, _FRAME_SIZE)


# A name out of a message: up to the first NUL.
def name_of(field):
    return bytes(field).split(b"\0")[0]
