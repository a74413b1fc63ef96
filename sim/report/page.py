# SPDX-License-Identifier: Apache-2.0
"""The report as one page that needs nothing but itself."""

from __future__ import annotations

from importlib import resources

from sim.report import sections
from sim.report.facts import Facts
from sim.report.hang import hang
from sim.report.latencies import latencies
from sim.report.markup import Markup, el, join
from sim.report.occupancy import occupancy
from sim.report.summary import figures, headline, unfinished
from sim.report.timeline import timelines
from sim.report.waterfall import waterfalls


def page(facts: Facts) -> str:
    """Return the page of a run."""
    parts = _sections(facts)
    links = [el("a", title, href=f"#{key}") for key, title, _ in parts]
    body = join(
        (
            headline(facts),
            el("nav", links, aria_label="sections"),
            el("main", [_section(*part) for part in parts]),
        )
    )
    title = f"{facts.outcome['scenario']} on {facts.outcome['board']}: "
    title += "passed" if facts.outcome["passed"] else "failed"
    head = join(
        (
            el("meta", charset="utf-8"),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("title", title),
            el("style", Markup(_resource("style.css"))),
        )
    )
    script = el("script", Markup(_resource("script.js")))
    document = el("html", el("head", head), el("body", body, script), lang="en")
    return f"<!DOCTYPE html>\n{document}\n"


def _sections(facts: Facts) -> list[tuple[str, str, Markup]]:
    """Return (key, title, content) of each section that has something to say."""
    outcome, life = facts.outcome, facts.life
    found: list[tuple[str, str, Markup | None]] = [
        ("why", "Why it ended", unfinished(facts)),
        ("hang", "The hang", hang(facts)),
        ("checks", "Checks", sections.checks(facts)),
        ("figures", "Figures", figures(facts)),
        ("violations", "Violations", sections.violations(facts)),
        ("latency", "Latency", latencies(facts) if outcome["latency_ns"] else None),
    ]
    if life is not None and life.messages:
        found += [
            ("stages", "Where the time of a message went", waterfalls(life)),
            ("rings", "Rings", occupancy(life)),
            ("timeline", "Messages step by step", timelines(life)),
        ]
    elif life is None:
        note = el("p", f"Messages cannot be shown: {facts.no_life}.", class_="note")
        found.append(("timeline", "Messages step by step", note))
    found += [
        ("waveform", "Waveform", sections.waveform(facts)),
        ("time", "What the simulated time was spent on", sections.time_spent(facts)),
        ("logs", "Logs", sections.logs(facts)),
        ("reproduce", "Reproduce", sections.reproduce(facts)),
        ("files", "Files", sections.files(facts)),
    ]
    return [(key, title, content) for key, title, content in found if content]


def _section(key: str, title: str, content: Markup) -> Markup:
    return el("section", el("h2", title), content, id=key)


def _resource(name: str) -> str:
    return resources.files("sim.report").joinpath(name).read_text()
