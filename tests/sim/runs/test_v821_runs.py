# SPDX-License-Identifier: Apache-2.0
"""Whole runs of the V821 on its RTL: the shared scenarios, and the RTOS's life and deaths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from sim.cli import main
from sim.scenarios.lifecycle import CRASHES


def run(scenario: str, directory: Path, *options: str) -> dict[str, Any]:
    """The result of a run that has to pass."""
    result = directory / "result-file.json"
    out = ("--board", "v821", "--out", str(directory / "out"), "--json", str(result))
    assert main(["run", scenario, *out, *options]) == 0
    return json.loads(result.read_text())


def artifact(result: dict[str, Any], directory: Path, name: str) -> Path:
    return directory / result["artifacts"][name]


def read_back(directory: Path) -> str:
    """What a run says that has found each byte of the file in memory."""
    with (directory / "out" / "rtthread.elf").open("rb") as file:
        elf = ELFFile(file)
        table = elf.get_section_by_name(".resource_table")["sh_size"]
        count = sum(item["p_filesz"] for item in elf.iter_segments("PT_LOAD")) - table
    return f"{count} bytes read back, the resource table left out"


def test_linux_starts_the_rtos_and_gets_its_echoes(tmp_path: Path):
    result = run("echo", tmp_path, "--count", "50")
    assert result["messages"] == 50
    assert result["latency_ns"]["echo_round_trip"]["count"] == 50
    log = artifact(result, tmp_path, "dmesg").read_text()
    assert "remoteproc remoteproc0: Booting fw image amp_rv0.bin, size" in log
    assert "remoteproc remoteproc0: remote processor e907_rproc is now up" in log
    assert "creating channel rpmsg_chrdev addr 0x4004" in log


def test_linux_attaches_to_an_rtos_that_a_boot_loader_has_started(tmp_path: Path):
    result = run("boot", tmp_path)
    log = artifact(result, tmp_path, "dmesg").read_text()
    assert "remoteproc remoteproc0: remote processor e907_rproc is now attached" in log
    assert result["checks"]["loaded_as_in_file"]["reason"] == read_back(tmp_path)
    assert artifact(result, tmp_path, "uart1").read_bytes().count(b"msh >") == 1


def test_kicks_are_counted_at_the_message_box(tmp_path: Path):
    result = run("linux-test", tmp_path, "--count", "5")
    assert "SiFive PLIC" in result["checks"]["amp_interrupts_counted"]["reason"]
    assert "msgbox" in result["checks"]["amp_interrupts_counted"]["reason"]


@pytest.mark.parametrize("scenario", ["schedule-latency", "uart-latency"])
def test_the_rtos_alone_is_started_by_a_boot_loader(tmp_path: Path, scenario: str):
    result = run(scenario, tmp_path, "--count", "10")
    (measure,) = result["latency_ns"].values()
    assert measure["count"] == 10
    assert "boot0: E907 started at 0x81000000" in artifact(result, tmp_path, "boot").read_text()


def test_both_simulators_write_the_same_event_log(tmp_path: Path):
    logs = {
        simulator: run("echo", tmp_path / simulator, "--count", "2", "--sim", simulator)
        for simulator in ("verilator", "icarus")
    }
    first, second = logs.values()
    assert first["event_log_sha256"] == second["event_log_sha256"]


def test_life_and_deaths_of_the_rtos(tmp_path: Path):
    """Every way to crash once: nothing is lost, doubled, old; the first leaves a core file."""
    result = run("lifecycle", tmp_path, "--count", "6")
    reasons = {name: check["reason"] for name, check in result["checks"].items()}
    assert reasons["all_rounds"] == "6 of 6"
    assert reasons["starts_of_the_rtos"] == "19, BROM included"
    words = reasons["nothing_lost"].split()
    sent, back, cut, lost = (int(word) for word in words if word.isdigit())
    assert sent == back + cut and cut > 0 and lost == 0 and back >= 6 * 3 * 10
    assert reasons["loaded_as_in_file"] == "; ".join([read_back(tmp_path)] * 2)
    ends = [line.split(": ") for line in artifact(result, tmp_path, "log").read_text().splitlines()]
    assert [how for _, how, _ in ends[::2]] == list(CRASHES)
    assert {how for _, how, _ in ends[1::2]} == {"stop"}
    assert all(int(count.removesuffix(" under way")) > 0 for _, _, count in ends)
    log = artifact(result, tmp_path, "dmesg").read_text()
    for kind in ("mmufault", "watchdog", "fatal error"):
        assert f"crash detected in e907_rproc: type {kind}" in log
    with artifact(result, tmp_path, "coredump").open("rb") as file:
        core = ELFFile(file)
        assert core["e_type"] == "ET_CORE"
        spans = [(item["p_paddr"], item["p_filesz"]) for item in core.iter_segments()]
        assert (0x81000000, 0x380000) in spans
        code = next(item for item in core.iter_segments() if item["p_paddr"] == 0x81000000)
        assert b"AMPRTOS" in code.data()[:128]


def test_life_needs_a_remote_processor(capfd: pytest.CaptureFixture[str]):
    assert main(["run", "lifecycle", "--board", "visionfive2"]) == 2
    expected = "expected a board whose Linux starts the RTOS through remoteproc, found visionfive2"
    assert capfd.readouterr().err == f"ampsim: lifecycle: {expected}\n"
