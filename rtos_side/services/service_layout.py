# SPDX-License-Identifier: Apache-2.0
# Messages of a service call between the cores (little-endian):
#
#   type u8 | status u8 | sequence u16 | function u16 | length u16 | name[16] | data[length]
#
# HELLO has an empty name and no data; a RETURN repeats sequence, function and name of its CALL.

import struct

from rtos_side.hal import const

CALL = const(1)
RETURN = const(2)
HELLO = const(3)

OK = const(0)
NOSERVICE = const(1)
NOFUNCTION = const(2)
FAILED = const(3)

NAME_SIZE = const(16)
_HEADER = "<BBHHH16s"
HEADER_SIZE = const(24)
DATA_MAX = const(472)


# name: bytes
def pack(type, status, sequence, function, name, data):
    return struct.pack(_HEADER, type, status, sequence, function, len(data), name) + bytes(data)


# (type, status, sequence, function, name, data), or None for what is no such message
def unpack(message):
    if len(message) < HEADER_SIZE:
        return None
    type, status, sequence, function, length, name = struct.unpack_from(_HEADER, message, 0)
    if length != len(message) - HEADER_SIZE:
        return None
    name = bytes(name).split(b"\0")[0]
    return type, status, sequence, function, name, bytes(message[HEADER_SIZE:])
