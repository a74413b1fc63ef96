# SPDX-License-Identifier: Apache-2.0
"""Runs with a real Linux kernel over the RTL."""

import json
import os
import re
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main
from sim.linux_peer.build import INIT, PeerFiles
from sim.linux_peer.initramfs import archive, file
from sim.micropython.link import MODULE

pytestmark = pytest.mark.usefixtures("peer_files")


def run(folder: Path, scenario: str, *words: str) -> dict[str, Any]:
    """The result of a run, which has passed."""
    result = folder / "r.json"
    code = main(
        ["run", scenario, "--host", "linux", "--out", str(folder), "--json", str(result), *words]
    )
    outcome: dict[str, Any] = json.loads(result.read_text())
    assert code == 0, outcome["checks"]
    return outcome


def test_the_kernels_own_sample_to_goodbye_twice_alike(tmp_path: Path):
    first = run(tmp_path / "a", "client-sample")
    again = run(tmp_path / "another-folder", "client-sample", "--rtos", "micropython")
    assert first["event_log_sha256"] == again["event_log_sha256"]
    consoles = [tmp_path / name / "linux-console.log" for name in ("a", "another-folder")]
    assert consoles[0].read_bytes() == consoles[1].read_bytes()
    assert first["artifacts"]["linux_console"] == "linux-console.log"


def test_the_other_port_gives_the_same_run(tmp_path: Path):
    first = run(tmp_path / "extension", "client-sample", "--count", "3")
    again = run(tmp_path / "ctypes", "client-sample", "--count", "3", "--port", "ctypes")
    assert first["event_log_sha256"] == again["event_log_sha256"]


@pytest.mark.parametrize("board", ["visionfive2", "v821"])
@pytest.mark.parametrize("scenario", ["linux-test", "devices", "endpoints", "remote-restart"])
def test_scenarios_pass_on_both_boards(tmp_path: Path, board: str, scenario: str):
    run(tmp_path, scenario, "--board", board, "--count", "3")


@pytest.mark.parametrize("size", [256, 16, 4, 2])
def test_bursts_that_fill_rings_of_any_size(tmp_path: Path, size: int):
    run(tmp_path, "burst", "--ring", str(size), "--count", "300")


@pytest.mark.parametrize("board", ["visionfive2", "v821"])
def test_the_referee_sees_every_message_and_finds_nothing(tmp_path: Path, board: str):
    outcome = run(tmp_path, "burst", "--board", board, "--count", "300", "--referee")
    assert outcome["violations"] == []
    # Announcements of the RTOS, 300 messages and their echoes.
    seen = int(outcome["checks"]["referee"]["reason"].split()[0])
    assert seen == 600 + {"visionfive2": 3, "v821": 8}[board]


def test_a_dead_remote_breaks_rules_as_it_means_to(tmp_path: Path):
    outcome = run(tmp_path, "dead-remote", "--ring", "4")
    rules = {violation["rule"] for violation in outcome["violations"]}
    assert rules == {"message-not-taken", "mailbox-unanswered", "ipi-unanswered"}
    assert outcome["checks"]["referee"]["reason"].endswith(", as this scenario means to")


def test_the_referee_judges_its_records_afterwards_as_well(tmp_path: Path, capfd):
    outcome = run(tmp_path, "burst", "--ring", "4", "--count", "20")
    capfd.readouterr()
    assert main(["check", str(tmp_path / "records.bin")]) == 0
    assert capfd.readouterr().out.strip() == outcome["checks"]["referee"]["reason"]


def test_a_real_kernel_does_not_say_when_it_sends_and_takes(tmp_path: Path, capfd):
    run(tmp_path, "client-sample", "--count", "3")
    assert capfd.readouterr().err == ""
    records = tmp_path / "records.bin"
    told = (
        f"{records}: expected steps of messages from both sides, found a real kernel on one, which "
        "tells none (ampsim check follows its rings)"
    )
    assert f"Messages cannot be shown: {told}." in (tmp_path / "report.html").read_text()
    assert main(["messages", str(tmp_path)]) == 2
    assert capfd.readouterr().err.strip() == f"ampsim: {told}"


