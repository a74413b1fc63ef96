# SPDX-License-Identifier: Apache-2.0
"""The first, the worst and any failed message, step by step across Linux, RTL and RTOS."""

from __future__ import annotations

from collections.abc import Iterator

from sim.life import Exchange, Life, Message, Ring
from sim.life.stages import Stage, exchange_stages, message_stages
from sim.report.lanes import Lanes
from sim.report.markup import Markup, el, join, table
from sim.report.numbers import count, span, us

Path = Exchange | Message
_FAILED_SHOWN = 4
_UNTAKEN_TAIL = 20.0
"""Share of a failed message's own time that is shown after its last step."""


def timelines(life: Life) -> Markup:
    """Return a picture for each of them, and its steps as a table."""
    return join(_timeline(life, title, path) for title, path in chosen_paths(life))


def chosen_paths(life: Life) -> Iterator[tuple[str, Path]]:
    """Yield the title and the path of what is worth a picture."""
    for message in failed_messages(life)[:_FAILED_SHOWN]:
        fate = "Lost" if message.lost else "Not received"
        yield f"{fate}: {_named(message)}", message
    arrived = [message for message in life.messages if message.arrived is not None]
    paths: list[Path] = [*life.exchanges] or [*arrived]
    if paths:
        worst = max(paths, key=lambda path: path.latency or 0)
        yield f"First {_named(paths[0])}", paths[0]
        if worst is not paths[0]:
            yield f"Worst {_named(worst)}", worst


def failed_messages(life: Life) -> list[Message]:
    """Return the messages that were lost or had not arrived when the run ended."""
    return [message for message in life.messages if message.arrived is None]


def _named(path: Path) -> str:
    if isinstance(path, Exchange):
        numbers = f"messages #{path.request.number} and #{path.answer.number}"
        return f"{path.name} round trip, number {count(path.number)} ({numbers})"
    channel = path.channel or f"0x{path.dst:x}"
    return f"message #{path.number} {path.ring.arrow}, {channel}, {len(path.payload)} bytes"


def _timeline(life: Life, title: str, path: Path) -> Markup:
    clock_ns = life.clock_ns
    if isinstance(path, Exchange):
        stages, messages = exchange_stages(life, path), [path.request, path.answer]
        begin, end = path.begin, path.end
    else:
        stages, messages = message_stages(life, path), [path]
        begin, end = min(path.steps.values()), max(path.steps.values())
        if path.arrived is None:
            end = min(life.end, end + max(100, int((end - begin) * _UNTAKEN_TAIL)))
    took = f"{us((end - begin) * clock_ns)} µs from {span(begin * clock_ns)} on"
    if path.latency is None:
        took = f"sent from {span(begin * clock_ns)} on"
    picture = Lanes(life, begin, max(end, begin + 1)).picture(stages, messages, f"{title}: {took}")
    return el(
        "section",
        el("h3", f"{title}, {took}"),
        picture,
        el("details", el("summary", "its steps"), _steps(life, stages)),
        class_="timeline",
    )


def _steps(life: Life, stages: list[Stage]) -> Markup:
    rows = []
    for stage in stages:
        hart = life.board.harts[stage.hart].hart_id
        side = "RTOS" if stage.hart == life.link.receiver[Ring.TO_RTOS] else "Linux"
        parts = (stage.rtl, stage.profile, stage.waited)
        times = [us(part * life.clock_ns) if part else "" for part in parts]
        waits = ", ".join(stage.waiting)
        at = count(stage.end * life.clock_ns)
        took = us(stage.clocks * life.clock_ns)
        rows.append([stage.name, f"{side}, hart {hart}", at, took, *times, waits])
    heads = ["step", "where", "at, ns", "took, µs", "rtl", "profile", "waiting", "for"]
    return table(heads, rows, "figures")
