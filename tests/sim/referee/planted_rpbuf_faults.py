# SPDX-License-Identifier: Apache-2.0
"""Faults in RPBuf's frames and buffers, by the rule that has to see them, and what is no fault."""

from __future__ import annotations

from struct import pack

from planted_message_faults import sent
from planted_ring_faults import Fault
from referee_driver import LINUX_ADDRESS, Driver, announcement, message

SERVICE_ADDRESS = 0x20
REGION = 0x81646000
AT, LENGTH, NUMBER = REGION, 64, 3
"""The buffer of most cases."""
DATA = bytes(range(1, 33))
SYNC = 1


# Frames.


def frame(command: int, content: bytes, *, length: int | None = None) -> bytes:
    """A control frame."""
    size = len(content) if length is None else length
    return pack("<BBH", 0xA, command, size) + content + b"\5"


def created(
    name: bytes = b"buffer", length: int = LENGTH, pa: int = AT, number: int = NUMBER
) -> bytes:
    """The content of CREATED."""
    return pack("<32sIIQQB", name, number, length, pa, pa, 1)


def transmitted(offset: int, length: int, flags: int = 0, number: int = NUMBER) -> bytes:
    """A frame that announces data."""
    return frame(3, pack("<IIII", number, offset, length, flags))


CREATED = frame(1, created())
DESTROYED = frame(2, pack("<I", NUMBER))
ACK = frame(4, pack("<II", NUMBER, 0))
WHOLE = transmitted(0, len(DATA))
WHOLE_SYNC = transmitted(0, len(DATA), SYNC)


def service(d: Driver) -> None:
    """The RTOS announces the channel."""
    d.announces(announcement(b"rpbuf-service", SERVICE_ADDRESS), SERVICE_ADDRESS)


def linux_says(d: Driver, *frames: bytes) -> None:
    """Linux sends control frames."""
    for each in frames:
        sent(message(LINUX_ADDRESS, SERVICE_ADDRESS, each))(d)


def rtos_says(d: Driver, *frames: bytes) -> None:
    """The RTOS sends control frames."""
    for each in frames:
        content = message(SERVICE_ADDRESS, LINUX_ADDRESS, each)
        head = d.used[0] & 1
        d.rtos_sends(content, head)
        d.linux_receives(content, head)


def rpbuf(*frames: bytes) -> Fault:
    """Linux sends control frames to the RTOS's service."""

    def fault(d: Driver) -> None:
        service(d)
        linux_says(d, *frames)

    return fault


# Buffers.


def shared(d: Driver, *, number: int = NUMBER) -> None:
    """A buffer that both sides have, cleared by Linux; Linux does not know its id yet."""
    service(d)
    d.linux.write(AT, bytes(LENGTH))
    linux_says(d, frame(1, created(number=0)))
    rtos_says(d, frame(1, created(number=number)))


def announced(d: Driver, announcement_frame: bytes = WHOLE) -> None:
    """Linux writes data and tells of it."""
    shared(d)
    d.linux.write(AT, DATA)
    linux_says(d, announcement_frame)


def bounced(d: Driver) -> None:
    """The RTOS reads data, puts something else in its place and tells of that; Linux reads it."""
    d.rtos.read(AT, DATA)
    d.rtos.write(AT, DATA[::-1])
    rtos_says(d, WHOLE)
    d.linux.read(AT, DATA[::-1])


def clean_rpbuf(d: Driver) -> None:
    """There and back, with and without ACKs, then both free the buffer and Linux places another."""
    announced(d)
    bounced(d)
    d.linux.write(AT, DATA)
    linux_says(d, WHOLE_SYNC)
    rtos_says(d, ACK)
    bounced(d)
    linux_says(d, DESTROYED)
    rtos_says(d, DESTROYED)
    d.linux.write(AT, bytes(LENGTH))
    linux_says(d, frame(1, created(b"other")))


def length_differs(d: Driver) -> None:
    service(d)
    linux_says(d, CREATED)
    rtos_says(d, frame(1, created(length=LENGTH - 1)))


def id_in_use(d: Driver) -> None:
    shared(d)
    rtos_says(d, frame(1, created(b"other", pa=0)))


def memory_overlaps(d: Driver) -> None:
    shared(d)
    linux_says(d, DESTROYED, frame(1, created(b"other", pa=AT + LENGTH - 1)))


def ack_unasked(d: Driver) -> None:
    announced(d)
    rtos_says(d, ACK)


def written_by_other(d: Driver) -> None:
    service(d)
    linux_says(d, CREATED)
    d.rtos.write(AT, DATA)


def written_before_ack(d: Driver) -> None:
    announced(d, WHOLE_SYNC)
    d.rtos.read(AT, DATA)
    d.linux.store(AT + 31, 1, 0)


def altered(d: Driver) -> None:
    announced(d)
    d.rtos.read(AT, DATA[:-1] + b"!")


def overwritten_unread(d: Driver) -> None:
    announced(d)
    d.rtos.read(AT, DATA[:16])
    d.linux.store(AT + 16, 4, 0)


def announced_unwritten(d: Driver) -> None:
    announced(d, transmitted(0, len(DATA) + 1))


def announced_again(d: Driver) -> None:
    announced(d)
    d.rtos.read(AT, DATA)
    linux_says(d, WHOLE)


RPBUF_FAULTS: dict[str, Fault] = {
    "rpbuf-frame-length": rpbuf(frame(2, pack("<I", NUMBER), length=5)),
    "rpbuf-frame-marks": rpbuf(CREATED[:-1] + b"\6"),
    "rpbuf-command": rpbuf(frame(5, b"1234")),
    "rpbuf-content-length": rpbuf(frame(2, b"12345")),
    "rpbuf-name": rpbuf(frame(1, created(name=b"n" * 32))),
    "rpbuf-memory-outside": rpbuf(frame(1, created(pa=REGION - 1))),
    "rpbuf-unknown-buffer": rpbuf(transmitted(0, 1)),
    "rpbuf-range": rpbuf(CREATED, transmitted(33, 32)),
    "rpbuf-length-differs": length_differs,
    "rpbuf-id-in-use": id_in_use,
    "rpbuf-memory-overlap": memory_overlaps,
    "rpbuf-ack-unasked": ack_unasked,
    "rpbuf-written-by-other": written_by_other,
    "rpbuf-written-before-ack": written_before_ack,
    "rpbuf-altered": altered,
    "rpbuf-overwritten-unread": overwritten_unread,
    "rpbuf-announced-unwritten": announced_unwritten,
    "rpbuf-announced-again": announced_again,
}
