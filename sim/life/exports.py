# SPDX-License-Identifier: Apache-2.0
"""The files of a run's messages for other tools; of a long run, what part the timeline covers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sim.life.json_lines import write_json_lines
from sim.life.message import Message
from sim.life.packet_capture import write_pcapng
from sim.life.perfetto_trace import Span, write_perfetto
from sim.life.run import Life
from sim.whole_file import whole_file

TIMELINE_MESSAGES = 5000
"""A run of more messages has a timeline of some of them only: 20 MB are enough for a viewer."""
FIRST_MESSAGES = 400
AROUND_MESSAGES = 50
"""Neighbours on either side of a message that the timeline shows."""
LOST_SHOWN = 10

EXPORTS = {"messages": "messages.jsonl", "perfetto": "trace.pftrace", "pcapng": "messages.pcapng"}
"""Artifacts of a run that are made from its record stream."""


class Exports(NamedTuple):
    """What was written: artifacts by name; ``spans`` of the timeline, None for all of the run."""

    files: dict[str, str]
    spans: list[Span] | None


def write_exports(life: Life, directory: Path) -> Exports:
    """Write all files; raises AmpsimError when one cannot be written, which is then not there."""
    spans = timeline_spans(life)
    export_json_lines(life, directory / EXPORTS["messages"])
    export_pcapng(life, directory / EXPORTS["pcapng"])
    export_perfetto(life, directory / EXPORTS["perfetto"], spans)
    return Exports(dict(EXPORTS), spans)


def export_json_lines(life: Life, path: Path) -> None:
    """Write one JSON object a message."""
    with whole_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        write_json_lines(life, text)
        text.flush()
        text.detach()


def export_pcapng(life: Life, path: Path) -> None:
    """Write the packet capture."""
    with whole_file(path) as file:
        write_pcapng(life, file)


def export_perfetto(life: Life, path: Path, spans: Sequence[Span] | None = None) -> None:
    """Write the Perfetto trace."""
    with whole_file(path) as file:
        write_perfetto(life, file, spans)


def timeline_spans(life: Life) -> list[Span] | None:
    """Return the spans that the timeline of a long run covers, None when it covers everything.

    They hold the first messages, and those around the slowest exchange, the slowest message and the
    first lost ones.
    """
    messages = life.messages
    if len(messages) <= TIMELINE_MESSAGES:
        return None
    spans = [Span(0, _end(messages[FIRST_MESSAGES - 1]))]
    slow = [message for message in messages if message.latency is not None]
    shown = sorted(slow, key=lambda message: -(message.latency or 0))[:1]
    if life.exchanges:
        shown.append(max(life.exchanges, key=lambda exchange: exchange.latency).request)
    shown += [message for message in messages if message.lost][:LOST_SHOWN]
    for message in shown:
        first = messages[max(0, message.number - AROUND_MESSAGES)]
        last = messages[min(len(messages) - 1, message.number + AROUND_MESSAGES)]
        spans.append(Span(min(first.steps.values()), max(_end(last), _end(message))))
    return _merged(spans)


def _end(message: Message) -> int:
    return max(message.steps.values())


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.begin <= merged[-1].end:
            merged[-1] = Span(merged[-1].begin, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
