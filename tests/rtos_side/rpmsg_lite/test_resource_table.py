# SPDX-License-Identifier: Apache-2.0
# The resource table: where its rpmsg entry is, when it is valid, and what is refused.

import struct

from bare_machine import Ram
from shared_memory import Memory
from v821_linux import TABLE, VDEV, VRING0, VRING1, Linux

from rtos_side.hal import LOAD, READ
from rtos_side.rpmsg_lite.resource_table import driver_ok, find_vdev, read_vdev


def make():
    memory = Memory(Ram(0x81000000, 0x700000))
    return memory, Linux(memory, lambda word: None)


def run(memory, reading):
    reply = None
    try:
        while True:
            request = reading.send(reply)
            if request[0] == READ:
                reply = memory.get_block(request[1], request[2])
            else:
                assert request[0] == LOAD
                reply = memory.get(request[1], request[2])
    except StopIteration as stop:
        return stop.value


def refusal(memory, reading):
    try:
        run(memory, reading)
    except ValueError as error:
        return str(error)
    raise AssertionError("nothing was refused")


def test_the_entry_is_found_behind_others():
    memory, _ = make()
    assert run(memory, find_vdev(TABLE)) == VDEV


def test_only_driver_ok_counts():
    memory, _ = make()
    for status in (0, 1, 3, 4, 7, 0x83):
        memory.put(VDEV + 24, 1, status)
        assert run(memory, driver_ok(VDEV)) == (status in (4, 7))


def test_rings_are_read_as_linux_has_left_them():
    memory, linux = make()
    linux.probe()
    vdev = run(memory, read_vdev(VDEV))
    rings = [(v.da, v.align, v.num, v.notifyid) for v in vdev.vrings]
    assert rings == [(VRING0, 4096, 128, 0), (VRING1, 4096, 128, 1)]
    assert vdev.features == 1


def test_features_are_what_both_sides_have():
    memory, linux = make()
    linux.probe()
    memory.put(VDEV + 16, 4, 0x30000000)
    assert run(memory, read_vdev(VDEV)).features == 0


def test_a_table_that_is_none_is_refused():
    for offset, value, message in (
        (0, 2, "0x81370000: expected version 1, found 2"),
        (8, 1, "0x81370000: expected zero reserved words, found 1 and 0"),
        (4, 33, "0x81370000: expected at most 32 entries, found 33"),
        (4, 0, "0x81370000: expected a vdev with id 7, found none"),
        (16, 20, "0x81370000: expected an entry behind the offsets, found offset 20"),
        (16, 0x22, "0x81370000: expected an entry behind the offsets, found offset 34"),
        (0x60 + 4, 8, "0x81370000: expected a vdev with id 7, found none"),
    ):
        memory, _ = make()
        memory.put(TABLE + offset, 4, value)
        assert refusal(memory, find_vdev(TABLE)) == "resource table, " + message


def test_rings_that_cannot_be_used_are_refused():
    for offset, size, value, message in (
        (25, 1, 3, "expected 2 vrings, found 3"),
        (28, 4, 0xFFFFFFFF, "expected the address of a vring, found 0xffffffff"),
        (48, 4, 0, "expected the address of a vring, found 0x0"),
        (36, 4, 6, "expected a power of two as vring num, found 6"),
        (56, 4, 0, "expected a power of two as vring num, found 0"),
        (32, 4, 48, "expected a power of two as vring align, found 48"),
    ):
        memory, linux = make()
        linux.probe()
        memory.put(VDEV + offset, size, value)
        assert refusal(memory, read_vdev(VDEV)) == "resource table, 0x81370060: " + message


# The layout against the kernel's own offsets (payload of the entry: 4 bytes behind the type).
def test_the_test_s_own_table_is_the_kernel_s():
    memory, _ = make()
    assert struct.unpack("<I", memory.get_block(VDEV + 4, 4)) == (7,)
    assert memory.get(VDEV + 25, 1) == 2
