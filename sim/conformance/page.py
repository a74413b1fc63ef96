# SPDX-License-Identifier: Apache-2.0
"""The page of the comparison, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.conformance.comparing import Row

WIDEST = 100
"""Characters of a cell; of a longer one the beginning stands there."""

_HEAD = """# The model and the real kernel, compared

Made by `python -m sim.conformance`, after `make linux-peer`. It runs the same steps with the model
of Linux and with a real Linux 6.12 (`--host linux`), on VisionFive 2, with the same RTOS, and
compares what a remote can observe: all of it is read from the record streams (docs/records.md). A
row is one observable of a step, with how many lines it has; every line of it has to be the same. A
difference without a known reason (`sim/conformance/differences.py`) makes the command fail.

- Addresses are replaced by names: fields of a ring, numbers of buffers. The place of the rings, the
  buffers and the fields in a ring is each transport's own.
- Linux's work above its drivers costs the model no time here, as it costs the kernel none.
- The kernel's stores are found when it stands still, at a kick or a rest. So orders are those of
  groups, each ended by a kick; of the event index the last value of a step counts; a store that
  changes nothing is not seen.
- The doorbell of the kernel is rung by `sim/linux_peer/starfive_driver.py`, not by the kernel.
- The step `golden bytes` compares both with what Linux has to write by its source
  (`sim/conformance/golden.py`).
"""


def page(results: Mapping[int, Sequence[Row]]) -> str:
    """Return the page; ``results`` has the rows by the size of the rings."""
    parts = [_HEAD]
    for ring, rows in results.items():
        different = [row for row in rows if not row.same]
        unexplained = sum(row.unexplained for row in rows)
        parts.append(
            f"\n## Rings of {ring} entries\n\n{len(rows)} observables, {len(different)} different, "
            f"{unexplained} of them without a reason.\n"
        )
        if different:
            parts.append(_different(different))
        parts.append(_all(rows))
    return "".join(parts)


def _different(rows: Sequence[Row]) -> str:
    lines = [f"| {row.step} | {row.observable} | {row.reason or 'UNEXPLAINED'} |" for row in rows]
    return "\n".join(("\n| step | observable | reason |", "| --- | --- | --- |", *lines, ""))


def _all(rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        kernel = "the same" if row.same else _cell(row.kernel)
        verdict = "same" if row.same else "known" if row.reason else "UNEXPLAINED"
        lines.append(
            f"| {row.step} | {row.observable} | {_cell(row.model)} | {kernel} | {verdict} |"
        )
    head = ("\n| step | observable | model | kernel | |", "| --- | --- | --- | --- | --- |")
    return "\n".join((*head, *lines, ""))


def _cell(text: str) -> str:
    shown = text if len(text) <= WIDEST else f"{text[:WIDEST]}..."
    return shown.replace("|", "\\|")
