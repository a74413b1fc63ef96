# SPDX-License-Identifier: Apache-2.0
"""The report of real runs: whole, self-contained, with the figures of the result."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from page_reader import Page

from sim.cli import main

ALWAYS = {"checks", "figures", "logs", "reproduce", "files", "time", "timeline"}
OF_MESSAGES = {"latency", "stages", "rings"}


class Reported(NamedTuple):
    directory: Path
    result: dict[str, Any]
    page: Page
    said: str


def reported(directory: Path, code: int, *words: str, outcome: str = "result.json") -> Reported:
    said = StringIO()
    with redirect_stdout(said):
        assert main(["run", *words, "--out", str(directory)]) == code
    result = json.loads((directory / outcome).read_text())
    page = Page((directory / "report.html").read_text())
    return Reported(directory, result, page, said.getvalue())


@pytest.fixture(scope="module", params=["visionfive2", "v821"])
def echo(request, tmp_path_factory) -> Reported:
    directory = tmp_path_factory.mktemp(request.param) / "out"
    words = ("echo", "--count", "20", "--board", request.param, "--referee")
    return reported(directory, 0, *words)


def narrow(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def test_it_has_all_sections_and_says_where_it_is(echo):
    assert set(echo.page.ids) >= ALWAYS | OF_MESSAGES
    assert not {"why", "hang", "violations"} & set(echo.page.ids)
    assert echo.said.endswith(f"report {echo.directory}/report.html\n")


def test_its_figures_are_those_of_the_result(echo):
    result, page = echo.result, echo.page
    assert narrow(result["bus_transactions"]) in page.text["figures"]
    assert f"{result['wall_time_s']:.2f} s" in page.text["figures"]
    for name, check in result["checks"].items():
        assert ["✓", name.replace("_", " "), check["reason"]] in page.rows["checks"]
    for name, item in result["latency_ns"].items():
        figures = [f"{item[key] / 1000:.2f}" for key in ("min", "mean", "p50", "p99", "max")]
        row = [name.replace("_", " "), str(item["count"]), *figures]
        assert row in [found[:7] for found in page.rows["latency"]]
        assert any(f"{item['count']} samples" in label for label in page.pictures)
    assert result["event_log_sha256"] in page.text["reproduce"]


def test_samples_of_the_histogram_are_those_of_the_result(echo):
    samples = json.loads((echo.directory / "latencies.json").read_text())["echo_round_trip"]
    item = echo.result["latency_ns"]["echo_round_trip"]
    assert sum(times for _, times in samples) == item["count"]
    assert (samples[0][0], samples[-1][0]) == (item["min"], item["max"])


def test_the_stages_of_the_mean_add_up(echo):
    (total,) = [
        row
        for row in echo.page.rows["stages"]
        if row[0] == "all"
        and row[-1] == f"{echo.result['latency_ns']['echo_round_trip']['mean'] / 1000:.2f}"
    ][:1]
    assert abs(sum(float(cell or 0) for cell in total[2:5]) - float(total[5])) < 0.02


def test_every_link_leads_to_a_section_or_a_file(echo):
    for link in echo.page.links:
        target = link.removeprefix("#")
        assert target in echo.page.ids if link[0] == "#" else (echo.directory / link).exists()
    files = {link for link in echo.page.links if link[0] != "#"}
    assert files == set(echo.result["artifacts"].values())
    exported = {"messages.jsonl", "trace.pftrace", "messages.pcapng", "repro.json", "records.bin"}
    assert exported <= files


def test_the_same_page_can_be_made_again(echo, capsys):
    before = (echo.directory / "report.html").read_bytes()
    assert main(["report", str(echo.directory)]) == 0
    assert (echo.directory / "report.html").read_bytes() == before
    capsys.readouterr()


def test_without_exports_a_passed_run_leaves_no_report(tmp_path, capsys):
    assert main(["run", "boot", "--no-exports", "--out", str(tmp_path)]) == 0
    for name in ("report.html", "repro.json", "trace.pftrace", "records.bin"):
        assert not (tmp_path / name).exists()
    capsys.readouterr()


def test_a_run_that_broke_down(tmp_path):
    app = tmp_path / "faulty.py"
    app.write_text(
        "COMMAND = ('faulty', '')\n"
        "async def start(kernel, console):\n"
        "    raise ZeroDivisionError('<b>on purpose</b> & more')\n"
    )
    words = ("boot", "--app", str(app))
    run = reported(tmp_path / "out", 1, *words, outcome="partial.json")
    assert "<b>on purpose</b> & more" in run.page.text["why"]
    assert run.page.text["why"].endswith(run.result["error"])
    assert run.result["passed"] is False
    assert f"--repro {tmp_path}/out/repro.json" in run.page.text["reproduce"]


def interrupted(tmp_path, number, size, *words):
    """Interrupt a run when its record stream has grown to a size; return what it said."""
    command = [sys.executable, "-m", "sim.cli", "run", "echo", "--count", "1000000", *words]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    records = tmp_path / "records.bin"
    deadline = time.monotonic() + 120
    try:
        while not records.exists() or records.stat().st_size < size:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        _, said = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 1
    assert said.splitlines()[-1] == "ampsim: interrupted"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_interrupted(tmp_path, number):
    """By its user, or by who ends what takes too long; the waveform can be read then."""
    interrupted(tmp_path, number, 5_000_000, "--waves")
    page = Page((tmp_path / "report.html").read_text())
    assert page.text["why"].endswith("interrupted")
    assert set(page.ids) >= OF_MESSAGES
    partial = json.loads((tmp_path / "partial.json").read_text())
    assert partial["messages"] > 0 and partial["violations"] == []
    assert "gtkwave" in partial["artifacts"]
    repro = json.loads((tmp_path / "repro.json").read_text())
    assert repro["expected"]["event_log_sha256"] is None


def test_an_interrupted_run_on_icarus_comes_to_its_end(tmp_path):
    """vvp does not stand at its prompt until it is killed: the run closes its files."""
    interrupted(tmp_path, signal.SIGINT, 100_000, "--sim", "icarus")
    assert "VVP Stop" not in (tmp_path / "simulator.log").read_text()
    assert (tmp_path / "uart1.log").exists()


def test_a_simulator_that_was_killed_leaves_a_report(tmp_path):
    """What is known is what the run was, and its record stream up to somewhere in a record."""
    from sim.report.facts import read_facts
    from sim.report.keep import known_outcome
    from sim.report.page import page
    from sim.runs.prepare import prepare_run

    first = reported(tmp_path, 0, "boot")
    config = prepare_run("boot", "visionfive2", "verilator", tmp_path, record=True)
    for name in ("result.json", "dmesg.log", "uart1.log"):
        (tmp_path / name).unlink()
    records = tmp_path / "records.bin"
    records.write_bytes(records.read_bytes()[:-13])
    outcome = known_outcome(config, tmp_path, "the simulator ended without a result")
    found = Page(page(read_facts(tmp_path, outcome)))
    assert "the simulator ended without a result" in found.text["why"]
    assert first.page.text["timeline"] == found.text["timeline"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "{0}: expected the folder of a run with result.json or partial.json"),
        ("{", "{0}/result.json: expected JSON, found "),
        ("[]", "{0}/result.json: expected the result of a run, found other JSON"),
    ],
)
def test_a_folder_without_a_run(tmp_path, capsys, text, reason):
    if text is not None:
        (tmp_path / "result.json").write_text(text)
    assert main(["report", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"ampsim: {reason.format(tmp_path)}")
