# SPDX-License-Identifier: Apache-2.0
"""The byte-exact course of a first echo: rings and buffers as Linux leaves them, step by step."""

from __future__ import annotations

import pytest

from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver
from tests.host_side.rpmsg.rig import POOL, RING0, RING1, Rig

HELLO = bytes.fromhex(
    "00 04 00 00 1e 00 00 00 00 00 00 00 0c 00 00 00 68 65 6c 6c 6f 20 77 6f 72 6c 64 21"
)


class Sample(RpmsgDriver):
    """Says hello when bound and after each message, as the kernel's client sample."""

    name = "rpmsg_client_sample"
    id_table = ("rpmsg-client-sample",)

    async def probe(self, rpdev: RpmsgDevice) -> None:
        await rpdev.ept.send(b"hello world!")

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        await rpdev.ept.send(b"hello world!")


@pytest.fixture
def rig() -> Rig:
    return Rig(drivers=(Sample(),))


def ring(rig: Rig, base: int, offset: int, length: int) -> str:
    return rig.machine.memory.read(base + offset, length).hex(" ")


def test_after_probe(rig: Rig) -> None:
    """Facts 6.1, after step 20."""
    assert ring(rig, RING0, 0x00, 16) == "00 00 01 40 00 00 00 00 00 02 00 00 02 00 01 00"
    assert ring(rig, RING0, 0x10, 16) == "00 02 01 40 00 00 00 00 00 02 00 00 02 00 02 00"
    assert ring(rig, RING0, 0x20, 16) == "00 04 01 40 00 00 00 00 00 02 00 00 02 00 03 00"
    assert ring(rig, RING0, 0x30, 16) == "00 06 01 40 00 00 00 00 00 02 00 00 02 00 00 00"
    assert ring(rig, RING0, 0x40, 14) == "00 00 04 00 00 00 01 00 02 00 03 00 00 00"
    assert rig.machine.memory.read(RING0 + 0x50, 0x26) == bytes(0x26)
    assert rig.machine.memory.read(RING1, 0x76) == bytes(0x40) + b"\1" + bytes(0x35)
    assert rig.transport.statuses == [0, 1, 3, 7]
    assert rig.transport.kicks == [0]


def test_name_service_and_first_hello(rig: Rig) -> None:
    """Facts 6.1, after step 31: the reply is kicked before the rx buffer is returned."""
    rig.announce(b"rpmsg-client-sample", 0x1E)
    assert ring(rig, RING0, 0x00, 16) == "00 00 01 40 00 00 00 00 00 02 00 00 02 00 00 00"
    assert ring(rig, RING0, 0x40, 14) == "00 00 05 00 00 00 01 00 02 00 03 00 01 00"
    assert ring(rig, RING0, 0x50, 12) == "00 00 01 00 00 00 00 00 00 02 00 00"
    assert ring(rig, RING1, 0x00, 16) == "00 08 01 40 00 00 00 00 1c 00 00 00 00 00 01 00"
    assert ring(rig, RING1, 0x40, 4) == "01 00 01 00"
    assert rig.machine.memory.read(POOL + 0x800, 28) == HELLO
    assert rig.transport.kicks == [0, 1, 0]


def test_second_hello_uses_a_fresh_buffer(rig: Rig) -> None:
    """Facts 6.1, after step 33: tx buffer 1 and desc 1, though buffer 0 came back."""
    rig.announce(b"rpmsg-client-sample", 0x1E)
    head, *_ = rig.tx.take()
    rig.tx.give(head, 512)
    assert rig.deliver(0x400, b"hello world!") == 1
    assert ring(rig, RING0, 0x10, 16) == "00 02 01 40 00 00 00 00 00 02 00 00 02 00 00 00"
    assert ring(rig, RING0, 0x40, 14) == "00 00 06 00 00 00 01 00 02 00 03 00 02 00"
    assert ring(rig, RING1, 0x10, 16) == "00 0a 01 40 00 00 00 00 1c 00 00 00 00 00 02 00"
    assert ring(rig, RING1, 0x40, 8) == "01 00 02 00 00 00 01 00"
    assert rig.machine.memory.read(POOL + 0xA00, 28) == HELLO
    assert rig.transport.kicks == [0, 1, 0, 1, 0]


def test_tx_ring_after_recycling_two(rig: Rig) -> None:
    """Facts 6.1, last row: four sent, two recycled in completion order 0, 2."""
    rig.announce(b"rpmsg-client-sample", 0x1E)
    for _ in range(3):
        rig.deliver(0x400, b"x")
    heads = [rig.tx.take()[0] for _ in range(4)]
    assert heads == [0, 1, 2, 3]
    rig.tx.give(0, 512)
    rig.tx.give(2, 512)
    rig.deliver(0x400, b"x")
    rig.deliver(0x400, b"x")
    assert ring(rig, RING1, 0x40, 12) == "01 00 06 00 00 00 02 00 02 00 03 00"
    assert ring(rig, RING1, 0x0E, 2) == "00 00"
    assert ring(rig, RING1, 0x2E, 2) == "00 00"


def test_access_order_of_one_received_message(rig: Rig) -> None:
    """Every bus access of Linux for one echo, in order (facts 1.4, 1.6, 2.5)."""
    rig.announce(b"rpmsg-client-sample", 0x1E)
    rig.machine.recording = True
    rig.deliver(0x400, b"hello world!")
    rig.machine.recording = False
    seen = [
        (operation, address, value if isinstance(value, int) else len(value))
        for hart, operation, address, value in rig.machine.accesses
        if address >= RING0
    ]
    rx, tx = RING0, RING1
    assert seen == [
        ("load2", rx + 0x52, 2),  # vring_interrupt: used.idx
        ("load2", rx + 0x52, 2),  # get_buf: used.idx, id, len, desc flags, used_event
        ("load4", rx + 0x5C, 1),
        ("load4", rx + 0x60, 512),
        ("load2", rx + 0x1C, 2),
        ("store2", rx + 0x4C, 2),
        ("read", POOL + 0x200, 16),  # header, payload
        ("read", POOL + 0x210, 12),
        ("write", POOL + 0xA00, 28),  # the driver's answer
        ("store2", tx + 0x1C, 1),  # desc 1: flags with NEXT, addr, len, next, flags
        ("store8", tx + 0x10, POOL + 0xA00),
        ("store4", tx + 0x18, 28),
        ("store2", tx + 0x1E, 2),
        ("load2", tx + 0x1C, 1),
        ("store2", tx + 0x1C, 0),
        ("store2", tx + 0x46, 1),  # avail.ring, avail.idx
        ("store2", tx + 0x42, 2),
        ("load2", tx + 0x50, 0),  # used.flags: kick
        ("store2", rx + 0x1C, 3),  # the rx buffer goes back
        ("store8", rx + 0x10, POOL + 0x200),
        ("store4", rx + 0x18, 512),
        ("store2", rx + 0x1E, 0),
        ("load2", rx + 0x1C, 3),
        ("store2", rx + 0x1C, 2),
        ("store2", rx + 0x46, 1),
        ("store2", rx + 0x42, 6),
        ("load2", rx + 0x52, 2),  # nothing more used
        ("load2", rx + 0x50, 0),  # used.flags: kick
    ]
