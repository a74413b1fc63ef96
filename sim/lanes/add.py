# SPDX-License-Identifier: Apache-2.0
"""Puts lanes into a waveform file, which is replaced as a whole or not at all."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

from sim.errors import AmpsimError
from sim.lanes.fst_lanes import FstError, add_to_fst
from sim.lanes.lane import Lane
from sim.lanes.vcd_lanes import VcdError, add_to_vcd
from sim.whole_file import whole_file


def add_lanes(wave: Path, lanes: Sequence[Lane]) -> None:
    """Add ``lanes`` to an FST or VCD file; AmpsimError with one line when that cannot be done."""
    try:
        with whole_file(wave) as target, wave.open("rb") as source:
            add = add_to_vcd if _is_text(source.peek(1)[:1]) else add_to_fst
            add(source, target, lanes)
    except (FstError, VcdError, ValueError, IndexError, zlib.error) as error:
        raise AmpsimError(f"{wave}: expected a waveform to add lanes to, found {error}") from None


def _is_text(first: bytes) -> bool:
    return first in (b"$", b" ", b"\n", b"\t")
