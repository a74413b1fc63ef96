# SPDX-License-Identifier: Apache-2.0
"""The smaller sections of a report: checks, violations, logs, time, files, reproduction."""

from __future__ import annotations

import json
import shlex

from sim.report.facts import Facts
from sim.report.markup import Markup, el, join, table
from sim.report.numbers import count, counted, size, span, us, words
from sim.runs.files import REPRO_FILE
from sim.runs.waves import CLOCK_0_NS

_LOG_LINES = 40
_VIOLATIONS_SHOWN = 200
_LOGS = {
    "log": "Program",
    "uart0": "Linux console (UART0)",
    "uart1": "RTOS console (UART1)",
    "dmesg": "dmesg",
    "boot": "Boot chain",
    "simulator": "Simulator",
}


def checks(facts: Facts) -> Markup:
    """Return the checks with their reasons."""
    rows = [
        [mark(check["passed"]), words(name), check["reason"]]
        for name, check in facts.outcome["checks"].items()
    ]
    if not rows:
        return el("p", "The run did not come to its checks.", class_="note")
    return table(["", "check", "reason"], rows, "checks")


def mark(passed: bool) -> Markup:
    """Return a mark that is also read aloud."""
    kind, sign = ("passed", "✓") if passed else ("failed", "✗")
    return el("span", sign, class_=f"mark {kind}", title=kind, role="img", aria_label=kind)


def violations(facts: Facts) -> Markup | None:
    """Return what the referee found; each time can be copied into a waveform viewer."""
    found = facts.outcome["violations"]
    if found is None:
        return _unwatched(facts)
    if not found:
        return None
    rows = [
        [
            el("code", item["rule"]),
            item["severity"],
            *_times(facts, item["time_ns"]),
            "" if item["hart"] is None else str(item["hart"]),
            el("code", item["address"]),
            f"expected {item['expected']}, found {item['found']}",
            item["clause"],
        ]
        for item in found[:_VIOLATIONS_SHOWN]
    ]
    times = ["time", "in the waveform"][: len(_times(facts, 0))]
    heads = ["rule", "severity", *times, "hart", "address", "what", "clause"]
    more = len(found) - len(rows)
    rest = el("p", f"{count(more)} more in result.json", class_="note") if more > 0 else None
    note = None
    if "waves" not in facts.outcome["artifacts"]:
        text = "No waveform was recorded: ampsim run --waves-on-failure records one of the failure."
        note = el("p", text, class_="note")
    return join((table(heads, rows), rest, note))


def _times(facts: Facts, time_ns: int) -> list[Markup]:
    """Return a time since reset, and the same as a viewer of the waveform counts it."""
    times = [time_ns]
    if "waves" in facts.outcome["artifacts"]:
        times.append(time_ns + CLOCK_0_NS)
    return [copied(f"{time} ns") for time in times]


def _unwatched(facts: Facts) -> Markup:
    """Say that the referee did not look on, and how it is asked."""
    if "records" in facts.outcome["artifacts"]:
        words = ["ampsim", "check", str(facts.directory / facts.outcome["artifacts"]["records"])]
    else:
        words = ["ampsim", "run", "--repro", str(facts.directory / REPRO_FILE), "--referee"]
    text = "The referee did not look on (--no-referee). It judges the run afterwards with"
    return join((el("p", text, class_="note"), el("p", copied(shlex.join(words)))))


def waveform(facts: Facts) -> Markup | None:
    """Return how to open the waveform, where there is one."""
    if "waves" not in facts.outcome["artifacts"]:
        return None
    lines = "Signals in groups, values in words, and markers at messages and violations:"
    base = f"Time 0 of this page, the end of the reset, is at {CLOCK_0_NS} ns in the waveform."
    return join(
        (
            el("p", lines),
            el("p", base, class_="note"),
            [el("p", copied(text)) for text in viewer_commands(facts)],
        )
    )


