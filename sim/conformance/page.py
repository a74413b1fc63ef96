# SPDX-License-Identifier: Apache-2.0
"""The page of the comparison, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sim.conformance.comparing import Row

WIDEST = 100
"""Characters of a cell; of a longer one the beginning stands there."""

_HEAD = """# The model and the real kernel, compared

Made by `python -m sim.conformance`, after `make linux-peer`. It runs the same steps with the model
of Linux and with a real Linux 6.12 (`--host linux`), on both boards and with rings of several
sizes, with the same RTOS, and compares what a remote can observe: all of it is read from the record
streams (docs/records.md). A row is one observable of a step; every line of it has to be the same. A
difference without a known reason (`sim/conformance/differences.py`) makes the command fail.

- The steps (`sim/conformance/steps.py`): link-up, messages of all sizes, the tty, what the devices
  refuse and with which error, endpoints and channels by ioctl, the sample, a burst with which both
  rings fill, a remote that wants no kicks, one that dies.
- Addresses are replaced by names: fields of a ring, numbers of buffers. The place of the rings, the
  buffers and the fields in a ring is each transport's own.
- The kernel computes in no time. So Linux's work above its drivers costs the model none either, and
  a task of the model that an interrupt wakes up waits for the one that runs: User-Mode Linux is not
  preemptible. The model's accesses to rings and buffers take the time of the bus, the kernel's
  none. Doorbells and interrupts take their time, the same with both; visits to M-mode take none,
  nor on V821 do entry to and exit from an interrupt, one of which comes with each kick.
- The order of the kernel's stores between two kicks is not compared. They are found when it stands
  still, at a kick or a rest; looking more often would not show more, for no simulated time passes
  between them, and the RTOS makes no access. That the model stores in the order of
  `virtqueue_add_split()` is checked against its source
  (`tests/host_side/rpmsg/test_golden_bytes.py`). Orders compared here are those of groups, each
  ended by a kick; of the event index the last value of a step counts; a store that changes nothing
  is not seen.
- The doorbell of the kernel is rung by the bench's driver of the platform
  (`sim/linux_peer/starfive_driver.py`, `sunxi_driver.py`), not by the kernel.
- On V821 the model is without the vendor's rpmsg drivers, which a mainline kernel has not either.
- Nor is there anything on V821's serial console: with rings of 16 and more the bursts ring the
  doorbell more often than the message box and the 20 words of the mailbox framework's queue take,
  and each refused kick is two lines of the model's log, 13 ms of a console that shows them. The
  kernel's doorbell is refused as often, but by the bench's driver, which logs nothing.
- Messages are shown with all their bytes, headers too; rings as fields with names at each rest,
  and at the first kick of each step as bytes, in which the buffers are moved to one place.
- `accesses of the RTOS` are all its loads and stores on rings and buffers as seen on the wires,
  with their values, and its interrupts. Only how far Linux is ahead of it is left out, when it
  looks for more: in a burst the kernel is further, for it computes in no time. So is a further look
  that finds nothing new: whether two interrupts become one is a matter of ns.
- The resource table is compared on V821. VisionFive 2 has none; the kernel's, which is without the
  driver that knows the place of the rings, is the bench's own. What remoteproc fills in besides the
  device's entry is not in this kernel either.
- The step `golden bytes` compares both with what Linux has to write and rpmsg-lite has to access
  by their sources (`sim/conformance/golden.py`), byte by byte and access by access. Sequences that
  take another remote, such as buffers returned in another order, are checked against the model
  alone (`tests/host_side/rpmsg/test_golden_bytes.py`).
"""


class Case(NamedTuple):
    """One pair of runs: a board, and the entries of its rings."""

    board: str
    ring: int

    def __str__(self) -> str:
        return f"{self.board}, rings of {self.ring}"


Results = Mapping[Case, Sequence[Row]]


def page(results: Results) -> str:
    """Return the page; ``results`` has the rows of each case."""
    return "".join((_HEAD, _summary(results), _differences(results), _all(results)))


def _summary(results: Results) -> str:
    lines = []
    for case, rows in results.items():
        different = sum(not row.same for row in rows)
        unexplained = sum(row.unexplained for row in rows)
        lines.append(f"| {case.board} | {case.ring} | {len(rows)} | {different} | {unexplained} |")
    head = (
        "\n## Result\n",
        "| board | rings of | observables | different | of them without a reason |",
        "| --- | --- | --- | --- | --- |",
    )
    return "\n".join((*head, *lines, ""))


def _differences(results: Results) -> str:
    """Return each difference once, with the cases in which it is there."""
    found: dict[tuple[str, str, str], list[Case]] = {}
    for case, rows in results.items():
        for row in rows:
            if not row.same:
                reason = row.reason or "UNEXPLAINED"
                found.setdefault((row.step, row.observable, reason), []).append(case)
    lines = [
        f"| {step} | {observable} | {'; '.join(map(str, cases))} | {reason} |"
        for (step, observable, reason), cases in found.items()
    ]
    if not lines:
        return "\n## Differences\n\nNone.\n"
    head = ("\n## Differences\n", "| step | observable | where | reason |")
    return "\n".join((*head, "| --- | --- | --- | --- |", *lines, ""))


def _all(results: Results) -> str:
    """Return a line for each observable: its verdict in every case, what it is in the first."""
    observables = {(row.step, row.observable): row for rows in results.values() for row in rows}
    verdicts = [
        {(row.step, row.observable): _verdict(row) for row in rows} for rows in results.values()
    ]
    first: dict[tuple[str, str], Row] = {}
    for rows in results.values():
        for row in rows:
            first.setdefault((row.step, row.observable), row)
    lines = []
    for key in observables:
        cells = " | ".join(verdict.get(key, "-") for verdict in verdicts)
        lines.append(f"| {key[0]} | {key[1]} | {cells} | {_shown(first[key])} |")
    cases = " | ".join(f"{case.board} {case.ring}" for case in results)
    rule = " | ".join("---" for _ in results)
    head = (
        "\n## All observables\n",
        "Shown is the first case that has the observable, with its number of lines; a case without",
        "it has `-`.\n",
        f"| step | observable | {cases} | what |",
        f"| --- | --- | {rule} | --- |",
    )
    return "\n".join((*head, *lines, ""))


def _verdict(row: Row) -> str:
    return "same" if row.same else "known" if row.reason else "UNEXPLAINED"


def _shown(row: Row) -> str:
    if row.same:
        return _cell(row.model)
    return f"model {_cell(row.model)}; kernel {_cell(row.kernel)}"


def _cell(text: str) -> str:
    shown = text if len(text) <= WIDEST else f"{text[:WIDEST]}..."
    return shown.replace("|", "\\|")
