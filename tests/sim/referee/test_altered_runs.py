# SPDX-License-Identifier: Apache-2.0
"""Runs with altered stores, and with an app that breaks RPBuf: the rules fire in their streams."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from faulty_runs import violations

from sim.faults.catalog import parse_fault

HERE = Path(__file__).parent
VF2, V821 = "visionfive2", "v821"


class Altered(NamedTuple):
    """A run of a few echoes with its faults, and the rules that have to fire in it."""

    board: str
    faults: tuple[str, ...]
    rules: str


def stores(*words: str) -> tuple[str, ...]:
    return tuple(f"altered-store:{word}" for word in words)


RUNS = {
    "descriptors": Altered(
        VF2,
        # Linux stores the flags of a descriptor twice: first with NEXT, then without.
        stores(
            "field=desc.flags,nth=6,value=8",
            "field=desc.flags,nth=8,value=4",
            "field=desc.flags,nth=10,value=2",
            "field=desc.length,nth=2,value=8",
            "field=avail.flags,nth=0,value=2",
        ),
        "ring-desc-flags ring-desc-indirect ring-desc-direction ring-desc-too-short"
        " ring-avail-flags header-length application-length application-received-length",
    ),
    "a chain that loops": Altered(
        V821,
        stores("field=desc.flags,nth=0,value=1", "field=desc.next,nth=0,value=0"),
        "ring-desc-chained ring-desc-chain-loop",
    ),
    "a chain out of the table": Altered(
        V821,
        stores("field=desc.flags,nth=6,value=1", "field=desc.next,nth=0,value=999"),
        "ring-desc-chained ring-desc-next-range",
    ),
    "a buffer elsewhere": Altered(
        VF2,
        stores("field=desc.address,nth=3,value=4294967296"),
        "ring-desc-address-32bit ring-desc-outside-buffers application-unpublished",
    ),
    "a head that is none": Altered(
        VF2, stores("field=avail.entry,nth=3,value=999"), "ring-avail-head-range"
    ),
    "an available index that jumps": Altered(
        VF2,
        stores("field=avail.index,nth=3,value=999"),
        "ring-avail-index-jump ring-avail-index-back ring-avail-entry-stale message-duplicated"
        " ring-device-take-unpublished ring-used-id-not-posted buffer-read-by-other"
        " buffer-written-by-other message-payload-unread application-duplicated",
    ),
    "a used index that jumps": Altered(
        VF2,
        stores("by=rtos,ring=0,field=used.index,nth=4,value=99"),
        "ring-used-index-jump ring-used-entry-stale ring-used-not-taken ring-desc-changed-in-use"
        " ring-avail-head-in-use",
    ),
    "a used id that is none": Altered(
        VF2, stores("by=rtos,ring=0,field=used.id,nth=3,value=99"), "ring-used-id-range"
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_rules_fire_in_a_run_with_altered_stores(name: str, tmp_path: Path) -> None:
    """What a hart stores is changed on its way to the bus."""
    board, faults, rules = RUNS[name]
    planted = [parse_fault(text) for text in faults]
    assert set(rules.split()) <= violations(board, tmp_path, faults=planted, count=5)


RPBUF_RULES = {
    f"rpbuf-{name}"
    for name in [
        "frame-length",
        "frame-marks",
        "command",
        "content-length",
        "name",
        "unknown-buffer",
        "range",
        "ack-unasked",
        "id-in-use",
        "memory-outside",
        "length-differs",
        "announced-again",
        "announced-unwritten",
        "overwritten-unread",
        "written-before-ack",
        "written-by-other",
    ]
}


def test_rules_of_rpbuf_fire_in_a_run(tmp_path: Path) -> None:
    """One run with an app that breaks them all."""
    app = HERE / "faulty_rpbuf.py"
    found = violations(V821, tmp_path, app=app, scenario="rpbuf-blocks", count=1)
    assert found >= RPBUF_RULES