def viewer_commands(facts: Facts) -> list[str]:
    """Return what opens the waveform in each viewer that it has a file for, from any folder."""
    artifacts = facts.outcome["artifacts"]
    words = [
        [*command, artifacts[name]]
        for name, command in (("gtkwave", ["gtkwave"]), ("surfer", ["surfer", "--command-file"]))
        if name in artifacts
    ]
    folder = shlex.join(["cd", str(facts.directory)])
    return [
        f"{folder} && {shlex.join(command)}"
        for command in words or [["gtkwave", artifacts["waves"]]]
    ]


def copied(text: str) -> Markup:
    """Return a text with a button that copies it."""
    button = el("button", "copy", type="button", data_copy=text, aria_label=f"copy {text}")
    return el("span", el("code", text), button, class_="copied")


def logs(facts: Facts) -> Markup:
    """Return the end of each log, open in a run that failed."""
    parts = []
    for name, title in _LOGS.items():
        lines = facts.artifact(name).replace("\r\n", "\n").rstrip("\n").split("\n")
        if lines == [""]:
            continue
        cut = len(lines) - _LOG_LINES
        file = facts.outcome["artifacts"][name]
        head = f"{title}: {counted(len(lines), 'lines')}" + (
            f", the last {_LOG_LINES}" if cut > 0 else ""
        )
        link = el("a", file, href=file)
        text = el("pre", "\n".join(lines[-_LOG_LINES:]), tabindex="0")
        opened = not facts.outcome["passed"] and name not in ("simulator", "boot")
        parts.append(el("details", el("summary", head), el("p", link), text, open=opened))
    return join(parts)


def time_spent(facts: Facts) -> Markup | None:
    """Return what the simulated time was spent on, and what the timing profile charges."""
    split = facts.outcome.get("time_split_ns", {})
    whole = sum(split.values())
    if not whole:
        return None
    names = {"rtl": "some hart has a bus transaction", "profile": "CPU time of the timing profile"}
    names["idle"] = "all harts sleep or are off"
    bars = [
        el("i", class_=part, style=f"width:{100 * time / whole:.2f}%", title=f"{part} {span(time)}")
        for part, time in split.items()
    ]
    keys = [
        el(
            "span",
            el("i", class_=f"key {part}"),
            f"{names[part]}: {span(time)}, ",
            _share(time, whole),
        )
        for part, time in split.items()
    ]
    legend = el("p", keys, class_="legend")
    return join((el("div", bars, class_="split"), legend, _profile(facts)))


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %"


def _profile(facts: Facts) -> Markup | None:
    try:
        rows = json.loads(facts.artifact("profile") or "[]")
    except ValueError:
        return None
    cells = [
        [el("code", row["name"]), us(row["ns"]), row["meaning"], row["source"]] for row in rows
    ]
    title = f"The timing profile: {len(rows)} constants and where each comes from"
    heads = ["constant", "µs", "meaning", "source"]
    return el("details", el("summary", title), table(heads, cells, "profile")) if rows else None


def reproduce(facts: Facts) -> Markup:
    """Return the commands that repeat the run."""
    repro = facts.directory / REPRO_FILE
    exact = copied(shlex.join(["ampsim", "run", "--repro", str(repro)]))
    plain = facts.repro.get("command")
    return join(
        (
            el("p", "Exactly, with everything that decides the run, and compared with it:"),
            el("p", exact),
            join((el("p", "The same from its options:"), el("p", copied(plain))))
            if plain
            else None,
            _versions(facts),
        )
    )


def _versions(facts: Facts) -> Markup:
    found = dict(facts.repro.get("versions", {}))
    digest = facts.outcome.get("event_log_sha256")
    if digest:
        found["event log, SHA-256"] = digest
    for name, file in facts.repro.get("files", {}).items():
        found[f"{words(name)}, SHA-256"] = file["sha256"]
    rows = [[name, el("code", value)] for name, value in found.items()]
    return table(["made with", ""], rows, "versions")


def files(facts: Facts) -> Markup:
    """Return links to the files of the run."""
    rows = []
    for name, file in facts.outcome["artifacts"].items():
        path = facts.directory / file
        octets = size(path.stat().st_size) if path.exists() and name != "report" else ""
        rows.append([el("a", file, href=file), words(name), octets])
    return table(["file", "is", "size"], rows, "files")
