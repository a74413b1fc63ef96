# SPDX-License-Identifier: Apache-2.0
"""Latencies: figures and a histogram of each measure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.facts import Facts
from sim.report.markup import Markup, el, join, table
from sim.report.numbers import count, us, words
from sim.report.plot import Plot

_FIGURES = ("min", "mean", "p50", "p99", "max")
_BINS = 80
_HEIGHT = 230.0
Samples = Sequence[Sequence[int]]
"""(ns, how often), in ascending order."""


def latencies(facts: Facts) -> Markup:
    """Return the table of all measures and their histograms."""
    measures = facts.outcome["latency_ns"]
    rows = [_row(name, item) for name, item in measures.items()]
    heads = ["µs of simulated time", "count", *_FIGURES, "of the mean"]
    samples = _samples(facts)
    plots = [
        join((el("h3", words(name)), _histogram(words(name), item, samples[name])))
        for name, item in measures.items()
        if item["count"] and name in samples
    ]
    return join((table(heads, rows, "figures"), plots))


def _row(name: str, item: Mapping[str, Any]) -> list[str]:
    figures = [us(item[key]) for key in _FIGURES] if item["count"] else [""] * len(_FIGURES)
    parts = item.get("of_mean", {})
    of_mean = ", ".join(f"{part} {us(time)}" for part, time in parts.items() if time)
    return [words(name), count(item["count"]), *figures, of_mean]


def _samples(facts: Facts) -> dict[str, Samples]:
    try:
        found = json.loads(facts.artifact("latencies") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _histogram(name: str, item: Mapping[str, Any], samples: Samples) -> Markup:
    """Bars are logarithmic: the few slow ones are what a reader looks for."""
    low, high = item["min"], item["max"]
    margin = max(10.0, (high - low) * 0.02)
    plot = Plot(low - margin, high + margin, _HEIGHT)
    bins = _binned(samples, plot.low, plot.high)
    top = math.log10(max(bins.values()) + 1) * 1.08
    marks = [10**n for n in range(math.floor(math.log10(max(bins.values()))) + 1)]
    plot.y_axis("count (log)", [(math.log10(n + 1) / top, count(n)) for n in marks])
    step = (plot.high - plot.low) / _BINS
    for number, amount in bins.items():
        begin = plot.low + number * step
        tip = f"{us(begin)} to {us(begin + step)} µs: {count(amount)}"
        plot.bar(begin, begin + step, math.log10(amount + 1) / top, "bar", tip)
    _marks(plot, item)
    digits = 0 if high - low > 8000 else 1 if high - low > 800 else 2
    plot.x_axis("µs", lambda value: f"{value / 1000:.{digits}f}")
    figures = ", ".join(f"{key} {us(item[key])}" for key in _FIGURES)
    return plot.svg(f"Histogram of {name}, {count(item['count'])} samples: {figures} µs")


def _binned(samples: Samples, low: float, high: float) -> dict[int, int]:
    bins: dict[int, int] = {}
    for value, amount in samples:
        number = min(_BINS - 1, int((value - low) / (high - low) * _BINS))
        bins[number] = bins.get(number, 0) + amount
    return bins


def _marks(plot: Plot, item: Mapping[str, Any]) -> None:
    """Lines at the mean and the p99; labels that would cover each other share a place."""
    places: list[tuple[float, list[str]]] = []
    for key in ("mean", "p99", "max"):
        x = plot.x(item[key])
        if places and abs(places[-1][0] - x) < 60:
            places[-1][1].append(key)
        else:
            places.append((x, [key]))
    for x, names in places:
        plot.add(el("line", x1=x, x2=x, y1=plot.y(1), y2=plot.bottom, class_="mark"))
        side = "end" if x > 840 else ""
        plot.text(x - 5 if side else x + 5, plot.y(1) + 8, ", ".join(names), f"label {side}")
