# SPDX-License-Identifier: Apache-2.0
# Messages of the rpmsg controller (rpmsg_master.h of the vendor; packed, little-endian).
#
#   command 44 bytes: name[32] | id u32 | ctrl_id u32 | cmd u32
#   ack      8 bytes: id u32 | ack u32; id 0 means the controller itself

import struct

from rtos_side.hal import const

NAME_SIZE = const(32)

CREATE_CLIENT = const(0x13141413)
CLOSE_CLIENT = const(0x13141414)
RELEASE_CLIENT = const(0x13141415)
RESET_GRP_CLIENT = const(0x12131516)
RESET_ALL_CLIENT = const(0x14151617)

ACK_OK = const(0x13131411)
ACK_FAILED = const(0x13131412)
ACK_NOLISTEN = const(0x13131413)
ACK_BUSY = const(0x13131414)
ACK_NOMEM = const(0x13131415)
ACK_NOENT = const(0x13131416)

_COMMAND = "<32sIII"
COMMAND_SIZE = const(44)
_ACK = "<II"
ACK_SIZE = const(8)


# (name, id, ctrl_id, cmd), or None for a message of another length
def unpack_command(message):
    if len(message) != COMMAND_SIZE:
        return None
    name, id, ctrl_id, cmd = struct.unpack(_COMMAND, bytes(message))
    return name.split(b"\0")[0], id, ctrl_id, cmd


def pack_ack(id, ack):
    return struct.pack(_ACK, id, ack)


# (id, ack), or None for a message of another length
def unpack_ack(message):
    return struct.unpack(_ACK, bytes(message)) if len(message) == ACK_SIZE else None
