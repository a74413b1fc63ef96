# SPDX-License-Identifier: Apache-2.0
"""A bus access as it was seen in a waveform."""

from __future__ import annotations

from typing import NamedTuple


class BusAccess(NamedTuple):
    """One access that ended at ``time_ns``, with the address and the bytes that it moved.

    ``begin_ns`` is when its address was taken; ``hart`` is the index of the hart, ``data`` None
    where the waveform does not say it (x, or a part before its beginning), ``response`` the bus's.
    """

    time_ns: int
    begin_ns: int
    hart: int
    write: bool
    address: int
    data: bytes | None
    length: int
    response: int = 0
