# SPDX-License-Identifier: Apache-2.0
"""--waves, --waves-from and --waves-to: what they mean, and one line for what they cannot mean."""

from __future__ import annotations

import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cli.waves import add_wave_options, chosen_waves
from sim.errors import AmpsimError
from sim.runs import waves
from sim.runs.waves import Waves, Window, parse_time


def chosen(*words: str, simulator: str = "icarus") -> Waves | None:
    """What these words on the command line ask for."""
    parser = argparse.ArgumentParser()
    parser.set_defaults(simulator=simulator)
    add_wave_options(parser)
    return chosen_waves(parser.parse_args(words))


@given(st.integers(0, 10**12))
def test_a_time_means_the_same_in_every_unit(nanoseconds: int):
    assert parse_time(f"{nanoseconds}") == parse_time(f"{nanoseconds}ns") == nanoseconds
    for unit, digits in (("us", 3), ("ms", 6), ("s", 9)):
        padded = f"{nanoseconds:0{digits + 1}d}"
        assert parse_time(f"{padded[:-digits]}.{padded[-digits:]}{unit}") == nanoseconds


@pytest.mark.parametrize(
    "text", ["", "us", "-1us", "1 us", "1h", "1e3", "0x10", ".5us", "nan", "\u0661us"]
)
def test_what_is_no_time(text: str):
    with pytest.raises(ValueError) as caught:
        parse_time(text)
    assert str(caught.value) == f"expected a time such as 1500, 2.5us or 3ms, found {text!r}"


def test_half_a_nanosecond_is_refused():
    with pytest.raises(ValueError) as caught:
        parse_time("0.0005us")
    assert str(caught.value) == "expected a whole number of ns, found '0.0005us'"


def test_a_window_asks_for_waves():
    assert chosen() is None
    assert chosen("--waves") == Waves("fst", Window(0, None))
    assert chosen("--waves", "vcd", "--waves-to", "1us") == Waves("vcd", Window(0, 1000))
    assert chosen("--waves-from", "40ms") == Waves("fst", Window(40_000_000, None))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (
            ("--waves-from", "2us", "--waves-to", "1us"),
            "--waves-to 1000 ns: expected a time after --waves-from (2000 ns)",
        ),
        (("--waves-to", "0"), "--waves-to 0 ns: expected a time after --waves-from (0 ns)"),
        (
            ("--waves-from", "soon"),
            "--waves-from: expected a time such as 1500, 2.5us or 3ms, found 'soon'",
        ),
    ],
)
def test_what_is_no_window(words: tuple[str, ...], text: str):
    with pytest.raises(AmpsimError) as caught:
        chosen(*words)
    assert str(caught.value) == text


def test_vcd_with_a_hint_where_fst_cannot_be_compiled(monkeypatch, capsys):
    monkeypatch.setattr(waves, "has_fst", lambda: False)
    assert chosen("--waves", simulator="verilator") == Waves("vcd")
    assert capsys.readouterr().err == (
        "ampsim: lz4.h not found, so the waveform is VCD: for FST install the package liblz4-dev\n"
    )
    assert chosen("--waves", simulator="icarus") == Waves("fst")
    assert capsys.readouterr().err == ""