# On V821 its message box is full after 8 kicks: those that follow hold nobody up.
@pytest.mark.parametrize("board", ["visionfive2", "v821"])
def test_a_remote_that_dies_is_given_up_after_15_s(tmp_path: Path, board: str):
    run(tmp_path, "dead-remote", "--board", board, "--ring", "16")


# ---- breakdowns ----


def kernels(folder: Path) -> list[int]:
    """The processes that run in a folder: the simulator, the kernel and what it has made."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder.resolve():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def is_kernel(process: int) -> bool:
    return Path(f"/proc/{process}/exe").resolve().name == "linux"


def is_micropython(process: int) -> bool:
    return MODULE.encode() in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")


def kill_soon(folder: Path, chosen: Any, number: int) -> threading.Thread:
    """Kill the first chosen process of a run when the kernel's init has begun."""

    def wait_and_kill() -> None:
        console = folder / "linux-console.log"
        while not (console.exists() and "Run /init" in console.read_text("utf-8", "replace")):
            time.sleep(0.01)
        os.kill(min(filter(chosen, kernels(folder))), number)

    thread = threading.Thread(target=wait_and_kill)
    thread.start()
    return thread


def breakdown(folder: Path, capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line of a run that breaks down; nothing of it is left."""
    assert main(["run", "burst", "--host", "linux", "--out", str(folder), *words]) == 1
    lines = capfd.readouterr().err.strip().splitlines()
    for _ in range(100):
        if not kernels(folder):
            break
        time.sleep(0.05)
    assert kernels(folder) == []
    assert len(lines) == 1, lines
    return lines[0]


def test_a_kernel_that_is_killed(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    killer = kill_soon(tmp_path, is_kernel, signal.SIGKILL)
    line = breakdown(tmp_path, capfd, "--count", "100000")
    killer.join()
    assert line.startswith("ampsim: the Linux kernel ended (signal 9): ")


def test_a_simulator_that_is_killed_takes_the_kernel_along(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    killer = kill_soon(tmp_path, lambda process: not is_kernel(process), signal.SIGKILL)
    line = breakdown(tmp_path, capfd, "--count", "100000")
    killer.join()
    assert line.startswith("ampsim: the simulator ended without a result")


def test_a_micropython_that_is_killed_takes_the_kernel_along(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    killer = kill_soon(tmp_path, is_micropython, signal.SIGKILL)
    line = breakdown(tmp_path, capfd, "--count", "100000", "--rtos", "micropython")
    killer.join()
    assert line == (
        "ampsim: the MicroPython process of the RTOS: expected it to run as long as the "
        f"simulation, found it ended by SIGKILL; what it printed is in {tmp_path}/micropython.log"
    )


def test_a_kernel_that_panics_in_mid_run(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    peer_files: PeerFiles,
):
    # An init that runs the scenario and then dies, while messages are under way.
    init = INIT.read_text().replace(". /script\n", "(. /script) &\nwait_for /dev/rpmsg0\nexit 3\n")
    base = peer_files.initramfs.read_bytes()
    other = tmp_path / "mortal-init.cpio"
    other.write_bytes(base + archive([file("init", init.encode(), 0o755)]))
    broken = PeerFiles(peer_files.kernel, other)
    monkeypatch.setattr("sim.linux_peer.build.build_peer", lambda _say: broken)
    line = breakdown(tmp_path / "run", capfd, "--count", "100000")
    assert re.fullmatch(
        r"ampsim: the Linux kernel ended \(signal 6\): \[ +[0-9.]+\] Kernel panic - not syncing: "
        r"Attempted to kill init! exitcode=0x00000300",
        line,
    )
    assert "creating channel rpmsg-raw" in (tmp_path / "run/linux-console.log").read_text()
