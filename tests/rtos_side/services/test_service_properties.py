# SPDX-License-Identifier: Apache-2.0
"""Whatever Linux sends on the services' channels, this side goes on and loses no buffer."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st
from v821_bench import Bench

from rtos_side.services import ctrl_layout, service_layout

_CHANNELS = (
    "sunxi,rpmsg_ctrl",
    "sunxi,rpmsg_heartbeat",
    "sunxi,rpmsg_test",
    "rpbuf-service",
    "sunxi,service",
)


def _near_misses() -> st.SearchStrategy[bytes]:
    """Messages that are nearly right: frames of each protocol with random fields."""
    u8, u16, u32 = st.integers(0, 255), st.integers(0, 65535), st.integers(0, 2**32 - 1)
    command = st.sampled_from((0x13141413, 0x13141414, 0x12131516, 0x14151617, 0))
    name = st.sampled_from((b"rpmsg_demo", b"rpmsg_test", b"none", b"\xff" * 32))
    return st.one_of(
        st.binary(max_size=496),
        st.builds(lambda n, i, c: struct.pack("<32sIII", n, i, 0, c), name, u32, command),
        st.builds(lambda i, a: struct.pack("<II", i, a), u32, u32),
        st.builds(
            lambda c, b: struct.pack("<BBH", 0x0A, c, len(b)) + b + b"\x05",
            st.integers(0, 5),
            st.one_of(
                st.builds(lambda i: struct.pack("<I", i), u32),
                st.builds(lambda i, o, n: struct.pack("<IIII", i, o, n, 1), u8, u32, u32),
            ),
        ),
        st.builds(
            lambda k, s, q, f, n, d: struct.pack("<BBHHH16s", k, s, q, f, len(d), n) + d,
            st.integers(0, 4),
            u8,
            u16,
            u16,
            st.sampled_from((b"adder", b"", b"\xff\xfe")),
            st.binary(max_size=40),
        ),
    )


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from(_CHANNELS), _near_misses()), min_size=1, max_size=8),
    st.booleans(),
)
def test_any_messages_do_no_harm(messages: list[tuple[str, bytes]], announced: bool) -> None:
    bench = Bench(heartbeat_ticks=1000)

    async def body() -> None:
        await bench.connect()
        if announced:
            for index, name in enumerate(_CHANNELS):
                bench.linux.announce(name, 1024 + index)
                await bench.kernel.spend(1)
        for name, payload in messages:
            bench.linux.send_to(name, 1024 + _CHANNELS.index(name), payload)
            await bench.ms(1)
            bench.linux.receive()
        bench.linux.send(1050, 0x35, (messages[0][1] + b"\xff" * 40)[:40])
        # As long as clients that Linux does not make may be waited for, one after the other.
        for _ in range(20 * len(messages) + 20):
            await bench.ms(50)
            bench.linux.receive()
            bench.linux.master.reclaim()
            if len(bench.linux.master.free) == 128:
                break
        bench.linux.inbox.clear()
        bench.linux.send_to("sunxi,rpmsg_test", 1026, b"still here")
        await bench.ms(3)
        bench.linux.receive()
        assert any(b"still here" in taken for taken in bench.linux.inbox.values())
        bench.linux.master.reclaim()
        assert len(bench.linux.master.free) == 128

    bench.run(body)


@given(st.binary(max_size=60))
def test_bytes_are_a_service_message_or_nothing(data: bytes) -> None:
    fields = service_layout.unpack(data)
    if fields is not None:
        kind, status, sequence, function, name, payload = fields
        packed = service_layout.pack(kind, status, sequence, function, name, payload)
        assert len(packed) == len(data)
        assert service_layout.unpack(packed) == fields


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_acks_come_back(id: int, ack: int) -> None:
    packed = ctrl_layout.pack_ack(id, ack)
    assert (len(packed), ctrl_layout.unpack_ack(packed)) == (8, (id, ack))
    assert ctrl_layout.unpack_ack(packed + b"x") is None
