# SPDX-License-Identifier: Apache-2.0
"""Axes of an SVG plot, and what is drawn between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sim.report.markup import Child, Markup, el
from sim.report.numbers import ticks

WIDTH = 960.0
"""Of all plots, in units of their view box."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 16.0, 14.0, 44.0


class Plot:
    """A plot of ``height`` over x in [low, high]; y is given as a part of the plot's height."""

    def __init__(self, low: float, high: float, height: float) -> None:
        self.low, self.high = low, max(high, low + 1e-9)
        self.height = height
        self._parts: list[Markup] = []

    @property
    def bottom(self) -> float:
        """Return where the x axis lies."""
        return self.height - _BOTTOM

    def x(self, value: float) -> float:
        """Return the place of a value on the x axis."""
        part = (value - self.low) / (self.high - self.low)
        return _LEFT + part * (WIDTH - _LEFT - _RIGHT)

    def y(self, part: float) -> float:
        """Return the place of a part, 0 the bottom and 1 the top."""
        return self.bottom - part * (self.bottom - _TOP)

    def add(self, part: Markup) -> None:
        """Draw something."""
        self._parts.append(part)

    def x_axis(self, title: str, label: Callable[[float], str], wanted: int = 8) -> None:
        """Draw the x axis with its ticks."""
        for value in ticks(self.low, self.high, wanted):
            x = self.x(value)
            self.add(el("line", x1=x, x2=x, y1=self.bottom, y2=self.bottom + 5, class_="axis"))
            self.text(x, self.bottom + 18, label(value), "tick middle")
        self.add(
            el("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=self.bottom, y2=self.bottom, class_="axis")
        )
        self.text(WIDTH - _RIGHT, self.height - 6, title, "title end")

    def y_axis(self, title: str, marks: Iterable[tuple[float, str]]) -> None:
        """Draw grid lines at parts of the height."""
        for part, label in marks:
            y = self.y(part)
            self.add(el("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_="grid"))
            self.text(_LEFT - 8, y + 4, label, "tick end")
        self.text(4, self.height - 6, title, "title")

    def text(self, x: float, y: float, text: str, class_: str) -> None:
        """Write a text."""
        self.add(el("text", text, x=x, y=y, class_=class_))

    def bar(self, begin: float, end: float, part: float, class_: str, tip: str) -> None:
        """Draw a bar from the axis up; ``tip`` is shown when it is pointed at."""
        left, right, top = self.x(begin), self.x(end), self.y(part)
        width = max(1.0, right - left - 1)
        self.add(
            el(
                "rect",
                el("title", tip),
                x=left,
                y=top,
                width=width,
                height=max(0.0, self.bottom - top),
                class_=class_,
            )
        )

    def svg(self, label: str) -> Markup:
        """Return the picture; ``label`` says in words what it shows."""
        return svg(self.height, label, self._parts)


def svg(height: float, label: str, children: Child) -> Markup:
    """Return a picture as wide as its place, in a box that scrolls where that is too narrow."""
    picture = el("svg", children, viewBox=f"0 0 {WIDTH:g} {height:g}", role="img", aria_label=label)
    return el("div", picture, class_="scroll plot")
