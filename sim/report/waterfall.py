# SPDX-License-Identifier: Apache-2.0
"""Where the time of a path went: the mean, the p99 and the worst, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping

from sim.life import Life
from sim.life.summary import PathFigures, Split, summarise
from sim.report.markup import Markup, el, join
from sim.report.numbers import count, us

PARTS = {"rtl": "RTL", "profile": "CPU time of the timing profile", "waiting": "waiting"}
_MOST_WAITS = 4


def waterfalls(life: Life) -> Markup:
    """Return a waterfall for every kind of path, that of the round trips first and open."""
    figures = summarise(life)
    return join((legend(), [_path(path, number == 0) for number, path in enumerate(figures)]))


def legend() -> Markup:
    """Return what the colours mean."""
    items = [el("span", el("i", class_=f"key {part}"), text) for part, text in PARTS.items()]
    return el("p", items, class_="legend")


def _path(path: PathFigures, opened: bool) -> Markup:
    title = (
        f"{path.name}: {count(path.count)} of them, mean {us(path.mean_ns)} µs, "
        f"p99 {us(path.quantile(99))} µs, worst {us(path.latencies[-1])} µs"
    )
    columns = {"mean": path.mean, "p99": path.p99, "worst": path.worst}
    key = "".join(letter for letter in path.name if letter.isalnum())
    tabs: list[Markup] = []
    for number, name in enumerate(columns):
        choice = f"{key}-{name}"
        tabs.append(el("input", type="radio", name=key, id=choice, checked=number == 0))
        tabs.append(el("label", name, for_=choice))
    views = [_view(path, name, splits) for name, splits in columns.items()]
    return el(
        "details",
        el("summary", title),
        el("div", tabs, views, class_="tabs"),
        _waits(path),
        open=opened,
    )


def _view(path: PathFigures, name: str, splits: Mapping[str, Split]) -> Markup:
    """One row a stage: its name, its bar where it lies in the path, its figures."""
    whole = sum(split.total for split in splits.values()) or 1.0
    rows = []
    begin = 0.0
    for stage in path.stages:
        split = splits.get(stage)
        if split is None:
            continue
        parts = [(part, getattr(split, part)) for part in PARTS]
        rows.append(
            el(
                "tr",
                el("th", stage, scope="row"),
                el("td", _bar(begin, parts, whole), class_="bars"),
                [el("td", us(time) if time else "", class_="n") for _, time in parts],
                el("td", us(split.total), class_="n all"),
            )
        )
        begin += split.total
    totals = [sum(getattr(split, part) for split in splits.values()) for part in PARTS]
    foot = el(
        "tr",
        el("th", "all", scope="row"),
        el("td", _bar(0.0, list(zip(PARTS, totals, strict=True)), whole), class_="bars"),
        [el("td", us(total) if total else "", class_="n") for total in totals],
        el("td", us(sum(totals)), class_="n all"),
    )
    heads = ["until", f"{name} path, µs", *PARTS, "all"]
    head = el("thead", el("tr", [el("th", text, scope="col") for text in heads]))
    body = el("table", head, el("tbody", rows), el("tfoot", foot), class_="waterfall")
    return el("div", body, class_=f"scroll view view-{name}")


def _bar(begin: float, parts: list[tuple[str, float]], whole: float) -> Markup:
    bars = []
    for part, time in parts:
        if time:
            place = f"left:{100 * begin / whole:.2f}%;width:max(1px,{100 * time / whole:.2f}%)"
            bars.append(el("i", class_=part, style=place, title=f"{PARTS[part]}: {us(time)} µs"))
            begin += time
    return el("span", bars, class_="track")


def _waits(path: PathFigures) -> Markup:
    """Say what was waited for, in the mean."""
    waits = [
        (total / path.count, stage, what)
        for stage, figures in path.stages.items()
        for what, total in figures.waiting.items()
    ]
    worst = sorted(waits, reverse=True)[:_MOST_WAITS]
    parts = [f"{us(time)} µs for {what} (until {stage})" for time, stage, what in worst]
    return el("p", f"Waiting, of the mean: {', '.join(parts) or 'none'}.", class_="note")
