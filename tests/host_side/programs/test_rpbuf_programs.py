# SPDX-License-Identifier: Apache-2.0
"""rpbuf_test and rpbuf_demo against a slave that echoes, is silent, or damages data."""

from __future__ import annotations

from hashlib import md5
from struct import pack
from typing import Any

import pytest

from tests.host_side.rpbuf.rpbuf_rig import CARVEOUT, DESTROYED, TRANSMITTED, RpbufRig, frame


@pytest.fixture
def rig() -> RpbufRig:
    rig = RpbufRig()
    rig.wants = {b"rpbuf_demo": 3}
    rig.echo = True
    # The slave frees a buffer when Linux has.
    rig.on_frame = lambda command, content: (
        rig.tell(frame(DESTROYED, pack("<I", content[0]))) if command == DESTROYED else None
    )
    return rig


@pytest.mark.parametrize("length", [1, 15, 16, 17, 32, 4096, 4097, 0x4_0000])
def test_there_and_back(rig: RpbufRig, length: int) -> None:
    status, output = rig.sh(f"rpbuf_test -s -r -q -c 2 -d 0 -L {length}")
    assert status == 0
    assert output.startswith(f"2 buffers of {length} bytes, 0 failed: min ")
    assert [content[2] for command, content in rig.frames if command == TRANSMITTED] == [length] * 2
    data = rig.machine.memory.read(CARVEOUT, length)
    if length > 16:
        assert md5(data[:-16]).digest() == data[-16:]


def test_length_may_change_when_both_have_freed_it(rig: RpbufRig) -> None:
    for length in (32, 64):
        assert rig.sh(f"rpbuf_test -s -q -d 0 -c 1 -L {length}")[0] == 0
        rig.settle()


def test_damage_is_found(rig: RpbufRig) -> None:
    def damage(command: int, content: tuple[Any, ...]) -> None:
        if command == TRANSMITTED:
            rig.machine.memory.write(CARVEOUT + 5, b"\xa5\x5a")

    rig.on_frame = damage
    status, output = rig.sh("rpbuf_test -s -r -c 1 -d 0 -L 64")
    assert status == 1
    assert " check: failed" in output
    assert "1 buffers of 64 bytes, 1 failed: " in output


def test_no_answer(rig: RpbufRig) -> None:
    rig.echo = False
    status, output = rig.sh("rpbuf_test -s -r -q -c 1 -t 50 -L 64")
    assert (status, output) == (1, "transmit buffer rpbuf_demo timeout\n")


def test_data_and_sum_are_shown(rig: RpbufRig) -> None:
    status, output = rig.sh("rpbuf_test -s -c 1 -d 0")
    assert status == 0
    data = rig.machine.memory.read(CARVEOUT, 32)
    assert output.startswith(f"data:{data[:16].hex()}... [md5:{data[16:].hex()}]\n\n")


def test_receive_until_the_time_is_over(rig: RpbufRig) -> None:
    status, output = rig.sh("rpbuf_test -r -t 100")
    assert (status, output) == (
        0,
        "will wait data 100 msecond.\nreceive buffer rpbuf_demo timeout\n",
    )


def test_allocation_fails(rig: RpbufRig) -> None:
    assert rig.sh("rpbuf_test -s -I 7") == (
        1,
        "failed to open /dev/rpbuf_ctrl7 (No such file or directory)\n"
        "rpbuf_alloc_buffer for buffer rpbuf_demo (len: 32) failed\n",
    )
    assert rig.sh("rpbuf_test -s -L 0x40001") == (
        1,
        "failed to open /dev/rpbuf-rpbuf_demo (No such file or directory)\n"
        "rpbuf_alloc_buffer for buffer rpbuf_demo (len: 262145) failed\n",
    )


@pytest.mark.parametrize("line", ["rpbuf_test", "rpbuf_test -L 4", "rpbuf_test -s -L x"])
def test_usage(rig: RpbufRig, line: str) -> None:
    status, output = rig.sh(line)
    assert status == 1
    assert "\nUsage: rpbuf_test [-s] [-r] " in output


def test_demo_sends_a_text_at_an_offset(rig: RpbufRig) -> None:
    assert rig.sh("rpbuf_demo -s hello -O 8 -a") == (0, "")
    assert rig.machine.memory.read(CARVEOUT, 14) == bytes(8) + b"hello\0"
    sent = [content for command, content in rig.frames if command == TRANSMITTED]
    assert sent == [(3, 8, 5, 1)]


def test_demo_shows_what_comes(rig: RpbufRig) -> None:
    status, output = rig.sh("rpbuf_demo -s hi -r -t 50 -d 0")
    assert (status, output) == (
        0,
        "will wait data 50 msecond.\nData received (offset: 0, len: 2):\n 0x68 0x69\n",
    )


def test_program_that_writes_outside_is_killed(rig: RpbufRig) -> None:
    status, _ = rig.sh("rpbuf_demo -s hello -O 4096")
    assert status == 128 + 11
