# SPDX-License-Identifier: Apache-2.0
"""What a kernel has stored is told in the order in which its driver stores it."""

import mmap
import struct

from sim.linux_peer.stores import RingStores
from sim.linux_peer.vhost_device import Memory, Vring

FIRST, BASE = 0x1000, 0x40000000
DESC, AVAIL, BUFFER = 0x1000, 0x1100, 0x1800
NUM = 4


class Driver:
    """The kernel's part of a ring, written straight into its memory."""

    def __init__(self) -> None:
        self.memory = mmap.mmap(-1, 0x1000)
        self.index = 0
        self.told: list[tuple[int, bytes]] = []
        self.loaded: list[tuple[int, bytes]] = []
        ring = Vring(1, NUM, DESC, AVAIL, 0x1200)
        self.stores = RingStores(Memory(self.memory, FIRST), BASE, ring, self._tell)

    def _tell(self, address: int, data: bytes, loaded: bool) -> None:
        (self.loaded if loaded else self.told).append((address - BASE, data))

    def put(self, address: int, data: bytes) -> None:
        self.memory[address - FIRST : address - FIRST + len(data)] = data

    def publish(self, head: int, data: bytes, flags: int = 0) -> None:
        self.put(BUFFER + 64 * head, data)
        length = len(data) or 64
        self.put(DESC + 16 * head, struct.pack("<QIHH", BUFFER + 64 * head, length, flags, 0))
        self.put(AVAIL + 4 + 2 * (self.index % NUM), head.to_bytes(2, "little"))
        self.index += 1
        self.put(AVAIL + 2, self.index.to_bytes(2, "little"))

    def look(self) -> list[tuple[int, bytes]]:
        self.told = []
        self.stores.look()
        return self.told


def test_a_message_is_contents_descriptor_entry_index():
    driver = Driver()
    driver.publish(2, b"hello")
    descriptor = struct.pack("<QIHH", BUFFER + 128, 5, 0, 0)
    assert driver.look() == [
        (AVAIL, b"\0\0"),
        (BUFFER + 128, b"hello"),
        (DESC + 32, descriptor),
        (AVAIL + 4, b"\2\0"),
        (AVAIL + 2, b"\1\0"),
    ]
    assert driver.look() == []


def test_buffers_for_the_device_to_fill_have_no_contents():
    driver = Driver()
    driver.publish(0, b"", flags=2)
    assert [address for address, _ in driver.look()] == [AVAIL, DESC, AVAIL + 4, AVAIL + 2]


def test_a_buffer_that_is_offered_again_has_been_read():
    driver = Driver()
    driver.publish(1, b"", flags=2)
    driver.look()
    assert driver.loaded == []
    message = bytes(12) + b"\5\0" + bytes(2) + b"hello"
    driver.put(BUFFER + 64, message)
    driver.publish(1, message, flags=2)
    driver.look()
    assert driver.loaded == [(BUFFER + 64, message)]


def test_each_message_has_its_own_index_and_the_ring_wraps():
    driver = Driver()
    indexes = []
    for number in range(10):
        driver.publish(number % NUM, bytes([number]))
        if number % 3 == 2:
            indexes += [data[0] for address, data in driver.look() if address == AVAIL + 2]
    assert indexes == list(range(1, 10))


def test_flags_are_told_when_they_change():
    driver = Driver()
    driver.look()
    driver.put(AVAIL, b"\1\0")
    assert driver.look() == [(AVAIL, b"\1\0")]
