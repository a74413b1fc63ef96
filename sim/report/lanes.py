# SPDX-License-Identifier: Apache-2.0
"""A part of the run as lanes: Linux's hart, the RTL between, the RTOS's hart."""

from __future__ import annotations

from collections.abc import Iterable

from sim.life import Life, Message, Ring, Step
from sim.life.stages import Stage
from sim.report.markup import Markup, el
from sim.report.numbers import span, ticks, us
from sim.report.plot import WIDTH, svg

_LEFT, _RIGHT = 104.0, 10.0
_HEIGHT = 298.0
_BOX, _STRIP, _ROW = 54.0, 15.0, 12.0
_LINUX, _LINUX_THREADS = 10.0, 66.0
_RTL_BELLS, _RTL_BUS = 104.0, 130.0
_RTOS, _RTOS_THREADS = 184.0, 240.0
_AXIS = 272.0
_LETTER = 6.4
"""Width of a letter of a label."""
_UPRIGHT = 10.0
"""A box this wide takes a label from its foot up."""
_IDLE = ("swapper", "tidle", "off", "idle")


class Lanes:
    """Lanes over the clocks [begin, end]."""

    def __init__(self, life: Life, begin: int, end: int) -> None:
        self._life, self._begin, self._end = life, begin, end
        self._parts: list[Markup] = []

    def picture(self, stages: Iterable[Stage], messages: Iterable[Message], label: str) -> Markup:
        """Return the picture of a path of these stages."""
        life = self._life
        self._axis()
        for name, y, hart, threads in (
            ("Linux", _LINUX, life.link.linux, _LINUX_THREADS),
            ("RTOS", _RTOS, life.link.rtos, _RTOS_THREADS),
        ):
            self._label(name, f"hart {life.board.harts[hart].hart_id}", y + 17)
            self._text(_LEFT - 10, threads + 11, "threads", "tick end")
            self._threads(hart, threads)
        self._label("RTL", "", _RTL_BELLS + 14)
        for row, hart in enumerate((life.link.linux, life.link.rtos)):
            y = _RTL_BUS + row * (_ROW + 4)
            side = "Linux" if row == 0 else "RTOS"
            self._text(_LEFT - 10, y + 10, f"bus of {side}", "tick end")
            self._bus(hart, y)
        for stage in stages:
            self._stage(stage)
        for message in messages:
            self._doorbell(message)
        return svg(_HEIGHT, label, self._parts)

    def _x(self, cycle: int) -> float:
        part = (cycle - self._begin) / (self._end - self._begin)
        return _LEFT + min(1.0, max(0.0, part)) * (WIDTH - _LEFT - _RIGHT)

    def _label(self, name: str, hart: str, y: float) -> None:
        self._text(8, y, name, "lane")
        if hart:
            self._text(8, y + 16, hart, "tick")

    def _text(self, x: float, y: float, text: str, class_: str) -> None:
        self._parts.append(el("text", text, x=x, y=y, class_=class_))

    def _box(self, place: tuple[int, int], y: float, height: float, class_: str, tip: str) -> float:
        """Draw a box over clocks; return its width."""
        left, right = self._x(place[0]), self._x(place[1])
        width = max(0.6, right - left - (0.6 if right - left > 3 else 0))
        self._parts.append(
            el("rect", el("title", tip), x=left, y=y, width=width, height=height, class_=class_)
        )
        return width

    def _fit(self, place: tuple[int, int], y: float, width: float, text: str) -> None:
        """Write into a box what fits; a long name without the word before its last."""
        for candidate in (text, text.rpartition(" ")[2]):
            if len(candidate) * _LETTER + 6 < width:
                middle = (self._x(place[0]) + self._x(place[1])) / 2
                self._text(middle, y, candidate, "inside middle")
                return

    def _fit_upright(self, place: tuple[int, int], y: float, text: str) -> None:
        """Write into a narrow box from its foot up."""
        x = (self._x(place[0]) + self._x(place[1])) / 2 + 3.5
        turn = f"rotate(-90 {x:.1f} {y:.1f})"
        word = text.rpartition(" ")[2]
        self._parts.append(el("text", word, x=x, y=y, transform=turn, class_="inside upright"))

    def _stage(self, stage: Stage) -> None:
        """A stage in the lane of its hart; what rings and raises lines is the RTL's."""
        clock_ns = self._life.clock_ns
        parts = ", ".join(
            f"{name} {us(clocks * clock_ns)}"
            for name, clocks in (
                ("rtl", stage.rtl),
                ("profile", stage.profile),
                *((f"waiting for {thread}", clocks) for thread, clocks in stage.waiting.items()),
            )
            if clocks
        )
        tip = f"until {stage.name}: {us(stage.clocks * clock_ns)} µs ({parts or 'no time'})"
        place = (stage.begin, stage.end)
        if stage.name.endswith(Step.LINE.value):
            return
        rtos = stage.hart == self._life.link.rtos
        waits = " waits" if stage.waited > stage.clocks / 2 else ""
        y = _RTOS if rtos else _LINUX
        width = self._box(place, y, _BOX, f"stage {'rtos' if rtos else 'linux'}{waits}", tip)
        if width > _UPRIGHT and len(stage.name.rpartition(" ")[2]) * _LETTER + 6 >= width:
            self._fit_upright(place, y + _BOX - 4, stage.name)
        else:
            self._fit(place, y + _BOX / 2 + 4, width, stage.name)

    def _threads(self, hart: int, y: float) -> None:
        for begin, end, name in self._life.activity[hart].threads(self._begin, self._end):
            class_ = "thread idle" if name.startswith(_IDLE) else "thread"
            tip = f"{name}: {us((end - begin) * self._life.clock_ns)} µs"
            width = self._box((begin, end), y, _STRIP, class_, tip)
            self._fit((begin, end), y + 11, width, name)

    def _bus(self, hart: int, y: float) -> None:
        """One line for all transactions: a path is smaller than a box for each."""
        words = [
            f"M{self._x(begin):.1f} {y:g}H{max(self._x(end), self._x(begin) + 0.5):.1f}v{_ROW:g}"
            f"H{self._x(begin):.1f}Z"
            for begin, end, _, _ in self._life.activity[hart].transactions(self._begin, self._end)
        ]
        tip = f"{len(words)} bus transactions"
        self._parts.append(el("path", el("title", tip), d="".join(words), class_="rtl"))

    def _doorbell(self, message: Message) -> None:
        """From the kick over the doorbell's bus write and line to the receiver."""
        kick = message.steps.get(Step.KICK)
        if kick is None or not self._begin <= kick <= self._end:
            return
        line = message.steps.get(Step.LINE)
        heard = message.steps.get(Step.IRQ, line)
        if heard is None:
            heard = message.steps.get(Step.TAKE)
        down = message.ring is Ring.TO_RTOS
        here, there = (_LINUX + _BOX, _RTOS) if down else (_RTOS, _LINUX + _BOX)
        until = kick if line is None else line
        took = us((until - kick) * self._life.clock_ns)
        tip = f"doorbell of #{message.number}: {took} µs"
        if line is None:
            tip = f"doorbell of #{message.number}: the line was up already, or never came up"
        self._box((kick, until), _RTL_BELLS, _STRIP + 4, "bell", tip)
        edges = (_RTL_BELLS, _RTL_BELLS + _STRIP + 4)
        near, far = edges if down else edges[::-1]
        arrow = f"M{self._x(kick):.1f} {here:g}V{near:g}"
        if heard is not None and heard <= self._end:
            arrow += f"M{self._x(until):.1f} {far:g}L{self._x(heard):.1f} {there:g}"
        self._parts.append(el("path", d=arrow, class_="arrow"))

    def _axis(self) -> None:
        clock_ns = self._life.clock_ns
        end = (self._end - self._begin) * clock_ns
        for value in ticks(0, end, 9):
            x = _LEFT + value / end * (WIDTH - _LEFT - _RIGHT)
            self._parts.append(
                el("line", x1=x, x2=x, y1=_LINUX, y2=_AXIS, class_="grid under"),
            )
            self._text(x, _AXIS + 14, span(value) if value else "0", "tick middle")
