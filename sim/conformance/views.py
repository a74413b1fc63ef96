# SPDX-License-Identifier: Apache-2.0
"""What is compared of a step: its observables, each a list of lines.

A kernel's stores are found when it stands still, at a kick or a rest: their order between two kicks
is not seen. So an order is that of groups, each ended by a kick, with what was published in it; and
of the event index only its last value counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sim.conformance.observed import Bytes, Sight, What
from sim.conformance.ring_map import RINGS
from sim.conformance.rtos_accesses import KICK

LINUX_ORDER = "order of publishes and kicks"
RTOS_ORDER = "order of returns and interrupts"
BYTES = "bytes of rings and buffers"
DUMP = "rings in hex at the first kick"
ACCESSES = What.RTOS_ACCESS.value
PROGRAMS = "programs' output and errors"
LOG = "kernel's log"
OFFERS = tuple(f"{name} {What.OFFER.value}" for name in RINGS)
SWITCHES = "avail.flags, one after the other"

TIMES = re.compile(r", min .*")
TIMEOUT = re.compile(r"after (\d+) ms")
TIMEOUT_MS = range(15_000, 15_641)
"""msecs_to_jiffies(15000) and what the timer wheel adds at that distance: 64 ticks of 10 ms."""

_PLAIN = (
    What.TABLE,
    What.SUPPRESSION,
    What.LINUX_MESSAGE,
    What.LINUX_NAME,
    What.RETURN,
    What.RTOS_FLAGS,
    What.RTOS_MESSAGE,
    What.RTOS_NAME,
)


def views(sights: Sequence[Sight], memory: Bytes) -> dict[str, list[str]]:
    """Return the lines of each observable of a step; those without any are left out."""
    found = {what.value: [item.text for item in sights if item.what == what] for what in _PLAIN}
    for ring, name in enumerate(OFFERS):
        offers = (item for item in sights if item.what == What.OFFER and item.ring == ring)
        found[name] = [item.text for item in offers]
    found[SWITCHES] = switches(found[What.SUPPRESSION.value])
    found[LINUX_ORDER] = groups(sights, What.LINUX_KICK, (What.OFFER, What.SUPPRESSION))
    found[RTOS_ORDER] = groups(sights, What.RTOS_KICK, (What.RETURN, What.RTOS_FLAGS))
    found[What.USED_EVENT.value] = last_of_each_ring(sights, What.USED_EVENT)
    found[ACCESSES] = accesses(sights)
    found[DUMP] = memory.dump
    found[BYTES] = memory.image
    return {name: lines for name, lines in found.items() if lines}


def groups(sights: Iterable[Sight], end: What, members: Sequence[What]) -> list[str]:
    """Return what was published up to each kick, and the kick; the last may have none."""
    found: list[str] = []
    inside: Counter[str] = Counter()
    for sight in sights:
        if sight.what in members:
            flags = sight.what in (What.SUPPRESSION, What.RTOS_FLAGS)
            inside[sight.text if flags else f"{RINGS[sight.ring]} entry"] += 1
        elif sight.what == end:
            found.append(_group(inside, sight.text))
            inside.clear()
    if inside:
        found.append(_group(inside, "no kick"))
    return found


def _group(inside: Counter[str], end: str) -> str:
    parts = [f"{count} x {text}" if count > 1 else text for text, count in sorted(inside.items())]
    return ", ".join((*parts, end))


def switches(flags: Sequence[str]) -> list[str]:
    """Return which value follows which, each pair once."""
    return sorted({f"{before}, then {after}" for before, after in pairwise(flags)})


def accesses(sights: Iterable[Sight]) -> list[str]:
    """Return what the RTOS reads and writes of rings and buffers, and when it interrupts."""
    names = {What.RTOS_ACCESS: "", What.RTOS_KICK: KICK}
    return [names[item.what] or item.text for item in sights if item.what in names]


def last_of_each_ring(sights: Iterable[Sight], what: What) -> list[str]:
    """Return the last value of each ring."""
    found = {sight.ring: sight.text for sight in sights if sight.what == what}
    return [found[ring] for ring in sorted(found)]


def program_lines(text: str, mark: str) -> dict[str, list[str]]:
    """Return the lines that the programs of each step have printed, without times."""
    found: dict[str, list[str]] = {}
    step = ""
    for line in text.splitlines():
        if line.startswith(f"{mark} "):
            step = line.removeprefix(f"{mark} ")
        else:
            found.setdefault(step, []).append(TIMEOUT.sub(_timeout, TIMES.sub("", line)))
    return found


def _timeout(found: re.Match[str]) -> str:
    inside = int(found[1]) in TIMEOUT_MS
    return "after the time-out of 15 s" if inside else found[0]


_LOG_LINE = re.compile(r"^\[ *[\d.]+\] ((?:virtio_rpmsg_bus|rpmsg\w*) .*?)\s*$", re.MULTILINE)


def log_lines(text: str) -> list[str]:
    """Return what rpmsg's drivers have logged, without times; not what they say at power-off."""
    lines = _LOG_LINE.findall(text)
    return [line for line in lines if not line.endswith("driver is removed")]
