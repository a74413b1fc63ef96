# SPDX-License-Identifier: Apache-2.0
"""The seed's four steps of a message, in the event log of a run (seed 002, AMP communication).

Allocate a buffer, fill it, link it into the ring, notify the other side: four events on the sending
hart, each with the ring and the descriptor, and between them that hart's writes on the bus.
"""

from __future__ import annotations

import pytest

from sim.record_file import RecordFile
from sim.records import Kind

STEPS = ("msg_alloc", "msg_fill", "msg_send", "msg_kick")


@pytest.fixture(params=[0, 1], ids=["RTOS to Linux", "Linux to RTOS"])
def steps(recorded, request) -> list[tuple[str, int, int, int]]:
    """Of a ring: name, hart, descriptor of each step, and the hart's writes since the last one."""
    names: dict[int, str] = {}
    writes: dict[int, int] = {}
    found = []
    for record in RecordFile(recorded.directory / "records.bin"):
        if record.kind == Kind.NAME:
            names[record.address] = record.payload.decode()
        elif record.kind == Kind.MEMORY_WRITE:
            writes[record.hart] = writes.get(record.hart, 0) + 1
        elif record.kind == Kind.EVENT and names[record.address] in STEPS:
            ring, descriptor = record.value, record.length
            if ring == request.param:
                step = names[record.address], record.hart, descriptor, writes.get(record.hart, 0)
                found.append(step)
            writes[record.hart] = 0
    return found


def test_every_message_has_its_four_steps(steps: list[tuple[str, int, int, int]]):
    assert len(steps) >= 4 * 200
    for at in range(0, len(steps), 4):
        message = steps[at : at + 4]
        assert tuple(name for name, *_ in message) == STEPS
        assert len({(hart, descriptor) for _, hart, descriptor, _ in message}) == 1
        _, filled, sent, _ = (writes for *_, writes in message)
        assert filled > 0, f"step {at}: no write of the hart before its buffer is filled"
        assert sent > 0, f"step {at}: no write of the hart before its ring covers the buffer"
