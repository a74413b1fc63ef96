# SPDX-License-Identifier: Apache-2.0
"""RPBuf from user space: devices, ioctls, availability, ACKs, errors and texts (facts 5.7)."""

from __future__ import annotations

from struct import pack, unpack
from typing import Any

import pytest

from host_side.fs.flags import Poll
from host_side.kernel.errors import LinuxError
from tests.host_side.rpbuf.rpbuf_rig import (
    ACK,
    CARVEOUT,
    CHECK,
    CREATE_BUF,
    CREATED,
    CTRL_PREFIX,
    DESTROY_BUF,
    DESTROYED,
    PERF,
    RECEIVE,
    SYNC,
    TRANSMIT,
    TRANSMITTED,
    RpbufRig,
    frame,
)

SECOND = 1_000_000_000


@pytest.fixture
def rig() -> RpbufRig:
    return RpbufRig()


def error_of(rig: RpbufRig, coro: Any, limit_ns: int = SECOND) -> str:
    with pytest.raises(LinuxError) as caught:
        rig.call(coro, limit_ns)
    return str(caught.value)


def xfer(offset: int = 0, length: int = 0, timeout_ms: int = 0) -> bytearray:
    return bytearray(pack("<IIi", offset, length, timeout_ms))


def receive(rig: RpbufRig, file: Any, timeout_ms: int) -> tuple[int, int, int]:
    argument = xfer(timeout_ms=timeout_ms)
    rig.call(file.ioctl(RECEIVE, argument))
    offset, length, left = unpack("<iii", argument)
    return offset, length, left


def transmitted(number: int, offset: int, length: int, flags: int = 0) -> bytes:
    return frame(TRANSMITTED, pack("<IIII", number, offset, length, flags))


# Coming and going ================================================================================


def test_nodes(rig: RpbufRig) -> None:
    rig.create("demo", 32)
    assert rig.sh("ls /dev/rpbuf*")[1].split() == ["/dev/rpbuf-demo", "/dev/rpbuf_ctrl0"]


def test_linux_allocates_and_the_remote_follows(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 32, number=3)
    created = (b"demo".ljust(32, b"\0"), 0, 32, CARVEOUT, CARVEOUT, 0)
    assert rig.frames == [(CREATED, created)]
    assert rig.log()[-2:] == [
        f'{CTRL_PREFIX}buffer "demo": NULL -> local_dummy_buffers',
        f'{CTRL_PREFIX}buffer "demo" (id:3): local_dummy_buffers -> buffers',
    ]
    assert (
        f'{CTRL_PREFIX}"demo" allocate payload memory: va 0x00000000, pa 0x{CARVEOUT:08x}, len 32'
    ) in rig.log()
    flag = bytearray(1)
    rig.call(file.ioctl(CHECK, flag))
    assert flag == b"\x01"


def test_the_remote_allocates_first(rig: RpbufRig) -> None:
    rig.say_created(b"demo", 32, 7)
    rig.settle()
    rig.create("demo", 32)
    rig.open("/dev/rpbuf-demo")
    rig.settle()
    assert rig.frames[-1][1][1:] == (7, 32, CARVEOUT, CARVEOUT, 1)
    assert rig.log()[-1] == f'{CTRL_PREFIX}buffer "demo" (id:7): remote_dummy_buffers -> buffers'


def test_memory_is_cleared(rig: RpbufRig) -> None:
    rig.machine.memory.write(CARVEOUT, b"\xff" * 0x3000)
    rig.buffer("b", 0x2801)
    assert rig.machine.memory.read(CARVEOUT, 0x2802) == bytes(0x2801) + b"\xff"


def test_nobody_on_the_other_side(rig: RpbufRig) -> None:
    rig.create("demo", 32)
    begin = rig.machine.cycle
    rig.machine.harts[4].software = None
    assert error_of(rig, rig.user.fs.open("/dev/rpbuf-demo", 2), 20 * SECOND) == "EIO (-5)"
    assert rig.machine.cycle - begin >= 15 * SECOND // 10
    assert "rpbuf rpbuf-demo: wait for buffer demo available timeout" in rig.log()
    assert rig.log()[-1] == f'{CTRL_PREFIX}buffer "demo": local_dummy_buffers -> NULL'


def test_lengths_differ(rig: RpbufRig) -> None:
    rig.say_created(b"demo", 64, 7)
    rig.settle()
    rig.create("demo", 32)
    assert error_of(rig, rig.user.fs.open("/dev/rpbuf-demo", 2)) == "ENOENT (-2)"
    assert rig.log()[-2:] == [
        f"{CTRL_PREFIX}buffer length not match with remote (local: 32, remote: 64)",
        "rpbuf rpbuf-demo: rpbuf_alloc_buffer for demo failed",
    ]


