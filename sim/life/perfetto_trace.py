# SPDX-License-Identifier: Apache-2.0
"""A Perfetto trace of a run: threads, bus, interrupt lines of each hart; messages with flows.

ui.perfetto.dev and trace_processor read it. Tracks are described in docs/messages.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, NamedTuple

from sim.life.activity import HartActivity
from sim.life.link import EXTERNAL, SOFT
from sim.life.message import Message, Ring, Step
from sim.life.run import Life
from sim.life.stages import message_stages
from sim.life.tracks import Lanes, Tracks
from sim.records import Kind

_TIMER = 2
_LINES = {"soft": SOFT, "timer": _TIMER, "external": EXTERNAL}


class Span(NamedTuple):
    """A part of the run in clocks."""

    begin: int
    end: int


def write_perfetto(life: Life, file: IO[bytes], spans: Sequence[Span] | None = None) -> None:
    """Write the trace; its times are simulated ns since reset.

    ``spans``, in order and apart from each other, limit it to parts of the run; a message belongs
    to it when it is published in one of them.
    """
    if spans is None:
        spans = [Span(0, life.end)]
    tracks = Tracks(file, life.clock_ns)
    messages = tracks.add("messages")
    rtl = tracks.add("rtl doorbells")
    harts = [_hart_track(tracks, life, index) for index in range(len(life.activity))]
    for index, activity in enumerate(life.activity):
        _write_hart(tracks, harts[index], activity, spans)
    whole = {ring: Lanes(tracks, ring.arrow, messages) for ring in Ring}
    bells = {ring: Lanes(tracks, f"doorbell {ring.arrow}", rtl) for ring in Ring}
    ends = [Lanes(tracks, "rpmsg", hart) for hart in harts]
    for message in _published(life.messages, spans):
        _write_message(life, tracks, whole[message.ring], message)
        _write_flow(life, bells[message.ring], ends, message)


def _hart_track(tracks: Tracks, life: Life, index: int) -> int:
    hart = life.board.harts[index]
    system = "rtos" if index == life.link.rtos else "linux"
    return tracks.add(f"hart {hart.hart_id} ({system})")


def _published(messages: Iterable[Message], spans: Sequence[Span]) -> Iterator[Message]:
    """Yield the messages that were published in the spans."""
    for message in messages:
        at = message.steps[Step.PUBLISH]
        if any(span.begin <= at <= span.end for span in spans):
            yield message


def _write_hart(tracks: Tracks, parent: int, activity: HartActivity, spans: Sequence[Span]) -> None:
    threads = tracks.add("threads", parent)
    for span in spans:
        for since, until, name in activity.threads(*span):
            if name != "off":
                tracks.slice(threads, name, since, until)
    bus = tracks.add("bus", parent)
    names = {kind.value: kind.name.lower() for kind in Kind}
    for span in spans:
        for since, until, kind, address in activity.transactions(*span):
            tracks.slice(bus, f"{names[kind]} 0x{address:x}", since, until)
    for name, bit in _LINES.items():
        track = tracks.add(f"line {name}", parent)
        for span in spans:
            for since, until in _up(activity.levels_in(*span), bit, span.end):
                tracks.slice(track, name, since, until)


def _up(levels: Iterable[tuple[int, int]], bit: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield from when to when a line is up."""
    risen = None
    for cycle, level in levels:
        if level & bit and risen is None:
            risen = cycle
        elif not level & bit and risen is not None:
            yield risen, cycle
            risen = None
    if risen is not None:
        yield risen, end


def _write_message(life: Life, tracks: Tracks, lanes: Lanes, message: Message) -> None:
    """The message from its first to its last step, with its stages inside."""
    begin, end = min(message.steps.values()), max(message.steps.values())
    track = lanes.at(begin, end)
    tracks.begin(track, _title(message), begin, [message.number + 1], _notes(life, message))
    for stage in message_stages(life, message):
        if stage.clocks:
            tracks.slice(track, stage.name, stage.begin, stage.end)
    tracks.end(track, end)


def _write_flow(life: Life, bell: Lanes, ends: list[Lanes], message: Message) -> None:
    """Sender, doorbell, receiver: slices that the message's arrow connects."""
    steps, flow = message.steps, [message.number + 1]
    title = _title(message)
    kick, take = steps.get(Step.KICK), steps.get(Step.TAKE)
    sent = kick if kick is not None else steps[Step.PUBLISH]
    ends[life.link.sender[message.ring]].slice(f"send {title}", min(steps.values()), sent, flow)
    line = steps.get(Step.LINE)
    if kick is not None and line is not None:
        bell.slice(title, kick, line, flow)
    if take is not None:
        begin = steps.get(Step.IRQ, take)
        arrived = message.arrived
        until = max(take, begin + 1) if arrived is None else arrived
        ends[life.link.receiver[message.ring]].slice(f"receive {title}", begin, until, flow)


def _title(message: Message) -> str:
    return f"#{message.number} {message.channel or f'0x{message.dst:x}'}"


def _notes(life: Life, message: Message) -> dict[str, str | int]:
    latency = message.latency
    return {
        "channel": message.channel,
        "src": message.src,
        "dst": message.dst,
        "length": len(message.payload),
        "payload": message.payload.decode("ascii", "backslashreplace"),
        "descriptor": message.descriptor,
        "latency_ns": -1 if latency is None else latency * life.clock_ns,
    }
