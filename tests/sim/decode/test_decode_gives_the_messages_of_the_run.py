# SPDX-License-Identifier: Apache-2.0
"""Decoded from the waveform alone: exactly the messages that the two sides exchanged."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from sim.cli import main
from sim.decode import Decoded, decode
from sim.life import read_life
from sim.life.message import Ring
from sim.record_file import RecordFile
from sim.records import OBSERVED, Kind
from sim.runs.waves import CLOCK_0_NS, Waves, Window

STEPS = ["kick", "line", "take", "free"]


def exchanged(directory: Path) -> list[tuple]:
    """What the software of both sides said it sent."""
    return [
        (int(m.ring), m.descriptor, m.buffer, m.src, m.dst, m.payload, m.channel)
        for m in read_life(directory, None).messages
    ]


def seen(decoded: Decoded) -> list[tuple]:
    """The same of a waveform."""
    return [
        (int(m.ring), m.descriptor, m.buffer, m.src, m.dst, m.payload, m.channel)
        for m in decoded.link.messages
    ]


@pytest.mark.parametrize(
    ("board", "simulator"),
    [("visionfive2", "verilator"), ("v821", "verilator"), ("v821", "icarus")],
)
def test_every_message_and_no_other(recorded_run, decoded_run, board: str, simulator: str):
    directory = recorded_run(board, simulator)
    decoded = decoded_run(board, simulator)
    assert decoded.board.name == board
    assert seen(decoded) == exchanged(directory)
    texts = [m.text for m in decoded.link.messages if m.ring is Ring.TO_LINUX and m.channel]
    assert texts[-5:] == [f"hello there {n}!" for n in range(5)]
    assert (decoded.complete, decoded.violations, decoded.failed) == (True, [], False)
    assert decoded.link.notes == []


def test_clocks_that_are_left_out_are_not_missed(decoded_run):
    skipped, every = decoded_run("v821", "verilator"), decoded_run("v821", skipping=False)
    assert [m.as_dict() for m in skipped.link.messages] == [
        m.as_dict() for m in every.link.messages
    ]
    assert skipped.traffic.accesses == every.traffic.accesses
    assert skipped.link.doorbells == every.link.doorbells


def test_the_bus_is_what_the_record_stream_has(recorded_run, decoded_run):
    """Each access that software made ended in the waveform in the same clock, with its data."""
    directory = recorded_run("visionfive2")
    accesses = {
        (item.time_ns, item.hart): item
        for item in decoded_run("visionfive2", "verilator").traffic.accesses
    }
    compared, observed = 0, {}
    for record in RecordFile(directory / "records.bin"):
        if record.kind in OBSERVED:
            observed[record.hart] = record
        elif record.kind in (Kind.LOAD, Kind.STORE):
            access, wires = (
                accesses[record.cycle * 10 + CLOCK_0_NS, record.hart],
                observed[record.hart],
            )
            assert (access.address, access.write, access.response) == (
                record.address,
                record.kind == Kind.STORE,
                record.response,
            )
            skew = record.address - wires.address
            word = wires.data[skew:][: record.size]
            if skew >= 0 and len(word) == record.size:
                assert access.data == word
                compared += 1
    assert compared > 1000


def test_steps_follow_one_another(decoded_run):
    messages = decoded_run("visionfive2", "verilator").link.messages
    for message in messages:
        assert [name for name in STEPS if name in message.steps] == STEPS
        times = [message.time_ns, *(message.steps[name] for name in STEPS)]
        assert all(first < second for first, second in pairwise(times))


def test_rings_end_where_the_messages_say(decoded_run):
    decoded = decoded_run("visionfive2", "verilator")
    count = sum(m.ring is Ring.TO_RTOS for m in decoded.link.messages)
    assert decoded.link.rings[Ring.TO_RTOS].index("avail") == count
    assert decoded.link.rings[Ring.TO_RTOS].index("used") == count
    assert decoded.link.rings[Ring.TO_LINUX].index("used") == len(decoded.link.messages) - count
    changes = [c for c in decoded.link.changes if (c.ring, c.part) == (Ring.TO_RTOS, "avail")]
    assert [c.new for c in changes] == list(range(1, count + 1))


def test_a_window_gives_its_messages_and_guesses_nothing(recorded_run, decoded_run):
    whole = decoded_run("visionfive2", "verilator").link.messages
    third = whole[5]
    window = Window(third.time_ns - 3_000, third.time_ns + 40_000)
    directory = recorded_run("visionfive2", waves=Waves("fst", window))
    decoded = decode(directory / "waves.fst")
    assert not decoded.complete and decoded.violations == []
    inside = [m for m in whole if decoded.traffic.begin_ns < m.time_ns <= decoded.traffic.end_ns]
    found = decoded.link.messages
    assert [m.time_ns for m in found] == [m.time_ns for m in inside]
    assert len(found) >= 3
    for mine, true in zip(found, inside, strict=True):
        for name in ("src", "dst", "length", "payload", "buffer", "descriptor"):
            assert getattr(mine, name) in (None, getattr(true, name)), name
    # Those that were written, rung and read inside are known as a whole.
    assert [m.payload for m in found[1:]] == [m.payload for m in inside[1:]]


def test_what_is_printed(recorded_run, capsys):
    wave = recorded_run("v821") / "waves.fst"
    assert main(["decode", str(wave), "--details"]) == 0
    text = capsys.readouterr().out.splitlines()
    assert any(
        line.endswith("rtos -> linux  rpmsg_chrdev      0x4004 -> 0x405     14  hello there 4!")
        for line in text
    )
    assert any("linux -> rtos  doorbell 0x1: 1 message" in line for line in text)
    assert text[-1].endswith("; no violations")
    assert main(["decode", str(wave), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["complete"] is True and found["violations"] == [] == found["unknown"]
    assert found["messages"][-1]["text"] == "hello there 4!"
    assert {"kick", "take"} <= set(found["messages"][-1]["steps_ns"])
    assert found["rings"][1]["used_idx"] == found["rings"][1]["avail_idx"]
