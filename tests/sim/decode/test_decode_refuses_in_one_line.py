# SPDX-License-Identifier: Apache-2.0
"""Waveforms that are none, end too early or are of something else; maps that do not fit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.cli import main

OTHER_DESIGN = """$timescale 1ns $end
$scope module tb $end
$var wire 1 ! clk $end
$var wire 1 " awvalid $end
$upscope $end
$enddefinitions $end
#0
0!
0"
#5
1!
"""


def refused(capfd, *words: str) -> str:
    """The one line with which the command ends in exit code 2."""
    assert main(["decode", *words]) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    return line


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "expected a waveform, found an empty file"),
        (b"hello\n", "expected a waveform (FST, VCD or GHW), found neither"),
        (b"\x7fELF" + bytes(99), "expected a waveform (FST, VCD or GHW), found neither"),
    ],
)
def test_what_is_no_waveform(tmp_path: Path, capfd, content: bytes, found: str):
    wave = tmp_path / "waves.fst"
    wave.write_bytes(content)
    assert refused(capfd, str(wave)) == f"ampsim: {wave}: {found}"


def test_no_file(tmp_path: Path, capfd):
    wave = tmp_path / "waves.fst"
    assert (
        refused(capfd, str(wave))
        == f"ampsim: {wave}: expected a waveform, found No such file or directory"
    )


def test_a_truncated_fst_says_what_to_do(recorded_run, tmp_path: Path, capfd):
    whole = (recorded_run("v821") / "waves.fst").read_bytes()
    wave = tmp_path / "waves.fst"
    for size in (1, 64, 400, len(whole) // 2, len(whole) - 1):
        wave.write_bytes(whole[:size])
        line = refused(capfd, str(wave))
        assert line.startswith(f"ampsim: {wave}: expected a whole waveform, found: ")
        assert line.endswith("VCD (--waves vcd) stays readable)")


KILLED = "expected an FST that its simulator has closed, found one whose simulator was killed: "


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_the_fst_of_a_killed_simulator_names_the_way_out(
    recorded_run, tmp_path: Path, capfd, simulator: str
):
    """As SIGKILL leaves them: no header (Verilator), the hierarchy in a file beside (Icarus)."""
    whole = (recorded_run("v821") / "waves.fst").read_bytes()
    wave, records = tmp_path / "waves.fst", tmp_path / "records.bin"
    header = bytes(329) if simulator == "verilator" else whole[:329]
    wave.write_bytes(header + whole[329 : len(whole) // 2])
    if simulator == "icarus":
        (tmp_path / "waves.fst.hier").write_bytes(b"")
    line = refused(capfd, str(wave))
    way = "--waves vcd and --record stay readable however a run ends"
    assert line == f"ampsim: {wave}: {KILLED}{way}"
    records.write_bytes(b"")
    line = refused(capfd, str(wave))
    way = f"ampsim messages {tmp_path} and ampsim check {records} read the run's records"
    assert line == f"ampsim: {wave}: {KILLED}{way}"


def test_a_design_that_is_not_ours(tmp_path: Path, capfd):
    wave = tmp_path / "waves.vcd"
    wave.write_text(OTHER_DESIGN)
    assert refused(capfd, str(wave)) == (
        f"ampsim: {wave}: expected one of the scopes jh7110_bench (visionfive2), v821_bench (v821),"
        " found none: --board and --signals say what it is"
    )
    assert refused(capfd, str(wave), "--board", "v821") == (
        f"ampsim: {wave}: expected one scope v821_bench.soc, found none"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[bus]", r"{map}: expected a signal map in TOML, found: .+"),
        ("", r"{map}: expected a table \[\[bus\]\], found none"),
        ("[[bus]]\nkind='ahb'", r"{map}: expected bus 0 of kind axi4 or apb, found 'ahb'"),
        ("[[bus]]\nclk='tb.clk'", r"{map}: expected bus 0 with clock, .+, signals, found clk"),
        (
            "[[bus]]\nprefix='tb.'\nclock='tb.clk'",
            r"{wave}: expected the signals of bus 0 in map.toml, found no tb.araddr, tb.arready, "
            r"tb.arvalid and 10 more",
        ),
        (
            "[[bus]]\nkind='apb'\nprefix='tb.'\nclock='tb.clk'",
            r"{wave}: expected the signals of bus 0 in map.toml, found no tb.paddr, tb.penable, "
            r"tb.prdata and 3 more",
        ),
    ],
)
def test_maps_that_do_not_fit(tmp_path: Path, capfd, text: str, message: str):
    wave, names = tmp_path / "waves.vcd", tmp_path / "map.toml"
    wave.write_text(OTHER_DESIGN)
    names.write_text(text)
    line = refused(capfd, str(wave), "--board", "v821", "--signals", str(names))
    for place, file in (("{map}", names), ("{wave}", wave)):
        message = message.replace(place, re.escape(str(file)))
    assert re.fullmatch(f"ampsim: {message}", line)
