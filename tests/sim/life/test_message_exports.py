# SPDX-License-Identifier: Apache-2.0
"""The files of ``ampsim messages`` hold every message, and the tools they are for read them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from pcapng import FileScanner
from pcapng.blocks import EnhancedPacket
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

from sim import life as life_package
from sim.cli import main
from sim.life import Ring, Step

DISSECTOR = Path(life_package.__file__).with_name("rpmsg.lua")


@pytest.fixture(scope="module")
def files(recorded, tmp_path_factory) -> Path:
    """What the command writes, once a board."""
    folder = tmp_path_factory.mktemp("files")
    names = ("perfetto", "pcapng", "json")
    options = [word for name in names for word in (f"--{name}", str(folder / name))]
    said = StringIO()
    with redirect_stdout(said):
        assert main(["messages", str(recorded.directory), *options]) == 0
    counts = "200 round trips, 0 of them not as measured; events without a message: none"
    assert counts in " ".join(said.getvalue().split())
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    return folder


def test_json_lines(recorded, files):
    lines = [json.loads(line) for line in (files / "json").read_text().splitlines()]
    messages = recorded.life.messages
    assert [bytes.fromhex(line["payload"]) for line in lines] == [m.payload for m in messages]
    for line in lines:
        times = list(line["steps_ns"].values())
        assert times == sorted(times)
        assert sum(stage["ns"] for stage in line["stages"]) == times[-1] - times[0]
        for stage in line["stages"]:
            parts = stage["rtl_ns"] + stage["profile_ns"] + sum(stage["waiting_ns"].values())
            assert parts == stage["ns"]


def test_packets_of_the_capture(recorded, files):
    with (files / "pcapng").open("rb") as file:
        packets = [block for block in FileScanner(file) if isinstance(block, EnhancedPacket)]
    messages = recorded.life.messages
    assert [packet.packet_data for packet in packets] == [message.raw for message in messages]
    for packet, message in zip(packets, messages, strict=True):
        assert packet.interface.link_type == 147
        assert packet.interface.options["if_name"] == message.ring.arrow
        time = packet.timestamp_high << 32 | packet.timestamp_low
        assert time == message.steps[Step.PUBLISH] * recorded.life.clock_ns
        assert f"channel={message.channel} " in packet.options["opt_comment"]


def tshark(capture: Path, *options: str) -> list[str]:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed (apt-get install tshark)")
    command = ["tshark", "-X", f"lua_script:{DISSECTOR}", "-r", str(capture), *options]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert "Lua" not in result.stderr, result.stderr
    return result.stdout.splitlines()


def test_wireshark_dissects_every_message(recorded, files):
    names = ("src", "dst", "len", "text", "ns.name", "ns.addr")
    fields = [word for name in names for word in ("-e", f"rpmsg.{name}")]
    interface = ("-e", "frame.interface_name")
    rows = tshark(files / "pcapng", "-T", "fields", *fields, *interface)
    found = [row.split("\t") for row in rows]
    assert len(found) == len(recorded.life.messages)
    for row, message in zip(found, recorded.life.messages, strict=True):
        assert [int(cell, 16) for cell in row[:2]] == [message.src, message.dst]
        assert int(row[2]) == len(message.payload)
        assert row[6] == message.ring.arrow
        if message.channel == "name service":
            assert row[4] == message.payload[:32].split(b"\0")[0].decode()
            assert int(row[5], 16) == message.src
        elif message.channel == "rpmsg_chrdev":
            assert row[3] == message.payload.decode()


def test_wireshark_filters_by_field(files):
    rows = tshark(files / "pcapng", "-Y", 'rpmsg.text == "hello there 7!"')
    assert len(rows) == 2
    assert all("14 bytes: hello there 7!" in row for row in rows)
    assert not tshark(files / "pcapng", "-Y", "_ws.malformed || rpmsg.short")


@cache
def parsed(path: Path):
    """Tracks by uuid, and the slices as (track, begin, end, name, flows); they have to nest."""
    trace = Trace()
    trace.ParseFromString(path.read_bytes())
    tracks = {}
    stacks = defaultdict(list)
    slices = []
    for packet in trace.packet:
        if packet.HasField("track_descriptor"):
            tracks[packet.track_descriptor.uuid] = packet.track_descriptor
            continue
        event = packet.track_event
        if event.type == TrackEvent.TYPE_SLICE_BEGIN:
            stacks[event.track_uuid].append((packet.timestamp, event.name, list(event.flow_ids)))
        else:
            begin, name, flows = stacks[event.track_uuid].pop()
            assert begin <= packet.timestamp
            slices.append((event.track_uuid, begin, packet.timestamp, name, flows))
    assert not any(stacks.values())
    return tracks, slices


def path_of(tracks, uuid: int) -> str:
    names = []
    while uuid:
        names.append(tracks[uuid].name)
        uuid = tracks[uuid].parent_uuid
    return "/".join(reversed(names))


def test_perfetto_has_a_track_for_everything(recorded, files):
    tracks, slices = parsed(files / "perfetto")
    used = {path_of(tracks, entry[0]) for entry in slices}
    life = recorded.life
    for index in (life.link.linux, life.link.rtos):
        system = "linux" if index == life.link.linux else "rtos"
        hart = f"hart {life.board.harts[index].hart_id} ({system})"
        assert {f"{hart}/{name}" for name in ("threads", "bus", "rpmsg")} <= used
        assert any(name.startswith(f"{hart}/line ") for name in used)
    assert {f"messages/{ring.arrow}" for ring in Ring} <= used
    bus = sum(path_of(tracks, entry[0]).endswith("/bus") for entry in slices)
    assert bus == recorded.result["bus_transactions"]


def test_perfetto_flows_lead_from_sender_over_the_doorbell_to_receiver(recorded, files):
    tracks, slices = parsed(files / "perfetto")
    flows = defaultdict(list)
    for uuid, begin, _, name, ids in slices:
        for flow in ids:
            flows[flow].append((begin, path_of(tracks, uuid), name))
    messages = recorded.life.messages
    assert sorted(flows) == [message.number + 1 for message in messages]
    for message in messages:
        entries = sorted(flows[message.number + 1])
        systems = [track.partition("(")[2].partition(")")[0] for _, track, _ in entries]
        systems = [system for system in systems if system]
        assert systems == message.ring.arrow.split(" -> ")
        bells = [track for _, track, _ in entries if track.startswith("rtl doorbells")]
        assert len(bells) == (Step.LINE in message.steps)


def test_slices_on_one_track_do_not_overlap_unless_one_holds_the_other(files):
    _, slices = parsed(files / "perfetto")
    by_track = defaultdict(list)
    for uuid, begin, end, _, _ in slices:
        by_track[uuid].append((begin, -end))
    for entries in by_track.values():
        open_until = []
        for begin, minus_end in sorted(entries):
            while open_until and open_until[-1] <= begin:
                open_until.pop()
            assert not open_until or -minus_end <= open_until[-1]
            open_until.append(-minus_end)
