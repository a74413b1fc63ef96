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

from sim.conformance.comparing import NOTHING, Row
from sim.conformance.observed import What
from sim.conformance.steps import RAW_REMOTE
from sim.conformance.views import LINUX_ORDER, OFFERS

RECEIVE, SEND = OFFERS
FIRST_LOCAL = 0x400
"""virtio_rpmsg_bus.c: RPMSG_RESERVED_ADDRESSES, the lowest address that is given away."""
STEP = "golden bytes"


class Golden(NamedTuple):
    """Line ``number`` of an observable of a step has to be ``text``."""

    step: str
    observable: str
    number: int
    text: str


def golden(num: int) -> list[Golden]:
    """Return what is known beforehand of rings of ``num`` entries."""
    initial = [
        f"rx avail[{i}] = {i}, idx {i + 1}: rx buffer {i}, len 512, flags 2, next {(i + 1) % num}"
        for i in range(num)
    ]
    again = f"rx avail[0] = 0, idx {num + 1}: rx buffer 0, len 512, flags 2, next 0"
    first = f"tx avail[0] = 0, idx 1: tx buffer 0, len 17, flags 0, next {1 % num}"
    header = "reserved 0x0, flags 0"
    return [
        *(Golden("link-up", RECEIVE, at, text) for at, text in enumerate((*initial, again))),
        Golden("link-up", What.SUPPRESSION.value, 0, "tx avail.flags = 1"),
        Golden("link-up", LINUX_ORDER, 0, f"{num} x rx entry, tx avail.flags = 1, kick rx"),
        Golden("echo of 1", SEND, 0, first),
        Golden(
            "echo of 1",
            What.LINUX_MESSAGE.value,
            0,
            f"0x{FIRST_LOCAL:x} -> 0x{RAW_REMOTE:x}, {header}, 1 bytes: {b'a'.hex()}",
        ),
        Golden(
            "client sample",
            What.LINUX_MESSAGE.value,
            0,
            f"0x402 -> 0x400, {header}, 12 bytes: {b'hello world!'.hex()}",
        ),
    ]


Runs = Mapping[str, Mapping[str, Sequence[str]]]


def golden_rows(num: int, model: Runs, kernel: Runs) -> list[Row]:
    """Return a row for each golden line: the same if both hosts have written exactly it."""
    rows = []
    for item in golden(num):
        ours, theirs = (_line(item, run) for run in (model, kernel))
        same = ours == theirs == item.text
        rows.append(Row(STEP, f"{item.observable}, {item.step}", ours, theirs, same))
    return rows


def _line(item: Golden, run: Runs) -> str:
    lines = run.get(item.step, {}).get(item.observable, ())
    return lines[item.number] if item.number < len(lines) else NOTHING
