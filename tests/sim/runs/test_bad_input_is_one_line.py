# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong ends in one line and the right exit code, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.boards import load_board
from sim.build.design import Design, soc_design
from sim.build.simulators import BuildError, build_simulation
from sim.cli import main


def fails(capfd: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    """The one line that the command prints before it ends with ``code``."""
    assert main(arguments) == code
    lines = capfd.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("ampsim: "), lines
    return lines[0].removeprefix("ampsim: ")


def test_unknown_scenario(capfd):
    text = fails(capfd, 2, "run", "ecco")
    assert text.startswith("unknown scenario 'ecco': expected one of boot, linux-test, echo")


def test_scenario_of_a_real_kernel(capfd):
    text = fails(capfd, 2, "run", "burst")
    assert text == "scenario burst: expected --host linux, found --host model"


def test_scenario_of_another_command(capfd):
    text = fails(capfd, 2, "run", "console")
    assert text == "console: expected a scenario of ampsim list, found a command of its own"


@pytest.mark.parametrize(
    ("option", "name", "told"),
    [
        ("--out", "file", "expected a folder, found the file file"),
        ("--out", "file/below/it", "expected a folder, found the file file"),
        ("--json", ".", "expected a file, found the folder ."),
        ("--json", "file/r.json", "expected a folder, found the file file"),
        ("--seed", "one", "expected a whole number, found one"),
    ],
)
def test_option_that_cannot_be(capfd, tmp_path: Path, monkeypatch, option, name, told):
    """It is said before anything is run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    text = fails(capfd, 2, "run", "boot", option, name)
    assert text == f"argument {option}: {told} (see ampsim run --help)"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_folder_that_cannot_be_made(capfd):
    text = fails(capfd, 2, "firmware", "build", "-o", "/proc/no/firmware.elf")
    assert text == "/proc/no: cannot be written: No such file or directory"


def test_unknown_board(capfd):
    assert "visionfive2" in fails(capfd, 2, "run", "echo", "--board", "visionfive3")


@pytest.mark.parametrize("count", ["0", "-1", "x", ""])
def test_bad_count(capfd, count: str):
    text = fails(capfd, 2, "run", "echo", f"--count={count}")
    told = f"argument --count: expected a number of at least 1, found {count}"
    assert text == f"{told} (see ampsim run --help)"


def test_bad_medium(capfd):
    text = fails(capfd, 2, "run", "boot", "--board", "v821", "--medium", "floppy")
    told = "(choose from 'sd', 'emmc', 'spi-nor', 'spi-nand') (see ampsim run --help)"
    assert text == f"argument --medium: invalid choice: 'floppy' {told}"


def test_no_command_and_no_such_option(capfd):
    text = fails(capfd, 2)
    assert text == "the following arguments are required: COMMAND (see ampsim --help)"
    text = fails(capfd, 2, "run", "echo", "--bord", "v821")
    assert text == "unrecognized arguments: --bord v821 (see ampsim --help)"


def test_app_and_firmware_together(capfd, tmp_path: Path):
    text = fails(
        capfd, 2, "run", "echo", "--app", "a.py", "--firmware", "b.elf", "--out", str(tmp_path)
    )
    assert text == "--app and --firmware exclude each other: a firmware has its app inside"


def test_app_that_raises_ends_the_run(capfd, tmp_path: Path):
    app = tmp_path / "faulty.py"
    app.write_text(
        "from rtos_side.kernel.thread import Thread\n"
        "COMMAND = ('faulty', 'raises')\n"
        "async def start(kernel, console):\n"
        "    async def entry():\n"
        "        await kernel.delay(3)\n"
        "        raise ZeroDivisionError('on purpose')\n"
        "    await Thread(kernel, 'worker', entry, 4096, 9, 20).startup()\n"
    )
    out = tmp_path / "out"
    text = fails(capfd, 1, "run", "boot", "--app", str(app), "--out", str(out))
    assert "thread worker" in text and "ZeroDivisionError" in text and "on purpose" in text
    assert not (out / "result.json").exists()


def test_rtos_that_never_announces_itself(capfd, tmp_path: Path):
    app = tmp_path / "silent.py"
    app.write_text(
        "COMMAND = ('silent', 'does nothing')\nasync def start(kernel, console):\n    pass\n"
    )
    out = tmp_path / "out"
    assert main(["run", "echo", "--app", str(app), "--count", "1", "--out", str(out)]) == 1
    cause = json.loads((out / "hang.json").read_text())["cause"]
    assert (cause["name"], cause["thing"]) == ("link-down", "rpmsg-lite")
    assert cause["text"] == "no thread of the RTOS has opened the link: rpmsg-lite is not set up"


def test_flipped_bit_in_the_firmware(capfd, tmp_path: Path):
    elf = tmp_path / "fw.elf"
    assert main(["firmware", "build", "-o", str(elf)]) == 0
    data = bytearray(elf.read_bytes())
    data[20000] ^= 4
    elf.write_bytes(data)
    capfd.readouterr()
    text = fails(capfd, 1, "run", "boot", "--firmware", str(elf), "--out", str(tmp_path / "out"))
    assert "0x6e8" in text and "expected" in text and "found" in text


def test_truncated_firmware(capfd, tmp_path: Path):
    elf = tmp_path / "fw.elf"
    assert main(["firmware", "build", "-o", str(elf)]) == 0
    elf.write_bytes(elf.read_bytes()[:3000])
    capfd.readouterr()
    text = fails(capfd, 2, "run", "boot", "--firmware", str(elf), "--out", str(tmp_path / "out"))
    assert str(elf) in text


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_rtl_that_does_not_compile(simulator: str, tmp_path: Path):
    source = tmp_path / "broken.sv"
    source.write_text("module broken;\n  wire [3:0 nothing;\nendmodule\n")
    with pytest.raises(BuildError) as error:
        build_simulation(Design("broken", (source,)), simulator)
    text = str(error.value)
    assert text.startswith(f"{simulator}: ") and "broken.sv:2" in text and "\n" not in text


def test_missing_compiler(capfd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AMPSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    text = fails(capfd, 2, "run", "boot", "--out", str(tmp_path / "out"))
    assert text == (
        "g++ not found on PATH: install the package g++ (Debian/Ubuntu: apt-get install g++)"
    )


def processes_in(directory: Path) -> list[int]:
    """Processes whose working folder is ``directory``."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == directory:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_simulator_outlives_its_command(how: signal.Signals, tmp_path: Path):
    build_simulation(soc_design(load_board("visionfive2")), "verilator")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "sim.cli", "run", "echo", "--count", "100000"]
    process = subprocess.Popen(
        [*command, "--out", str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 120
        while not processes_in(out) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert processes_in(out)
        os.kill(process.pid, how)
        assert process.wait(30) != 0
    finally:
        process.kill()
    deadline = time.monotonic() + 30
    while processes_in(out) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_in(out) == []
    assert not (out / "result.json").exists()
