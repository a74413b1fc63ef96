# SPDX-License-Identifier: Apache-2.0
"""The head of a report: what was run, whether it passed, and its figures."""

from __future__ import annotations

from sim.boards import load_board
from sim.errors import AmpsimError
from sim.report.facts import Facts
from sim.report.markup import Markup, el, join
from sim.report.numbers import count, span, us, words


def headline(facts: Facts) -> Markup:
    """Return what was run and its verdict in large."""
    outcome = facts.outcome
    verdict = "passed" if outcome["passed"] else "broke down" if facts.error else "failed"
    kind = "passed" if outcome["passed"] else "failed"
    version = facts.repro.get("versions", {})
    meta = [
        ("simulator", f"{outcome['simulator']} {version.get(outcome['simulator'], '')}".strip()),
        ("seed", str(outcome["seed"])),
        ("ampsim", str(version.get("ampsim", ""))),
    ]
    return el(
        "header",
        el("p", "ampsim", class_="brand"),
        el("h1", outcome["scenario"], el("small", f"on {_board(facts)}")),
        el("p", verdict, class_=f"verdict {kind}"),
        el("dl", [el("div", el("dt", key), el("dd", text)) for key, text in meta if text]),
        class_=kind,
    )


def _board(facts: Facts) -> str:
    try:
        return load_board(facts.run.get("board", facts.outcome["board"])).title
    except AmpsimError:
        return str(facts.outcome["board"])


def unfinished(facts: Facts) -> Markup | None:
    """Return why a run broke down, or what failed."""
    if facts.error:
        return el("p", facts.error, class_="reason")
    failed = [
        f"{words(name)}: {check['reason']}"
        for name, check in facts.outcome["checks"].items()
        if not check["passed"]
    ]
    return join(el("p", reason, class_="reason") for reason in failed) if failed else None


def figures(facts: Facts) -> Markup:
    """Return the run in a few large numbers."""
    outcome = facts.outcome
    cards: list[tuple[str, str]] = []
    if "messages" in outcome:
        cards.append((count(outcome["messages"]), outcome["unit"]))
    for name, item in outcome["latency_ns"].items():
        if item["count"]:
            cards.append((f"{us(item['mean'])} µs", f"{words(name)}, mean"))
            cards.append((f"{us(item['max'])} µs", f"{words(name)}, worst"))
    if "sim_time_ns" in outcome:
        cards.append((span(outcome["sim_time_ns"]), "simulated"))
        cards.append((count(outcome["bus_transactions"]), "bus transactions"))
    if outcome.get("wall_time_s"):
        cards.append((f"{outcome['wall_time_s']:.2f} s", "of wall time"))
    if outcome["violations"]:
        cards.append((count(len(outcome["violations"])), "violations"))
    items = [el("div", el("b", value), el("span", name)) for value, name in cards[:10]]
    return el("div", items, class_="cards")
