# SPDX-License-Identifier: Apache-2.0
"""Signals added to a finished file are read by others, and nothing else of it has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import pywellen
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import AmpsimError
from sim.lanes import Lane, add_lanes
from sim.lanes.fst_numbers import (
    decompress_lz4,
    read_signed_varint,
    read_varint,
    signed_varint,
    varint,
    varints,
)

VCD = """$timescale {} $end
$scope module tb $end
$var wire 1 ! clk $end
$upscope $end
$enddefinitions $end
#0
0!
#{}
1!
#{}
0!
"""


def lanes() -> list[Lane]:
    text, number = Lane("text"), Lane("number", 16)
    text.changes = [(20, "hello there"), (30, ""), (40, "back\\slash")]
    number.changes = [(0, 0), (20, 5), (35, None), (40, 65535)]
    return [text, number]


def changes(path: Path, name: str) -> list:
    found = {v.full_name: v for v in pywellen.Waveform(str(path)).all_vars()}
    return list(found[name].tv)


@pytest.mark.parametrize(("scale", "ticks"), [("1ns", 1), ("100 ps", 10), ("1 ps", 1000)])
def test_vcd(tmp_path: Path, scale: str, ticks: int):
    wave = tmp_path / "waves.vcd"
    wave.write_text(VCD.format(scale, 20 * ticks, 35 * ticks))
    add_lanes(wave, lanes())
    texts = changes(wave, "decoded.text")
    assert texts == [(20 * ticks, "hello there"), (30 * ticks, "")]  # the file ends before 40
    assert changes(wave, "decoded.number") == [(0, 0), (20 * ticks, 5), (35 * ticks, "x" * 16)]
    assert changes(wave, "tb.clk") == [(0, 0), (20 * ticks, 1), (35 * ticks, 0)]


def test_fst_of_both_writers(recorded_run, tmp_path: Path):
    for simulator in ("verilator", "icarus"):
        before = recorded_run("v821", simulator) / "waves.fst"
        wave = tmp_path / f"{simulator}.fst"
        shutil.copy(before, wave)
        edges = [time for time, _ in changes(wave, "v821_bench.soc.clk_i")]
        first, last = edges[1000], edges[-1000]
        text, number = Lane("text"), Lane("number", 16)
        text.changes = [(first, "one"), (last, "two")]
        number.changes = [(first, 1), (last, 0xFFFF)]
        add_lanes(wave, [text, number])
        assert changes(wave, "decoded.text") == text.changes
        assert [c for c in changes(wave, "decoded.number") if c[0]] == number.changes
        name = "v821_bench.soc.cluster.hart[1].shell.thread"
        assert changes(wave, name) == changes(before, name)


def test_fst_that_ends_before_the_run(recorded_run, tmp_path: Path):
    """A window has an end ($dumpoff): Icarus's FST says so in a block before the names."""
    blackout = bytes.fromhex("02 000000000000000e 01 00 c18be40e")
    before = (recorded_run("v821", "icarus") / "waves.fst").read_bytes()
    at, blocks = 0, []
    while at < len(before):
        size = 1 + int.from_bytes(before[at + 1 : at + 9], "big")
        blocks.append(before[at : at + size])
        at += size
    wave = tmp_path / "waves.fst"
    wave.write_bytes(b"".join((*blocks[:-1], blackout, blocks[-1])))
    text = Lane("text", changes=[(1_000_005, "one")])
    add_lanes(wave, [text])
    assert [value for _, value in changes(wave, "decoded.text")] == ["one"]
    assert wave.read_bytes().count(blackout) == 1


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\0" + bytes(7), "a block without its length"),
        (b"\1" + (99).to_bytes(8, "big") + b"x", "a block that ends too early"),
        (b"\xfe" + (9).to_bytes(8, "big") + b"x", "a block of type 254"),
        (b"$timescale 1 us $end\n", "a timescale of 1 us"),
        (b"$comment\n", "no $enddefinitions"),
    ],
)
def test_what_lanes_cannot_be_added_to_stays(tmp_path: Path, content: bytes, found: str):
    wave = tmp_path / "waves"
    wave.write_bytes(content)
    with pytest.raises(AmpsimError) as caught:
        add_lanes(wave, lanes())
    assert str(caught.value) == f"{wave}: expected a waveform to add lanes to, found {found}"
    assert wave.read_bytes() == content
    assert list(tmp_path.iterdir()) == [wave]


@given(st.lists(st.integers(0, 2**63)))
def test_numbers_come_back(numbers: list[int]):
    data = b"".join(varint(number) for number in numbers)
    assert varints(data).tolist() == numbers
    at = 0
    for number in numbers:
        found, at = read_varint(data, at)
        assert found == number
    assert at == len(data)


@given(st.integers(-(2**62), 2**62))
def test_signed_numbers_come_back(number: int):
    data = signed_varint(number)
    assert read_signed_varint(data + b"\x55", 0) == (number, len(data))


def test_lz4_matches_that_overlap_themselves():
    # Literals "abc", then 9 bytes from 3 back, then literals "xyz".
    block = bytes((0x35,)) + b"abc" + bytes((3, 0)) + bytes((0x30,)) + b"xyz"
    assert decompress_lz4(block, 15) == b"abcabcabcabcxyz"
    with pytest.raises(ValueError) as caught:
        decompress_lz4(block, 14)
    assert str(caught.value) == "expected 14 bytes in an LZ4 block, found 15"