def test_no_link(rig: RpbufRig) -> None:
    rig.go_away()
    rig.create("demo", 32)
    assert error_of(rig, rig.user.fs.open("/dev/rpbuf-demo", 2)) == "ENOENT (-2)"
    assert "[RPBUF CORE] link has no service" in rig.log()
    assert f"{CTRL_PREFIX}rpbuf_notify_by_link BUFFER_CREATED failed: -2" in rig.log()
    assert f'{CTRL_PREFIX}"demo" free payload memory: va 00000000, pa 0x{CARVEOUT:08x}, len 32' in (
        rig.log()
    )


@pytest.mark.parametrize(("length", "shown"), [(0, 0), (0x40001, 0x40001), (0xFFFFFFFF, -1)])
def test_memory_that_cannot_be_had(rig: RpbufRig, length: int, shown: int) -> None:
    rig.create("big", length)
    assert error_of(rig, rig.user.fs.open("/dev/rpbuf-big", 2)) == "ENOENT (-2)"
    assert f"{CTRL_PREFIX}dma_alloc_coherent for len {shown} failed" in rig.log()
    rig.buffer("small", 1)


def test_largest_buffer_is_a_power_of_two_of_pages(rig: RpbufRig) -> None:
    """96 pages of carveout hold 64 and 32 pages, in this order alone: each lies aligned."""
    rig.buffer("whole", 0x4_0000, 1)
    rig.buffer("half", 0x2_0000, 2)
    addresses = [content[3] for command, content in rig.frames if command == CREATED]
    assert addresses == [CARVEOUT, CARVEOUT + 0x4_0000]


def test_no_room_for_the_largest_behind_a_smaller_one(rig: RpbufRig) -> None:
    rig.buffer("half", 0x2_0000, 1)
    rig.create("whole", 0x4_0000)
    assert error_of(rig, rig.user.fs.open("/dev/rpbuf-whole", 2)) == "ENOENT (-2)"


def test_name_of_32_bytes_has_no_end(rig: RpbufRig) -> None:
    rig.create("x" * 32, 32)
    assert error_of(rig, rig.user.fs.open(f"/dev/rpbuf-{'x' * 32}", 2)) == "ENOENT (-2)"
    assert f'invalid buffer name "{"x" * 32}", its length should be in range [1, 32)' in (
        "\n".join(rig.log())
    )


def test_second_open(rig: RpbufRig) -> None:
    rig.buffer("demo")
    assert error_of(rig, rig.user.fs.open("/dev/rpbuf-demo", 2)) == "EBUSY (-16)"
    assert rig.log()[-1] == "rpbuf rpbuf-demo: buffer demo already in use"


