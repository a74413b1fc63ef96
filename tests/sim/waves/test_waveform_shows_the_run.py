# SPDX-License-Identifier: Apache-2.0
"""What a waveform holds, read back with a reader of others: names, windows, skipped clocks."""

from __future__ import annotations

from pathlib import Path

import pytest
import pywellen

from sim.runs import launch
from sim.runs.prepare import prepare_run
from sim.runs.waves import Waves, Window

# A stretch in which both sides are up and messages pass.
WINDOW = Window(40_440_000, 40_540_000)
SHELL = "jh7110_bench.soc.cluster.hart[{}].shell."

# What goes on in every clock: the clock itself, the CLINT's mtime, the enables of the serial clock.
EVERY_CLOCK = {
    "clk_i",
    *("mtime", "mtime_o", "mtime_q", "prescale_q", "tick", "compare_q", "due_q"),
    *("sclk_en", "sclk_en_i", "en_o", "phase_q", "step_i"),
}


def leaf(name: str) -> str:
    """The signal's own name, without its scope and index."""
    return name.partition(".[")[0].rpartition(".")[2]


def record(directory: Path, waves: Waves, simulator: str = "verilator", **more) -> dict:
    """Changes of every signal, by name, of a short echo run: a list of (time in ns, value)."""
    config = prepare_run("echo", "visionfive2", simulator, directory, seed=1, count=4, **more)
    result = launch.run(config, directory, waves=waves)
    assert result["passed"]
    waveform = pywellen.Waveform(str(directory / result["artifacts"]["waves"]))
    assert (waveform.timescale.factor, str(waveform.timescale.unit)) == (1, "ns")
    return {variable.full_name: list(variable.tv) for variable in waveform.all_vars()}


def texts(changes: list[tuple[int, int]], size: int) -> list[str]:
    """The values of a signal as ASCII."""
    return [int(value).to_bytes(size, "big").decode("ascii").rstrip() for _, value in changes]


@pytest.fixture(scope="module")
def waveform(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return record(tmp_path_factory.mktemp("window"), Waves("fst", WINDOW))


def test_thread_and_operation_are_readable(waveform: dict):
    threads = texts(waveform[SHELL.format(3) + "thread"], 16)
    assert len(set(threads)) > 1 and all(threads)
    operations = {
        text for n in (0, 3) for text in texts(waveform[SHELL.format(n) + "operation"], 8)
    }
    assert operations >= {"read", "write", "run", "wfi"}


def test_buses_lines_and_interrupts_are_in_it(waveform: dict):
    names = [SHELL.format(3) + name for name in ("m_axi_araddr", "m_axi_wdata", "lines_i")]
    names += ["jh7110_bench.soc.uart0.uart.txd_o", "jh7110_bench.soc.uart1.uart.txd_o"]
    assert set(names) <= set(waveform)
    assert len(waveform[SHELL.format(3) + "m_axi_araddr"]) > 50
    assert {value & 1 for _, value in waveform[SHELL.format(3) + "lines_i"]} == {0, 1}


def test_nothing_is_recorded_outside_of_the_window(waveform: dict):
    times = [time for changes in waveform.values() for time, _ in changes]
    assert min(times) == WINDOW.from_ns and max(times) <= WINDOW.to_ns
    # The clock is the signal that changes last.
    assert max(times) > WINDOW.to_ns - 10_000


def test_skipped_clocks_leave_out_nothing_but_clocks(waveform: dict, tmp_path: Path):
    every_clock = record(tmp_path, Waves("fst", WINDOW), skipping=False)
    assert set(every_clock) == set(waveform)
    differing = {leaf(name) for name in waveform if waveform[name] != every_clock[name]}
    assert differing - EVERY_CLOCK == set()
    assert "clk_i" in differing, "no clock was left out"
