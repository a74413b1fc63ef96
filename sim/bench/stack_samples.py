# SPDX-License-Identifier: Apache-2.0
"""Reads stacks that py-spy has sampled out of a simulator process, and says whose time each is.

One line a stack: frames from the outermost to the innermost, separated by semicolons, then how
often it was seen. Frames of Python have a .py file, with its whole path; that of the RTOS's begins
with ``firmware:`` (sim/firmware/importer.py). Those of the core port have a .c file; the model that
Verilator has made has no symbols, so a stack with neither is the RTL's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

RTL = "RTL and the simulator's main loop"
CORE_PORT = "core port (C), resuming of coroutines"
BENCH = "bench: events, measures, log, progress"
RTOS_KERNEL, RTOS_RPMSG, RTOS_APP = "RTOS: kernel, traps", "RTOS: rpmsg-lite", "RTOS: app"
LINUX = {
    "kernel": "Linux: scheduler, interrupts, time",
    "virtio": "Linux: virtqueues",
    "rpmsg": "Linux: virtio_rpmsg_bus, rpmsg devices",
    "programs": "Linux: program and its system calls",
}
LINUX_REST = "Linux: drivers and the rest"
PARTS = (
    RTL, CORE_PORT, RTOS_KERNEL, RTOS_RPMSG, RTOS_APP, *LINUX.values(), LINUX_REST, BENCH
)  # fmt: skip

_FRAME = re.compile(r"^(?P<function>.+) \((?P<file>[^()]+?)(?::\d+)?\)$")
_FIRMWARE = "firmware:"
_OWN = re.compile(r"^.*/(?=(?:host_side|sim)/)")
_CORE_PORT_FILE = re.compile(r"^(core|hart|pipe)_\w+\.c$")


class Sample(NamedTuple):
    """A stack that was ``seen`` so many times: its part, its innermost function that is ours."""

    part: str
    function: str
    seen: int


def read_samples(lines: Iterable[str]) -> Iterator[Sample]:
    """Yield the samples of py-spy's raw output."""
    for line in lines:
        stack, _, count = line.strip().rpartition(" ")
        part, function = attribute(stack)
        yield Sample(part, function, int(count))


def attribute(stack: str) -> tuple[str, str]:
    """Return the part that a stack belongs to, and its innermost function that is ours."""
    for frame in reversed(stack.split(";")):
        found = _FRAME.match(frame)
        if found is None:
            continue
        function, file = found["function"], found["file"]
        name = file.rpartition("/")[2]
        if _CORE_PORT_FILE.match(name):
            return CORE_PORT, f"{function} ({name})"
        if name.endswith(".py"):
            shown = _OWN.sub("", file.removeprefix(_FIRMWARE))
            return _python_part(file), f"{function} ({shown})"
    return RTL, RTL


def _python_part(file: str) -> str:
    folders = file.split("/")
    if "host_side" in folders:
        inner = folders[folders.index("host_side") + 1]
        return LINUX.get(inner, LINUX_REST)
    if file.startswith(_FIRMWARE):
        return {"rpmsg_lite": RTOS_RPMSG, "apps": RTOS_APP}.get(folders[1], RTOS_KERNEL)
    return BENCH


def by_part(samples: Iterable[Sample]) -> dict[str, int]:
    """Return how many samples each part has, in the order of :data:`PARTS`."""
    counts: Counter[str] = Counter()
    for sample in samples:
        counts[sample.part] += sample.seen
    return {part: counts[part] for part in PARTS}


def by_function(samples: Iterable[Sample], most: int) -> list[tuple[str, str, int]]:
    """Return (part, function, samples) of the functions with the most, the RTL aside."""
    counts: Counter[tuple[str, str]] = Counter()
    for sample in samples:
        if sample.part != RTL:
            counts[sample.part, sample.function] += sample.seen
    return [(part, function, count) for (part, function), count in counts.most_common(most)]
