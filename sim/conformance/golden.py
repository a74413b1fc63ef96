# SPDX-License-Identifier: Apache-2.0
"""The bytes that Linux has to write, worked out from its source, for rings of any size.

virtio_rpmsg_bus.c, rpmsg_probe(): all receive buffers are offered in order, each one entry of 512
bytes that the device writes; nothing is offered on the other ring, whose interrupts are switched
off. virtio_ring.c, detach_buf_split(): a descriptor that comes back to an empty free list gets the
link 0, which is the list's end. rpmsg_client_sample.c: 12 bytes without an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sim.conformance.comparing import Row, first_difference, whole
from sim.conformance.observed import What
from sim.conformance.steps import RAW_REMOTE, SAMPLE_REMOTE, SAMPLES
from sim.conformance.views import LINUX_ORDER, OFFERS

RECEIVE, SEND = OFFERS
FIRST_LOCAL = 0x400
"""virtio_rpmsg_bus.c: RPMSG_RESERVED_ADDRESSES, the lowest address that is given away."""
STEP = "golden bytes"


class Golden(NamedTuple):
    """The first lines of an observable of a step have to be these."""

    step: str
    observable: str
    lines: tuple[str, ...]


def golden(num: int) -> list[Golden]:
    """Return what is known beforehand of rings of ``num`` entries."""
    initial = [
        f"rx avail[{i}] = {i}, idx {i + 1}: rx buffer {i}, len 512, flags 2, next {(i + 1) % num}"
        for i in range(num)
    ]
    again = f"rx avail[0] = 0, idx {num + 1}: rx buffer 0, len 512, flags 2, next 0"
    first = f"tx avail[0] = 0, idx 1: tx buffer 0, len 17, flags 0, next {1 % num}"
    offered = f"{num} x rx entry, tx avail.flags = 1, kick rx"
    return [
        Golden("link-up", RECEIVE, (*initial, again)),
        Golden("link-up", What.SUPPRESSION.value, ("tx avail.flags = 1",)),
        Golden("link-up", LINUX_ORDER, (offered,)),
        Golden("echo of 1", SEND, (first,)),
        Golden("echo of 1", What.LINUX_MESSAGE.value, (_message(FIRST_LOCAL, RAW_REMOTE, b"a"),)),
        Golden(
            "client sample",
            What.LINUX_MESSAGE.value,
            (_message(FIRST_LOCAL + 2, SAMPLE_REMOTE, b"hello world!"),) * SAMPLES,
        ),
    ]


def _message(source: int, destination: int, data: bytes) -> str:
    words = f"reserved 0x0, flags 0, {len(data)} bytes: {data.hex()}"
    return f"0x{source:x} -> 0x{destination:x}, {words}"


Runs = Mapping[str, Mapping[str, Sequence[str]]]


def golden_rows(num: int, model: Runs, kernel: Runs) -> list[Row]:
    """Return a row for each golden observable: the same if both hosts have written exactly it."""
    return [_row(item, model, kernel) for item in golden(num)]


def _row(item: Golden, model: Runs, kernel: Runs) -> Row:
    ours, theirs = (_verdict(item, run) for run in (model, kernel))
    observable = f"{item.observable}, {item.step}"
    return Row(STEP, observable, ours.text, theirs.text, ours.right and theirs.right)


class Verdict(NamedTuple):
    """Whether a host has written what is expected, and its lines or the first that is wrong."""

    right: bool
    text: str


def _verdict(item: Golden, run: Runs) -> Verdict:
    lines = tuple(run.get(item.step, {}).get(item.observable, ()))[: len(item.lines)]
    if lines == item.lines:
        return Verdict(True, whole(lines))
    return Verdict(False, "{}; expected {}".format(*first_difference(lines, item.lines)))
