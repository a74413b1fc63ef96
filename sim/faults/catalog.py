# SPDX-License-Identifier: Apache-2.0
"""The faults by name: their parameters, what they do, and how a user writes one.

A fault is a plain dict, as it stands in the run's configuration: ``{"name": "dropped-kick",
"to": "rtos", "nth": 3}``. On the command line it is ``dropped-kick:to=rtos,nth=3``. With
``nth=0`` it happens every time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sim.boards.model import Board
from sim.errors import AmpsimError
from sim.faults.ring_fields import FIELDS

Fault = dict[str, Any]
SIDES = ("linux", "rtos")


class FaultKind(NamedTuple):
    """A kind of fault: its parameters with their defaults, and the boards it exists on."""

    summary: str
    parameters: Mapping[str, int | str]
    socs: tuple[str, ...] = ("jh7110", "v821")
    upset: bool = False  # of the RTL's state, not of an access


KINDS: dict[str, FaultKind] = {
    "dropped-kick": FaultKind(
        "the nth store that rings the doorbell of a side never leaves the hart",
        {"to": "rtos", "nth": 1},
    ),
    "cleared-interrupt": FaultKind(
        "the nth doorbell interrupt of a side is cleared in the clock in which it is set",
        {"to": "rtos", "nth": 1},
        upset=True,
    ),
    "masked-interrupt": FaultKind(
        "a side's enable bit for the doorbell is never set: in the message box or the PLIC",
        {"of": "rtos", "at": "msgbox"},
        ("v821",),
    ),
    "wrong-id": FaultKind(
        "the nth kick of a side carries another notify id",
        {"to": "rtos", "nth": 1, "id": 7},
        ("v821",),
    ),
    "unpublished": FaultKind(
        "the nth index that a side publishes in a ring it sends on does not reach memory",
        {"by": "linux", "nth": 1},
    ),
    "altered-store": FaultKind(
        "the nth store of a side into a field of a ring carries another value",
        {"by": "linux", "ring": 1, "field": "desc.next", "nth": 1, "value": 0},
    ),
    "held-reset": FaultKind("the RTOS's hart is never let out of reset", {}),
    "link-down": FaultKind("Linux never tells the RTOS that its driver is there", {}),
    "stuck-slave": FaultKind(
        "from a time on, a register access gets no answer",
        {"after_us": 0},
        upset=True,
    ),
}

_CHOICES: dict[str, tuple[int | str, ...]] = {
    "to": SIDES,
    "of": SIDES,
    "by": SIDES,
    "at": ("msgbox", "plic"),
    "ring": (0, 1),
    "field": tuple(FIELDS),
}


def parse_fault(text: str) -> Fault:
    """Return the fault that a user has written as ``name:key=value,key=value``."""
    name, colon, rest = text.partition(":")
    fault: Fault = {"name": name}
    for word in rest.split(",") if colon else ():
        key, equals, value = word.partition("=")
        if not equals:
            raise AmpsimError(f"--fault {text}: expected key=value, found {word!r}")
        fault[key] = int(value) if value.isdecimal() else value
    return fault


def has_upsets(faults: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether a run with these faults writes into the RTL."""
    return any(KINDS[fault["name"]].upset for fault in faults)


def fault_text(fault: Mapping[str, Any]) -> str:
    """Return a fault as a user writes it."""
    words = [f"{key}={value}" for key, value in fault.items() if key != "name"]
    return str(fault["name"]) + (":" + ",".join(words) if words else "")


def checked_fault(fault: Mapping[str, Any], board: Board) -> Fault:
    """Return the fault with all its parameters; an :class:`AmpsimError` says why it is none."""
    name = fault.get("name")
    kind = KINDS.get(str(name))
    if kind is None:
        raise AmpsimError(f"unknown fault {name!r}: expected one of {', '.join(KINDS)}")
    if board.soc not in kind.socs:
        raise AmpsimError(f"fault {name}: expected a board with {kind.socs[0]}, found {board.name}")
    complete: Fault = {"name": name, **kind.parameters}
    for key, value in fault.items():
        if key != "name":
            complete[key] = _checked(str(name), kind, key, value)
    return complete


def _checked(name: str, kind: FaultKind, key: str, value: Any) -> int | str:
    """Return the value of one parameter."""
    if key not in kind.parameters:
        expected = ", ".join(kind.parameters) or "none"
        raise AmpsimError(f"fault {name}: unknown parameter {key!r}: expected {expected}")
    choices = _CHOICES.get(key)
    if choices is not None and value not in choices:
        expected = " or ".join(str(choice) for choice in choices)
        raise AmpsimError(f"fault {name}: {key}: expected {expected}, found {value!r}")
    if choices is None and (type(value) is not int or value < 0):
        raise AmpsimError(f"fault {name}: {key}: expected a number, found {value!r}")
    result: int | str = value
    return result
