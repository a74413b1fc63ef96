# SPDX-License-Identifier: Apache-2.0
"""Accesses of the RTOS in words, and rpmsg-lite's golden sequence of an echo."""

from sim.conformance.ring_map import RingMap
from sim.conformance.rtos_accesses import KICK, RtosAccesses, expected_echo, expected_send
from sim.records import Kind, Record
from sim.referee.ring_layout import RingShape

RX, TX = RingShape(0x1000, 4, 16), RingShape(0x2000, 4, 16)
POOL, OFFSET = 0x8000, 0x800


def accesses() -> RtosAccesses:
    ring_map = RingMap([RX, TX], OFFSET)
    ring_map.pool = POOL
    return RtosAccesses(ring_map)


def access(kind: Kind, address: int, data: bytes) -> Record:
    payload = data if len(data) > 8 else b""
    value = int.from_bytes(data[:8], "little")
    return Record(0, 0, kind, 0, 0, len(data), address, len(data), value, payload)


def load(address: int, value: int, size: int) -> Record:
    return access(Kind.MEMORY_READ, address, value.to_bytes(size, "little"))


def test_fields_and_buffers_have_names_for_addresses():
    found = accesses()
    assert found.text(load(RX.base + 16, POOL + 512 - OFFSET, 8)) == (
        "read rx desc_addr[1] = rx buffer 1"
    )
    assert found.text(load(RX.base + 24, 512, 4)) == "read rx desc_len[1] = 512"
    store = access(Kind.MEMORY_WRITE, TX.used + 2, b"\7\0")
    assert found.text(store) == "write tx used_idx[0] = 7"
    long = access(Kind.MEMORY_WRITE, POOL + 4 * 512 + 16, b"hello world!")
    assert found.text(long) == f"write tx buffer 0 +16: {b'hello world!'.hex()}"


def test_how_far_linux_is_ahead_makes_no_difference():
    found = accesses()
    assert found.text(load(TX.avail + 2, 1, 2)) == "read tx avail_idx: more"
    assert found.text(load(TX.avail + 2, 3, 2)) == "read tx avail_idx: more"
    assert found.text(load(TX.avail + 4, 0, 2)) == "read tx avail_entry[0] = 0"
    assert found.text(load(TX.avail + 2, 1, 2)) == "read tx avail_idx: nothing new"
    assert found.text(load(RX.avail + 2, 1, 2)) == "read rx avail_idx: more"


def test_an_interrupt_that_finds_nothing_new_again_makes_no_difference():
    found = accesses()
    looks = [found.text(load(TX.avail + 2, index, 2)) for index in (0, 0, 1, 1)]
    assert looks == ["read tx avail_idx: nothing new", None, *["read tx avail_idx: more"] * 2]
    found.text(load(TX.avail + 4, 0, 2))
    assert found.text(load(RX.avail + 2, 0, 2)) == "read rx avail_idx: nothing new"
    assert found.text(load(TX.avail + 2, 1, 2)) == "read tx avail_idx: nothing new"


def test_what_is_elsewhere_is_left_out():
    found = accesses()
    assert found.text(load(0x7000, 1, 4)) is None
    assert found.text(access(Kind.REGISTER_WRITE, RX.avail, b"\0\0")) is None
    assert RtosAccesses(RingMap([RX, TX], 0)).text(load(0, 1, 4)) is None


# The rows of the golden sequence of RPMsg-Lite: receive interrupt, hold, thread, answer.
def test_golden_sequence_of_an_echo():
    lines = expected_echo(4, 6, 0x400, 0x401, b"a")
    taken, held, thread, answer = lines[:7], lines[7:9], lines[9:19], lines[19:]
    assert taken == [
        "read tx avail_idx: more",
        "read tx avail_entry[0] = 0",
        "read tx desc_addr[0] = tx buffer 0",
        "read tx desc_len[0] = 17",
        "read tx buffer 0 +4: 01040000",
        "read tx buffer 0 +12: 0100",
        "read tx buffer 0 +0: 00040000",
    ]
    assert held == ["write tx buffer 0 +10: 0000", "read tx avail_idx: nothing new"]
    assert thread == [
        "read tx buffer 0 +16: 6100000000000000",
        "read tx buffer 0 +10: 0000",
        "read tx desc_len[0] = 17",
        "read tx used_idx[0] = 0",
        "write tx used_id[0] = 0",
        "write tx used_len[0] = 17",
        "read tx used_idx[0] = 0",
        "write tx used_idx[0] = 1",
        "read tx used_flags[0] = 0",
        KICK,
    ]
    assert (
        answer
        == expected_send(4, 6, 0x401, 0x400, b"a")
        == [
            "read rx avail_idx: more",
            "read rx avail_entry[2] = 2",
            "read rx desc_addr[2] = rx buffer 2",
            "read rx desc_len[2] = 512",
            "write rx buffer 2 +4: 00040000",
            "write rx buffer 2 +0: 01040000",
            "write rx buffer 2 +12: 0100",
            "write rx buffer 2 +14: 0000",
            "write rx buffer 2 +16: 61",
            "read rx used_idx[0] = 6",
            "write rx used_id[2] = 2",
            "write rx used_len[2] = 512",
            "read rx used_idx[0] = 6",
            "write rx used_idx[0] = 7",
            "read rx used_flags[0] = 0",
            KICK,
        ]
    )
