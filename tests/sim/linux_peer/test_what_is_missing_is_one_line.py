# SPDX-License-Identifier: Apache-2.0
"""What --host linux lacks or cannot do is said in one line."""

from pathlib import Path
from types import ModuleType

import pytest

from sim.cli import main
from sim.conformance import __main__ as comparison
from sim.linux_peer import build, repeat, requirements


def complaint(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line of a command that ends with 2."""
    assert main(["run", *words]) == 2
    return capsys.readouterr().err


def test_missing_packages_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(requirements, "SOURCE", tmp_path / "none.tar.xz")
    missing = "gcc, make, bc, flex, bison, patch, tar, xz-utils, linux-source-6.12, busybox-static"
    expected = (
        f"linux-peer: the Linux kernel of --host linux cannot be built: {missing} missing "
        f"(Debian 12: apt-get install {missing.replace(',', '')})\n"
    )
    assert build.main() == 2
    assert capsys.readouterr().err == expected


def test_a_machine_that_it_is_not_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    expected = (
        "the Linux kernel of --host linux: expected a machine of x86_64, found aarch64 "
        "(User-Mode Linux is for x86; everything else works here)\n"
    )
    assert requirements.main() == 2
    assert build.main() == 2
    found = capsys.readouterr()
    assert (found.out, found.err) == (expected, f"linux-peer: {expected}")


@pytest.mark.parametrize(
    ("command", "step", "code", "said"),
    [
        (build, "build_peer", 1, "linux-peer: interrupted"),
        (repeat, "repeat", 1, "repeat: interrupted"),
        (comparison, "compare_hosts", 2, "conformance: interrupted"),
    ],
)
def test_ctrl_c_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: ModuleType,
    step: str,
    code: int,
    said: str,
):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, step, interrupted)
    monkeypatch.setattr("sys.argv", ["command"])
    assert command.main() == code
    assert capsys.readouterr().err == f"{said}\n"


def test_one_run_is_no_repetition(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        repeat.main(["--runs", "1"])
    assert end.value.code == 2
    assert capsys.readouterr().err.endswith("error: --runs: expected at least 2, found 1\n")


def test_a_dynamic_busybox_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "busybox").symlink_to("/bin/ls")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert requirements.find_busybox() is None


def test_scenarios_that_need_the_model(capsys: pytest.CaptureFixture[str]):
    assert complaint(capsys, "rpbuf", "--host", "linux").startswith(
        "ampsim: --host linux: unknown scenario 'rpbuf': expected one of linux-test, echo, "
    )


@pytest.mark.parametrize("size", ["0", "3", "512"])
def test_rings_that_no_kernel_has(capsys: pytest.CaptureFixture[str], size: str):
    expected = "one of 256, 128, 64, 32, 16, 8, 4, 2"
    found = complaint(capsys, "echo", "--host", "linux", "--ring", size)
    assert found == f"ampsim: --ring: expected {expected}, found {size}\n"


def test_the_model_has_its_boards_rings(capsys: pytest.CaptureFixture[str]):
    assert complaint(capsys, "echo", "--ring", "16") == (
        "ampsim: --ring: expected --host linux, found the model (its board says the size)\n"
    )


def test_a_firmware_for_another_host_or_other_rings(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, peer_files: object
):
    other, own = tmp_path / "model.elf", tmp_path / "linux.elf"
    build_it = ["firmware", "build", "--app", "channels"]
    assert main([*build_it, "-o", str(other)]) == 0
    assert main([*build_it, "--host", "linux", "--ring", "4", "-o", str(own)]) == 0
    model, kernel = "the model of Linux", "--host linux"
    assert complaint(capsys, "devices", "--host", "linux", "--firmware", str(other)) == (
        f"ampsim: {other}: expected a firmware for {kernel}, found one for {model}\n"
    )
    assert complaint(capsys, "boot", "--firmware", str(own)) == (
        f"ampsim: {own}: expected a firmware for {model}, found one for {kernel}\n"
    )
    assert complaint(capsys, "devices", "--host", "linux", "--firmware", str(own)) == (
        f"ampsim: {own}: expected a firmware for rings of 256, found 4\n"
    )
    words = ["run", "devices", "--host", "linux", "--ring", "4", "--firmware", str(own)]
    assert main([*words, "--out", str(tmp_path / "run")]) == 0


def test_plain_signals_cannot_reach_the_kernels_memory(capsys: pytest.CaptureFixture[str]):
    assert complaint(capsys, "echo", "--host", "linux", "--port", "cocotb") == (
        "ampsim: --host linux: expected --port extension or ctypes, found cocotb\n"
    )


def test_a_board_without_a_place_for_the_ram(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    from sim.boards.board import BOARDS_DIR

    text = (BOARDS_DIR / "visionfive2" / "board.dts").read_text()
    board = tmp_path / "own.dts"
    board.write_text(text.replace('"ampsim,linux-ram"', '"other"'))
    found = complaint(capsys, "echo", "--host", "linux", "--board", str(board))
    expected = "a node compatible with ampsim,linux-ram"
    assert found == f"ampsim: {board}: --host linux: expected {expected}, found none\n"
