# SPDX-License-Identifier: Apache-2.0
"""What Linux and rpmsg-lite have to do by their sources, worked out for rings of any size.

virtio_rpmsg_bus.c, rpmsg_probe(): all receive buffers are offered in order, each one entry of 512
bytes that the device writes; nothing is offered on the other ring, whose interrupts are switched
off. virtio_ring.c, detach_buf_split(): a descriptor that comes back to an empty free list gets the
link 0, which is the list's end. rpmsg_client_sample.c: 12 bytes without an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import pack
from typing import NamedTuple

from sim.conformance.comparing import Row, first_difference, whole
from sim.conformance.observed import HEADER, NAME_MESSAGE, NAME_SERVICE, What
from sim.conformance.raw_bytes import expected
from sim.conformance.rtos_accesses import expected_echo, expected_send
from sim.conformance.steps import CHANNEL, RAW_REMOTE, SAMPLE_REMOTE, SAMPLES
from sim.conformance.vdev_entry import expected_dump, expected_stores
from sim.conformance.views import ACCESSES, DUMP, LINUX_ORDER, OFFERS

RECEIVE, SEND = OFFERS
FIRST_LOCAL = 0x400
"""virtio_rpmsg_bus.c: RPMSG_RESERVED_ADDRESSES, the lowest address that is given away."""
STEP = "golden bytes"
ONE = b"a"
"""The first message that is echoed (sim.conformance.tool)."""
CHANNELS = ((SAMPLE_REMOTE, "rpmsg-client-sample"), (RAW_REMOTE, "rpmsg-raw"), (0x402, "rpmsg-tty"))
SERVICES = ("sunxi,rpmsg_ctrl", "sunxi,rpmsg_heartbeat", "sunxi,rpmsg_test", "rpbuf-service")
ANNOUNCED = {
    "visionfive2": CHANNELS,
    "v821": (*enumerate((*SERVICES, "sunxi,service"), 1), *CHANNELS),
}
"""Addresses and names of the RTOS's channels, in their order: on V821 its services come first."""


class Golden(NamedTuple):
    """The first lines of an observable of a step have to be these."""

    step: str
    observable: str
    lines: tuple[str, ...]


def golden(board: str, num: int) -> list[Golden]:
    """Return what is known beforehand of a board with rings of ``num`` entries."""
    return [*_link_up(board, num), *_messages(board, num)]


def _link_up(board: str, num: int) -> list[Golden]:
    announced = ANNOUNCED[board]
    initial = [
        f"rx avail[{i}] = {i}, idx {i + 1}: rx buffer {i}, len 512, flags 2, next {(i + 1) % num}"
        for i in range(num)
    ]
    again = f"rx avail[0] = 0, idx {num + 1}: rx buffer 0, len 512, flags 2, next 0"
    address, name = announced[0]
    first = expected_send(num, 0, address, NAME_SERVICE, _name(address, name, 0))
    lines = {
        RECEIVE: [*initial, again],
        What.SUPPRESSION.value: ["tx avail.flags = 1"],
        LINUX_ORDER: [f"{num} x rx entry, tx avail.flags = 1, kick rx"],
        DUMP: expected(num),
        What.RTOS_NAME.value: [_name_line(address, name, 0) for address, name in announced],
        ACCESSES: first,
    }
    if board == "v821":
        lines[DUMP].append(expected_dump(num))
        lines[What.TABLE.value] = expected_stores()
    return [Golden("link-up", observable, tuple(found)) for observable, found in lines.items()]


def _messages(board: str, num: int) -> list[Golden]:
    announced = len(ANNOUNCED[board])
    dump = expected(num, announced, HEADER.size + len(ONE))
    offered = f"tx avail[0] = 0, idx 1: tx buffer 0, len 17, flags 0, next {1 % num}"
    raw = "echo of 1"
    return [
        Golden(raw, DUMP, tuple(dump)),
        Golden(raw, SEND, (offered,)),
        Golden(raw, What.LINUX_MESSAGE.value, (_message(FIRST_LOCAL, RAW_REMOTE, ONE),)),
        Golden(raw, ACCESSES, tuple(expected_echo(num, announced, FIRST_LOCAL, RAW_REMOTE, ONE))),
        Golden(
            "channel by ioctl",
            What.LINUX_NAME.value,
            tuple(_name_line(CHANNEL, "rpmsg-raw", gone) for gone in range(2)),
        ),
        Golden(
            "client sample",
            What.LINUX_MESSAGE.value,
            (_message(FIRST_LOCAL + 2, SAMPLE_REMOTE, b"hello world!"),) * SAMPLES,
        ),
    ]


def _name(address: int, name: str, gone: int) -> bytes:
    return NAME_MESSAGE.pack(name.encode(), address, gone)


def _name_line(address: int, name: str, gone: int) -> str:
    what = f"{name} 0x{address:x} flags {gone}"
    return _line(address, NAME_SERVICE, what, _name(address, name, gone))


def _message(source: int, destination: int, data: bytes) -> str:
    return _line(source, destination, f"{len(data)} bytes", data)


def _line(source: int, destination: int, what: str, data: bytes) -> str:
    header = pack("<IIIHH", source, destination, 0, len(data), 0)
    return f"0x{source:x} -> 0x{destination:x}, {what}: {header.hex(' ', 4)} {data.hex()}"


Runs = Mapping[str, Mapping[str, Sequence[str]]]


def golden_rows(board: str, num: int, model: Runs, kernel: Runs) -> list[Row]:
    """Return a row for each golden observable: the same if both hosts have shown exactly it."""
    return [_row(item, model, kernel) for item in golden(board, num)]


def _row(item: Golden, model: Runs, kernel: Runs) -> Row:
    ours, theirs = (_verdict(item, run) for run in (model, kernel))
    observable = f"{item.observable}, {item.step}"
    return Row(STEP, observable, ours.text, theirs.text, ours.right and theirs.right)


class Verdict(NamedTuple):
    """Whether a run has shown what is expected, and its lines or the first that is wrong."""

    right: bool
    text: str


def _verdict(item: Golden, run: Runs) -> Verdict:
    lines = tuple(run.get(item.step, {}).get(item.observable, ()))[: len(item.lines)]
    if lines == item.lines:
        return Verdict(True, whole(lines))
    return Verdict(False, "{}; expected {}".format(*first_difference(lines, item.lines)))