def test_close_keeps_the_memory_until_the_remote_frees_too(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.call(file.close())
    rig.settle()
    assert rig.frames[-1] == (DESTROYED, (3,))
    assert rig.log()[-1] == f'{CTRL_PREFIX}buffer "demo" (id:3): buffers -> remote_dummy_buffers'
    rig.say(frame(DESTROYED, pack("<I", 3)))
    assert rig.log()[-2:] == [
        f'{CTRL_PREFIX}"demo" free payload memory: va 00000000, pa 0x{CARVEOUT:08x}, len 64',
        f'{CTRL_PREFIX}buffer "demo": remote_dummy_buffers -> NULL',
    ]


def test_open_again_before_the_remote_frees_finds_the_same_memory(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.machine.memory.write(CARVEOUT, b"kept")
    rig.call(file.close())
    rig.open("/dev/rpbuf-demo")
    rig.settle()
    assert rig.frames[-1][1][1:] == (3, 64, CARVEOUT, CARVEOUT, 1)
    assert rig.machine.memory.read(CARVEOUT, 4) == b"kept"


# The control device ==============================================================================


def test_create_twice(rig: RpbufRig) -> None:
    file = rig.create("demo", 32)
    argument = pack("<32sI", b"demo", 32)
    assert error_of(rig, file.ioctl(CREATE_BUF, argument)) == "EEXIST (-17)"
    assert rig.log()[-1] == "rpbuf rpbuf_ctrl0: buf_dev named demo already exists"


def test_destroy(rig: RpbufRig) -> None:
    file = rig.create("demo", 32)
    argument = pack("<32sI", b"demo", 0)
    rig.call(file.ioctl(DESTROY_BUF, argument))
    assert not rig.user.fs.exists("/dev/rpbuf-demo")
    assert error_of(rig, file.ioctl(DESTROY_BUF, argument)) == "ENOENT (-2)"
    assert rig.log()[-1] == "rpbuf rpbuf_ctrl0: buf_dev named demo not found"


def test_last_created_device_goes_with_the_file(rig: RpbufRig) -> None:
    file = rig.create("one", 32)
    rig.call(file.ioctl(CREATE_BUF, pack("<32sI", b"two", 32)))
    rig.call(file.close())
    assert rig.sh("ls /dev/rpbuf*")[1].split() == ["/dev/rpbuf-one", "/dev/rpbuf_ctrl0"]


@pytest.mark.parametrize(
    ("command", "argument", "error", "text"),
    [
        (CREATE_BUF, None, "EIO (-5)", "copy_from_user rpbuf_buffer_info failed"),
        (DESTROY_BUF, b"short", "EIO (-5)", "copy_from_user rpbuf_buffer_info failed"),
        (0xB803, bytes(36), "EINVAL (-22)", "invalid rpbuf ctrl_dev ioctl cmd: 0xb803"),
        (0xB901, bytes(36), "EINVAL (-22)", None),
    ],
)
def test_control_errors(
    rig: RpbufRig, command: int, argument: Any, error: str, text: str | None
) -> None:
    file = rig.open("/dev/rpbuf_ctrl0")
    lines = len(rig.log())
    assert error_of(rig, file.ioctl(command, argument)) == error
    assert rig.log()[lines:] == ([f"rpbuf rpbuf_ctrl0: {text}"] if text else [])


# Data ============================================================================================


def test_transmit_tells_offset_and_length(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.call(file.ioctl(TRANSMIT, xfer(16, 8)))
    rig.settle()
    assert rig.frames[-1] == (TRANSMITTED, (3, 16, 8, 0))


def test_range_is_not_checked_as_in_the_original(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.call(file.ioctl(TRANSMIT, xfer(60, 8)))
    rig.settle()
    assert rig.frames[-1] == (TRANSMITTED, (3, 60, 8, 0))
    rig.say(transmitted(3, 1000, 1000))
    assert receive(rig, file, 0) == (1000, 1000, 0)


def test_a_board_may_ask_for_a_check_of_the_range() -> None:
    rig = RpbufRig(properties={"ampsim,check-range": True})
    file = rig.buffer("demo", 64, 3)
    assert error_of(rig, file.ioctl(TRANSMIT, xfer(60, 8))) == "EINVAL (-22)"
    text = "range 60+8 is outside the buffer's 64 bytes"
    assert rig.log()[-2] == CTRL_PREFIX + text
    rig.say(transmitted(3, 60, 8))
    assert rig.log()[-2] == f'{CTRL_PREFIX}"demo" received: {text}'
    assert receive(rig, file, 0) == (-1, -1, 0)


def test_transmit_when_the_remote_has_freed_it(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.say(frame(DESTROYED, pack("<I", 3)))
    flag = bytearray(b"\xff")
    rig.call(file.ioctl(CHECK, flag))
    assert flag == b"\0"
    assert error_of(rig, file.ioctl(TRANSMIT, xfer(0, 8))) == "EACCES (-13)"
    assert rig.log()[-2:] == [
        f"{CTRL_PREFIX}buffer not available",
        "rpbuf rpbuf-demo: transmit to remote failed",
    ]


def test_transmit_waits_for_the_ack_when_synchronous(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.call(file.ioctl(SYNC, pack("<I", 1)))
    rig.call(file.ioctl(TRANSMIT, xfer(0, 8)))
    assert rig.frames[-1] == (TRANSMITTED, (3, 0, 8, 1))
    assert rig.told[-1] == frame(ACK, pack("<II", 3, 0))
    rig.call(file.ioctl(SYNC, pack("<I", 0)))
    rig.call(file.ioctl(TRANSMIT, xfer(0, 8)))
    rig.settle()
    assert rig.frames[-1] == (TRANSMITTED, (3, 0, 8, 0))


@pytest.mark.parametrize("how", ["destroyed", "link gone"])
def test_buffer_goes_away_while_waiting_for_the_ack(rig: RpbufRig, how: str) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.acks = False
    rig.call(file.ioctl(SYNC, pack("<I", 1)))
    outcome: list[LinuxError] = []

    async def sender() -> None:
        try:
            await file.ioctl(TRANSMIT, xfer(0, 8))
        except LinuxError as error:
            outcome.append(error)

    rig.start(sender())
    rig.settle()
    assert outcome == []
    if how == "destroyed":
        rig.say(frame(DESTROYED, pack("<I", 3)))
    else:
        rig.go_away()
    rig.machine.run(lambda: outcome)
    assert str(outcome[0]) == "ECONNRESET (-104)"
    assert f"{CTRL_PREFIX}rpbuf_wait_for_remotebuffer_complete BUFFER_ACK failed: -104" in rig.log()


def test_receive(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    assert receive(rig, file, 0) == (-1, -1, 0)
    assert receive(rig, file, 50) == (-1, -1, -110)
    rig.say(transmitted(3, 8, 4))
    assert file.poll() == Poll.IN | Poll.RDNORM
    assert receive(rig, file, 1000) == (8, 4, 1000)
    rig.say(transmitted(3, 0, 4))
    assert file.poll() == Poll(0)  # the original polls for an offset above 0
    assert receive(rig, file, -1) == (0, 4, -1)


def test_receive_waits_and_says_what_is_left(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    argument = xfer(timeout_ms=1000)
    done: list[int] = []

    async def reader() -> None:
        done.append(await file.ioctl(RECEIVE, argument))

    rig.start(reader())
    rig.settle(300_000_000)
    rig.say(transmitted(3, 8, 4))
    rig.machine.run(lambda: done)
    offset, length, left = unpack("<IIi", argument)
    assert (offset, length) == (8, 4)
    assert 600 <= left <= 700 and left % 10 == 0


def test_data_that_was_not_received_is_lost(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.say(transmitted(3, 0, 4))
    rig.say(transmitted(3, 8, 5))
    assert rig.log()[-1] == "rpbuf rpbuf-demo: previous recv data not treated"
    assert receive(rig, file, 0) == (8, 5, 0)


def test_ack_goes_out_when_the_program_has_received(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.say(transmitted(3, 0, 4, flags=1))
    rig.settle()
    assert rig.frames[-1][0] == CREATED
    receive(rig, file, 0)
    rig.settle()
    assert rig.frames[-1] == (ACK, (3, 0))
    receive(rig, file, 0)
    rig.settle()
    assert rig.frames[-1] == (ACK, (3, 0)) and len(rig.frames) == 2


@pytest.mark.parametrize(
    ("command", "argument", "error", "text"),
    [
        (TRANSMIT, None, "EIO (-5)", "copy_from_user rpbuf_buffer_xfer failed"),
        (RECEIVE, bytes(11), "EIO (-5)", "copy_from_user rpbuf_buffer_xfer failed"),
        (RECEIVE, bytes(12), "EIO (-5)", "copy_to_user rpbuf_buffer_xfer failed"),
        (SYNC, b"", "EIO (-5)", "copy_from_user uint32_t failed"),
        (PERF, bytearray(8), "EPERM (-1)", None),
        (0xB906, 0, "EINVAL (-22)", "invalid rpbuf buf_dev ioctl cmd: 0xb906"),
        (0xB801, 0, "EINVAL (-22)", None),
    ],
)
def test_buffer_errors(
    rig: RpbufRig, command: int, argument: Any, error: str, text: str | None
) -> None:
    file = rig.buffer("demo")
    lines = len(rig.log())
    assert error_of(rig, file.ioctl(command, argument)) == error
    assert rig.log()[lines:] == ([f"rpbuf rpbuf-demo: {text}"] if text else [])


# The remote goes away and comes back =============================================================


def test_buffers_are_available_again_when_the_remote_is_back(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 64, 3)
    rig.go_away()
    assert f'{CTRL_PREFIX}buffer "demo" (id:3): buffers -> local_dummy_buffers' in rig.log()
    assert error_of(rig, file.ioctl(TRANSMIT, xfer(0, 8))) == "EACCES (-13)"
    rig.come_up()
    rig.say_created(b"demo", 64, 5)
    rig.settle()
    assert rig.frames[-1][1][1:] == (5, 64, CARVEOUT, CARVEOUT, 1)
    rig.call(file.ioctl(TRANSMIT, xfer(0, 8)))
    rig.settle()
    assert rig.frames[-1] == (TRANSMITTED, (5, 0, 8, 0))


def test_memory_of_buffers_only_the_remote_had_is_freed(rig: RpbufRig) -> None:
    file = rig.buffer("demo", 0x4_0000, 3)
    rig.call(file.close())
    rig.go_away()
    assert rig.log()[-1] == f'{CTRL_PREFIX}buffer "demo": remote_dummy_buffers -> NULL'
    rig.come_up()
    rig.buffer("other", 0x4_0000, 4)


def test_unbinding_the_controller_takes_the_devices_away(rig: RpbufRig) -> None:
    rig.create("demo", 32)
    device = rig.kernel.platform_bus.devices[-1]
    rig.call(rig.kernel.platform_bus.unbind(device))
    assert rig.sh("ls /dev/rpbuf*")[0] == 1
