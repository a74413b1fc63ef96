# SPDX-License-Identifier: Apache-2.0
"""Frames of ``rpbuf-service``: what is refused, and with which words."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_side.rpbuf.layout import (
    Ack,
    Content,
    Created,
    Destroyed,
    FrameError,
    Transmitted,
    compose,
    parse,
)
from tests.host_side.rpbuf.rpbuf_rig import ACK, CREATED, DESTROYED, TRANSMITTED, RpbufRig, frame

U32 = st.integers(0, 0xFFFFFFFF)
U64 = st.integers(0, (1 << 64) - 1)
NAMES = st.binary(min_size=32, max_size=32)
CONTENTS = st.one_of(
    st.builds(Created, NAMES, U32, U32, U64, U64, st.integers(0, 255)),
    st.builds(Destroyed, U32),
    st.builds(Transmitted, U32, U32, U32, U32),
    st.builds(Ack, U32, U32),
)
PREFIX = "rpbuf_service_rpmsg virtio0.rpbuf-service.-1.1088: "


@pytest.fixture(scope="module")
def rig() -> RpbufRig:
    return RpbufRig()


@given(CONTENTS)
def test_what_is_composed_is_parsed(content: Content) -> None:
    raw = compose(content)
    assert len(raw) <= 128 and raw[0] == 0xA and raw[-1] == 5
    assert parse(raw)[1] == content


@given(CONTENTS, st.data())
def test_a_changed_length_is_refused(content: Content, data: st.DataObject) -> None:
    raw = compose(content)
    cut = data.draw(st.integers(0, len(raw) - 1))
    for damaged in (raw[:cut], raw + bytes(data.draw(st.integers(1, 9)))):
        with pytest.raises(FrameError, match="incorrecti rpbuf service message length"):
            parse(damaged)


@given(st.binary(max_size=130))
def test_random_bytes_raise_nothing_else(raw: bytes) -> None:
    try:
        parse(raw)
    except FrameError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", f"{PREFIX}incorrecti rpbuf service message length"),
        (frame(ACK, bytes(8))[:-1], f"{PREFIX}incorrecti rpbuf service message length"),
        (b"\x0b" + frame(ACK, bytes(8))[1:], f"{PREFIX}invalid received rpbuf service message"),
        (frame(ACK, bytes(8))[:-1] + b"\4", f"{PREFIX}invalid received rpbuf service message"),
        (frame(0, b""), "[RPBUF CORE] invalid rpbuf service command"),
        (frame(5, b""), "[RPBUF CORE] invalid rpbuf service command"),
        (
            frame(CREATED, bytes(56)),
            f"{PREFIX}rpbuf service message content length not match "
            "(command: 1, request: 57, actual: 56)",
        ),
        (
            frame(DESTROYED, pack("<I", 9)),
            f"{PREFIX}rpbuf_service_command_handlers[2] error (-22)",
        ),
        (
            frame(TRANSMITTED, pack("<IIII", 9, 0, 0, 0)),
            f"{PREFIX}rpbuf_service_command_handlers[3] error (-2)",
        ),
        (frame(ACK, pack("<II", 9, 0)), f"{PREFIX}rpbuf_service_command_handlers[4] error (-2)"),
        (frame(CREATED, bytes(57)), f"{PREFIX}rpbuf_service_command_handlers[1] error (-12)"),
    ],
)
def test_refused_frames_and_their_words(rig: RpbufRig, raw: bytes, text: str) -> None:
    rig.say(raw)
    assert rig.log()[-1] == text


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=70) | CONTENTS.map(compose), max_size=5))
def test_no_frame_stops_the_service(rig: RpbufRig, frames: list[bytes]) -> None:
    """Whatever comes, a buffer can be had and used afterwards."""
    for raw in frames:
        rig.say(raw)
    rig.settle()
    rig.go_away()
    rig.come_up()
    rig.frames.clear()
    file = rig.buffer("after", 64, 1)
    rig.call(file.ioctl(0x400CB902, pack("<IIi", 0, 8, 0)))
    rig.settle()
    assert (TRANSMITTED, (1, 0, 8, 0)) in rig.frames
    rig.call(file.close())
    rig.go_away()
    rig.come_up()
    ctrl = rig.open("/dev/rpbuf_ctrl0")
    rig.call(ctrl.ioctl(0x4024B802, pack("<32sI", b"after", 64)))
