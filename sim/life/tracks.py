# SPDX-License-Identifier: Apache-2.0
"""Tracks and slices of a Perfetto trace, written as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO

from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import TracePacket, TrackEvent
from perfetto.trace_builder.proto_builder import StreamingTraceProtoBuilder

_SEQUENCE = 1
"""All packets are of one writer."""


class Tracks:
    """Writes to ``file``; times are clocks of ``clock_ns`` each.

    The slices of one track must be given in order and must nest.
    """

    def __init__(self, file: IO[bytes], clock_ns: int) -> None:
        self._builder = StreamingTraceProtoBuilder(file)
        self._clock_ns = clock_ns
        self._count = 0

    def add(self, name: str, parent: int = 0) -> int:
        """Return a new track; tracks of one name below one parent are shown as one."""
        self._count += 1
        packet = self._builder.create_packet()
        packet.trusted_packet_sequence_id = _SEQUENCE
        if self._count == 1:
            packet.sequence_flags = TracePacket.SEQ_INCREMENTAL_STATE_CLEARED
        packet.track_descriptor.uuid = self._count
        packet.track_descriptor.name = name
        if parent:
            packet.track_descriptor.parent_uuid = parent
        self._builder.write_packet(packet)
        return self._count

    def slice(self, track: int, name: str, begin: int, end: int, flows: Sequence[int] = ()) -> None:
        """Write a slice without anything inside."""
        self.begin(track, name, begin, flows)
        self.end(track, end)

    def begin(
        self,
        track: int,
        name: str,
        cycle: int,
        flows: Sequence[int] = (),
        notes: Mapping[str, str | int] | None = None,
    ) -> None:
        """Begin a slice; slices with a flow in common are joined by arrows in order of time."""
        packet = self._event(track, cycle, TrackEvent.TYPE_SLICE_BEGIN)
        packet.track_event.name = name
        packet.track_event.flow_ids.extend(flows)
        for key, value in (notes or {}).items():
            note = packet.track_event.debug_annotations.add()
            note.name = key
            if isinstance(value, str):
                note.string_value = value
            else:
                note.int_value = value
        self._builder.write_packet(packet)

    def end(self, track: int, cycle: int) -> None:
        """End the slice that was begun last on the track."""
        self._builder.write_packet(self._event(track, cycle, TrackEvent.TYPE_SLICE_END))

    def _event(self, track: int, cycle: int, kind: int) -> TracePacket:
        packet = self._builder.create_packet()
        packet.trusted_packet_sequence_id = _SEQUENCE
        packet.timestamp = cycle * self._clock_ns
        packet.track_event.type = kind
        packet.track_event.track_uuid = track
        return packet


class Lanes:
    """Tracks of one name, as many as overlapping slices need."""

    def __init__(self, tracks: Tracks, name: str, parent: int) -> None:
        self._tracks, self._name, self._parent = tracks, name, parent
        self._lanes: list[tuple[int, int]] = []

    def at(self, begin: int, end: int) -> int:
        """Return a track that is free from ``begin`` on, and take it up to ``end``."""
        for place, (track, until) in enumerate(self._lanes):
            if until <= begin:
                self._lanes[place] = (track, end)
                return track
        track = self._tracks.add(self._name, self._parent)
        self._lanes.append((track, end))
        return track

    def slice(self, name: str, begin: int, end: int, flows: Sequence[int]) -> None:
        """Write a slice to a free lane."""
        self._tracks.slice(self.at(begin, end), name, begin, end, flows)
