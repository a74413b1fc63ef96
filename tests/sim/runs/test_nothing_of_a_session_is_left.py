# SPDX-License-Identifier: Apache-2.0
"""Ending a simulator's session ends what others have started in it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.runs.process import end_session

# The simulator starts a kernel in a group of its own, and that makes a process that stops itself,
# also when told to go on: a group that loses its last tie to the session gets SIGHUP and SIGCONT.
STOPPED = """
import os, signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)
print(os.getpid(), flush=True)
while True:
    os.kill(os.getpid(), signal.SIGSTOP)
"""
KERNEL = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {STOPPED!r}])"
SIMULATOR = f"""
import subprocess, sys
command = [sys.executable, "-c", {KERNEL!r}]
kernel = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)
sys.stdin.read()
kernel.kill()
"""


def state(process: int) -> str:
    """The letter of proc(5): Z is a process that has ended, "" one that is not there."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def reaches(process: int, states: tuple[str, ...]) -> bool:
    for _ in range(1000):
        if state(process) in states:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("simulator", ["runs", "has ended"])
def test_a_stopped_process_in_a_group_of_its_own(simulator: str):
    process = subprocess.Popen(
        [sys.executable, "-c", SIMULATOR],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stopped = int(process.stdout.readline())
    assert reaches(stopped, ("T",))
    if simulator == "has ended":
        process.stdin.close()
        process.wait()
        assert reaches(stopped, ("T",))
    end_session(process)
    process.stdin.close()
    process.stdout.close()
    assert reaches(stopped, ("", "Z"))
