# SPDX-License-Identifier: Apache-2.0
"""How full the two rings were over the run."""

from __future__ import annotations

from sim.life import Life, Message, Ring, Step
from sim.report.markup import Markup, el, join
from sim.report.numbers import span
from sim.report.plot import Plot

_BINS = 400
_HEIGHT = 150.0


def occupancy(life: Life) -> Markup:
    """Return a plot for each ring: messages on it, and those that the receiver has not freed."""
    legend = el(
        "p",
        el("span", el("i", class_="key ring"), "published, not taken"),
        el("span", el("i", class_="key held"), "and taken, not freed"),
        "most at any time of each interval",
        class_="legend",
    )
    return join((legend, [_ring(life, ring) for ring in (Ring.TO_RTOS, Ring.TO_LINUX)]))


def _ring(life: Life, ring: Ring) -> Markup:
    messages = [message for message in life.messages if message.ring is ring]
    begin, end = _traffic(life)
    on_ring = _levels(messages, Step.TAKE, begin, end)
    held = _levels(messages, Step.FREE, begin, end)
    most = max(held, default=0)
    top = max(most, 1) * 1.2
    clock_ms = life.clock_ns / 1e6
    plot = Plot(begin * clock_ms, end * clock_ms, _HEIGHT)
    marks = sorted({most, (most + 1) // 2, 0})
    plot.y_axis("messages", [(mark / top, str(mark)) for mark in marks])
    for levels, class_ in ((held, "held"), (on_ring, "ring")):
        plot.add(el("path", d=_steps(plot, levels, top), class_=class_))
    plot.x_axis("ms of simulated time", lambda value: f"{value:g}")
    title = f"Ring {int(ring)}, {ring.arrow}: {len(messages)} messages, at most {most} of "
    title += f"{life.board.rpmsg.rings.num} descriptors in use"
    return join((el("h3", title), plot.svg(f"{title}, over {span((end - begin) * life.clock_ns)}")))


def _traffic(life: Life) -> tuple[int, int]:
    """Return the part of the run that has messages, and a little before."""
    first = life.messages[0].steps[Step.PUBLISH]
    end = max(life.end, first + 1)
    return max(0, first - (end - first) // 50), end


def _levels(messages: list[Message], until: Step, begin: int, end: int) -> list[int]:
    """Return for each interval of [begin, end] the most messages between publication and a step."""
    changes: list[tuple[int, int]] = []
    for message in messages:
        changes.append((message.steps[Step.PUBLISH], 1))
        if until in message.steps:
            changes.append((message.steps[until], -1))
        elif message.lost:
            changes.append((max(message.steps.values()), -1))
    levels = [0] * _BINS
    level, at = 0, 0
    for cycle, change in sorted(changes):
        place = min(_BINS - 1, (cycle - begin) * _BINS // (end - begin))
        for between in range(at, place + 1):
            levels[between] = max(levels[between], level)
        level += change
        at = place
        levels[at] = max(levels[at], level)
    for between in range(at, _BINS):
        levels[between] = max(levels[between], level)
    return levels


def _steps(plot: Plot, levels: list[int], top: float) -> str:
    """Return the outline of the levels as path data."""
    width = (plot.high - plot.low) / len(levels)
    words = [f"M{plot.x(plot.low):.1f} {plot.bottom:.1f}"]
    last = None
    for number, level in enumerate(levels):
        if level != last:
            x = plot.x(plot.low + number * width)
            words.append(f"H{x:.1f}V{plot.y(level / top):.1f}")
            last = level
    words.append(f"H{plot.x(plot.high):.1f}V{plot.bottom:.1f}Z")
    return "".join(words)
