# SPDX-License-Identifier: Apache-2.0
"""A device whose driver is in a kernel: connection, settings, kicks, interrupts."""

import os
import socket
import struct
from pathlib import Path

import pytest
from fake_kernel import FakeDriver

from sim.linux_peer.vhost_device import VhostDevice

GET_FEATURES, SET_FEATURES, SET_OWNER, SET_MEM_TABLE = 1, 2, 3, 5
SET_VRING_NUM, SET_VRING_ADDR, GET_PROTOCOL, SLAVE_FD, KICK = 8, 9, 15, 21, 35
PAGE = 4096


class Wire:
    """A device with two queues that offers feature 1, and a driver that has connected."""

    def __init__(self, folder: Path) -> None:
        self.device = VhostDevice(folder / "vu", 2, 1)
        self.driver = FakeDriver(folder / "vu")
        self.device.take()

    def ask(self, request: int, payload: bytes = b"", **how) -> tuple[int, int, int]:
        self.driver.ask(request, payload, **how)
        assert self.device.take() is None
        return self.driver.answer()


@pytest.fixture
def wire(tmp_path: Path):
    made = Wire(tmp_path)
    yield made
    made.device.close()
    made.driver.channel.close()


def test_features_are_answered_and_settings_acknowledged(wire: Wire):
    assert wire.ask(GET_FEATURES, flags=1) == (GET_FEATURES, 5, 1 | 1 << 30)
    assert wire.ask(GET_PROTOCOL, flags=1) == (GET_PROTOCOL, 5, 0x4028)
    assert wire.ask(SET_OWNER) == (SET_OWNER, 5, 0)
    assert wire.ask(SET_FEATURES, struct.pack("<Q", 1)) == (SET_FEATURES, 5, 0)
    assert wire.device.features == 1


def test_rings_and_memory_are_where_the_driver_says(wire: Wire):
    memory = os.memfd_create("ram")
    os.ftruncate(memory, 4 * PAGE)
    os.pwrite(memory, b"here", 2 * PAGE)
    region = struct.pack("<II4Q", 1, 0, 2 * PAGE, 2 * PAGE, 0, 2 * PAGE)
    wire.ask(SET_MEM_TABLE, region, fds=(memory,))
    wire.ask(SET_VRING_NUM, struct.pack("<II", 1, 16))
    wire.ask(SET_VRING_ADDR, struct.pack("<IIQQQQ", 1, 0, 0x3000, 0x3200, 0x3100, 0))
    ring = wire.device.vrings[1]
    assert (ring.num, ring.desc, ring.avail, ring.used) == (16, 0x3000, 0x3100, 0x3200)
    assert wire.device.memory is not None
    assert wire.device.memory.first == 2 * PAGE
    assert wire.device.memory.data[:4] == b"here"
    os.close(memory)


def test_a_kick_is_answered_when_its_bus_accesses_are_done(wire: Wire):
    wire.driver.ask(KICK, struct.pack("<II", 1, 0))
    assert wire.device.take() == 1
    wire.driver.channel.settimeout(0.05)
    with pytest.raises(TimeoutError):
        wire.driver.answer()
    wire.device.kick_done()
    assert wire.driver.answer() == (KICK, 5, 0)


def test_interrupts_go_over_the_channel_that_the_driver_gave(wire: Wire):
    ours, theirs = socket.socketpair()
    wire.ask(SLAVE_FD, fds=(theirs.fileno(),))
    wire.device.call(1)
    assert struct.unpack("<IIIII", ours.recv(64)) == (4, 9, 8, 1, 0)
    ours.sendall(struct.pack("<IIIQ", 4, 5, 8, 0))
    wire.device.call_answered()
    for end in (ours, theirs):
        end.close()


def test_a_driver_that_is_gone_before_its_kick_is_answered(wire: Wire):
    wire.driver.ask(KICK, struct.pack("<II", 1, 0))
    assert wire.device.take() == 1
    wire.driver.channel.close()
    wire.device.kick_done()
    assert wire.device.take() is None
    assert not wire.device.connected


def test_an_interrupt_for_a_driver_that_is_gone(wire: Wire):
    ours, theirs = socket.socketpair()
    wire.ask(SLAVE_FD, fds=(theirs.fileno(),))
    theirs.close()
    ours.close()
    wire.device.call(1)
    wire.device.call_answered()
    assert not wire.device.connected


def test_a_driver_that_leaves_may_come_back(wire: Wire, tmp_path: Path):
    wire.driver.channel.close()
    assert wire.device.take() is None
    assert not wire.device.connected
    again = FakeDriver(tmp_path / "vu")
    wire.device.take()
    assert wire.device.connected
    again.channel.close()
