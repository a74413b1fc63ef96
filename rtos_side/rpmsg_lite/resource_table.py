# SPDX-License-Identifier: Apache-2.0
# The firmware's resource table as Linux leaves it: where the rings are, and whether Linux is there.
#
# Linux copies the table into the loaded image, fills in the notify ids before the start and the
# addresses of the rings after it (remoteproc_virtio.c), and then sets DRIVER_OK in the status byte.
# Nothing in it is valid before that. Layout (remoteproc.h; packed, little-endian):
#
#   table   version u32 = 1 | entries u32 | reserved u32[2] = 0 | offset u32[entries]
#   entry   type u32 | what the type says
#   vdev    id u32 | notifyid u32 | dfeatures u32 | gfeatures u32 | config_len u32 | status u8
#           | rings u8 | reserved u8[2], and for each ring
#   vring   da u32 | align u32 | num u32 | notifyid u32 | pa u32

import struct

from rtos_side.hal import const, read8, read32, read_block

VERSION = const(1)
RSC_VDEV = const(3)
VIRTIO_ID_RPMSG = const(7)
ADDR_ANY = const(0xFFFFFFFF)

# VirtIO status and the name-service feature of rpmsg.
DRIVER_OK = const(4)
F_NS = const(1)

# More entries than any firmware has: a table that says so is not one.
ENTRIES_MAX = const(32)

_HEADER = "<IIII"
_HEADER_SIZE = const(16)
_VDEV = "<IIIIIIBB2x"
_VDEV_SIZE = const(28)
_VDEV_STATUS = const(24)
_VRING = "<IIIII"
_VRING_SIZE = const(20)


# One ring, as Linux has set it up.
class Vring:
    def __init__(self, da, align, num, notifyid):
        self.da = da
        self.align = align
        self.num = num
        self.notifyid = notifyid


# A vdev entry with two rings, from its bytes.
class Vdev:
    def __init__(self, data):
        fields = struct.unpack_from(_VDEV, data, 0)
        # What both sides can do: dfeatures and gfeatures.
        self.features = fields[3] & fields[4]
        self.count = fields[7]
        self.vrings = []
        for i in range(2):
            da, align, num, notifyid, _ = struct.unpack_from(
                _VRING, data, _VDEV_SIZE + i * _VRING_SIZE
            )
            self.vrings.append(Vring(da, align, num, notifyid))


def _fault(address, expected, found):
    return ValueError("resource table, 0x%x: expected %s, found %s" % (address, expected, found))


# Address of the table's rpmsg entry. Raises ValueError for a table that is none.
async def find_vdev(table):
    header = await read_block(table, _HEADER_SIZE)
    version, entries, reserved, reserved_2 = struct.unpack(_HEADER, header)
    if version != VERSION:
        raise _fault(table, "version 1", version)
    if reserved or reserved_2:
        raise _fault(table, "zero reserved words", "%d and %d" % (reserved, reserved_2))
    if entries > ENTRIES_MAX:
        raise _fault(table, "at most %d entries" % ENTRIES_MAX, entries)
    offsets = await read_block(table + _HEADER_SIZE, 4 * entries) if entries else b""
    for i in range(entries):
        offset = struct.unpack_from("<I", offsets, 4 * i)[0]
        if offset < _HEADER_SIZE + 4 * entries or offset & 3:
            raise _fault(table, "an entry behind the offsets", "offset %d" % offset)
        kind, device = struct.unpack("<II", await read_block(table + offset, 8))
        if kind == RSC_VDEV and device == VIRTIO_ID_RPMSG:
            return table + offset
    raise _fault(table, "a vdev with id 7", "none")


# Whether there is a table at all: memory that nobody has written yet reads as anything else.
async def table_there(table):
    return await read32(table) == VERSION


# Whether Linux's driver is ready.
async def driver_ok(vdev):
    return bool(await read8(vdev + _VDEV_STATUS) & DRIVER_OK)


# The entry, to be called once the driver is ready. Raises ValueError for rings that cannot be used.
async def read_vdev(vdev):
    found = Vdev(await read_block(vdev, _VDEV_SIZE + 2 * _VRING_SIZE))
    if found.count != 2:
        raise _fault(vdev, "2 vrings", found.count)
    for vring in found.vrings:
        if vring.da in (0, ADDR_ANY):
            raise _fault(vdev, "the address of a vring", "0x%x" % vring.da)
        if not vring.num or vring.num & (vring.num - 1):
            raise _fault(vdev, "a power of two as vring num", vring.num)
        if not vring.align or vring.align & (vring.align - 1):
            raise _fault(vdev, "a power of two as vring align", vring.align)
    return found
