# SPDX-License-Identifier: Apache-2.0
"""The fields of a ring by the names that a fault has for them, and where each of them lies."""

from __future__ import annotations

from sim.referee.ring_layout import Field, RingShape

FIELDS = {
    "desc.address": Field.DESC_ADDR,
    "desc.length": Field.DESC_LEN,
    "desc.flags": Field.DESC_FLAGS,
    "desc.next": Field.DESC_NEXT,
    "avail.flags": Field.AVAIL_FLAGS,
    "avail.index": Field.AVAIL_IDX,
    "avail.entry": Field.AVAIL_ENTRY,
    "used.flags": Field.USED_FLAGS,
    "used.index": Field.USED_IDX,
    "used.id": Field.USED_ID,
    "used.length": Field.USED_LEN,
}


def addresses(shape: RingShape, name: str) -> frozenset[int]:
    """Return the addresses of a field, of those that each descriptor or entry has all."""
    wanted = FIELDS[name]
    return frozenset(at for at, (field, _, _) in shape.fields().items() if field == wanted)
