# SPDX-License-Identifier: Apache-2.0
"""A kernel that ends or hangs before its first message is one line with what to do."""

import sys
from pathlib import Path

import pytest

from sim.errors import RunError
from sim.linux_peer import kernel_process, machine
from sim.linux_peer.build import PeerFiles
from sim.linux_peer.machine import Machine


def failure(folder: Path, script: str) -> str:
    """The error of a machine whose kernel is a shell script."""
    kernel = folder / "kernel"
    kernel.write_text(f"#!/bin/sh\n{script}\n")
    kernel.chmod(0o755)
    said = failure_of(kernel, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["console.log", "kernel"]
    return said


def failure_of(kernel: Path, folder: Path) -> str:
    """The error of a machine with a kernel that ends before it has done anything."""
    made = Machine(kernel, folder, folder / "console.log", [], lambda: 0)
    try:
        with pytest.raises(RunError) as caught:
            made.run()
    finally:
        made.close()
    assert not made.process.alive()
    return str(caught.value)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        (
            "Checking that ptrace can change system call numbers...failed",
            "let it trace its processes (in a container: --cap-add SYS_PTRACE)",
        ),
        ("Checking PROT_EXEC mmap in /dev/shm...failed", "mount /dev/shm without noexec"),
        (
            "userspace - ptrace set fp regs failed, errno = 14",
            "this CPU has more registers than the kernel has room for: a larger HOST_FP_SIZE in "
            "sim/linux_peer/kernel/patches/0001 makes it",
        ),
    ],
)
def test_what_it_said_last_and_what_to_do(tmp_path: Path, said: str, advice: str):
    found = failure(tmp_path, f"echo 'Core dump limits :'\necho '{said}'\nexit 1")
    assert found == f"the Linux kernel ended (exit code 1): {said}; {advice}"


def test_a_real_kernel_that_may_not_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, peer_files: PeerFiles
):
    refused = (sys.executable, str(Path(__file__).with_name("without_ptrace.py")))
    command = (*refused, *kernel_process._FIXED_AND_BOUND)
    monkeypatch.setattr(kernel_process, "_FIXED_AND_BOUND", command)
    found = failure_of(peer_files.kernel, tmp_path)
    assert found == (
        "the Linux kernel ended (exit code 1): check_ptrace : expected SIGSTOP, got status = 9; "
        "let it trace its processes (in a container: --cap-add SYS_PTRACE)"
    )


def test_addresses_that_cannot_be_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    refusing = tmp_path / "bin"
    refusing.mkdir()
    text = "setarch: failed to set personality to x86_64: Operation not permitted"
    (refusing / "setarch").write_text(f"#!/bin/sh\necho '{text}' >&2\nexit 1\n")
    (refusing / "setarch").chmod(0o755)
    command = ("setpriv", "--pdeathsig", "KILL", str(refusing / "setarch"), "-R")
    monkeypatch.setattr("sim.linux_peer.kernel_process._FIXED_AND_BOUND", command)
    (tmp_path / "run").mkdir()
    advice = "allow it fixed addresses (in a container: another seccomp profile)"
    assert failure(tmp_path / "run", "") == (
        f"the Linux kernel ended (exit code 1): {text}; {advice}"
    )


def test_programs_of_util_linux_that_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kernel_process, "_FIXED_AND_BOUND", ("no-setpriv", "setarch", "-R"))
    with pytest.raises(RunError) as caught:
        Machine(tmp_path / "kernel", tmp_path, tmp_path / "console.log", [], lambda: 0)
    assert str(caught.value) == (
        "the Linux kernel cannot be started: no-setpriv: No such file or directory "
        "(no-setpriv and setarch are of util-linux)"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["console.log"]


def test_a_panic_is_what_counts_of_its_last_words(tmp_path: Path):
    panic = "[    0.010000] Kernel panic - not syncing: No working init found."
    found = failure(tmp_path, f"echo '{panic}'\necho 'CPU: 0 UID: 0 PID: 1'\nkill -ABRT $$")
    assert found == f"the Linux kernel ended (signal 6): {panic}"


def test_a_kernel_that_computes_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(machine, "PATIENCE_S", 1)
    assert failure(tmp_path, "exec sleep 100") == (
        "the Linux kernel has computed for 1 s of wall time without looking at its clock: "
        "a program in it loops"
    )
