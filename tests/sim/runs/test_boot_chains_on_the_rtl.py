# SPDX-License-Identifier: Apache-2.0
"""Both boards' chains on the RTL, with signatures, too; a flipped byte is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main


@pytest.mark.parametrize(
    ("options", "stages"),
    [
        (("--board", "visionfive2"), "spl → opensbi → u-boot"),
        (("--board", "v821"), "brom → e907_boot → boot0 → opensbi → u-boot"),
        (
            ("--board", "v821", "--medium", "spi-nor", "--secure"),
            "brom → e907_boot → sboot → opensbi → u-boot",
        ),
        (
            ("--board", "v821", "--medium", "spi-nand"),
            "brom → e907_boot → boot0 → opensbi → u-boot",
        ),
    ],
)
def test_chain_brings_both_systems_up(options: tuple[str, ...], stages: str, tmp_path: Path):
    result = tmp_path / "result.json"
    out = tmp_path / "out"
    assert main(["run", "boot", *options, "--out", str(out), "--json", str(result)]) == 0
    told = json.loads(result.read_text())
    assert told["checks"]["boot_stages"] == {"passed": True, "reason": stages}
    assert (result.parent / told["artifacts"]["boot"]).read_text().count("\n") >= 5


def test_both_simulators_write_the_same_event_log_of_the_secure_chain(tmp_path: Path):
    logs = set()
    for simulator in ("verilator", "icarus"):
        result = tmp_path / f"{simulator}.json"
        options = ["--secure", "--sim", simulator, "--out", str(tmp_path / simulator)]
        assert main(["run", "boot", "--board", "v821", *options, "--json", str(result)]) == 0
        logs.add(json.loads(result.read_text())["event_log_sha256"])
    assert len(logs) == 1


def test_flipped_byte_of_a_signed_image(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    elf, image = tmp_path / "fw.elf", tmp_path / "nor.img"
    assert main(["firmware", "build", "--board", "v821", "-o", str(elf)]) == 0
    options = ["--medium", "spi-nor", "--secure"]
    assert main(["firmware", "flash", str(elf), *options, "-o", str(image)]) == 0
    contents = bytearray(image.read_bytes())
    contents[-1] ^= 1  # of the last partition, riscv0
    image.write_bytes(contents)
    capfd.readouterr()
    out = tmp_path / "out"
    run = ["run", "boot", "--board", "v821", *options, "--flash", str(image)]
    assert main([*run, "--out", str(out)]) == 1
    lines = capfd.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("ampsim: u-boot: riscv0: expected SHA-256 ")
    assert not (out / "result.json").exists()


def test_firmware_of_the_sdks_search_order_is_loaded(tmp_path: Path):
    """The winner is the file whose app the board then runs."""
    chips = tmp_path / "chips"
    for folder, app in (("bin", "echo"), ("configs/perf2/bin", "rpmsg_linux_test")):
        (chips / folder).mkdir(parents=True)
        target = str(chips / folder / "amp_rv0.bin")
        assert main(["firmware", "build", "--board", "v821", "--app", app, "-o", target]) == 0
    out = tmp_path / "out"
    options = ["--board", "v821", "--chips", str(chips), "--out", str(out)]
    assert main(["run", "boot", *options]) == 0
    config = json.loads((out / "run.json").read_text())
    assert config["firmware"] == str(chips / "configs/perf2/bin/amp_rv0.bin")
