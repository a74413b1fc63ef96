# SPDX-License-Identifier: Apache-2.0
"""`ampsim console --board v821`: the RTOS is started, crashed and recovered from Linux's shell."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial
from running_console import PATIENCE_S, running_console

from sim.boards import load_board
from sim.build.design import soc_design
from sim.build.simulators import build_simulation

STATE = "/sys/class/remoteproc/remoteproc0/state"
DEBUG = "/sys/kernel/debug/remoteproc/remoteproc0"


class Shell:
    """Linux's shell at the far end of its pty."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port

    def read_until(self, pattern: str) -> str:
        """What comes over the line until the pattern does."""
        text, deadline = "", time.monotonic() + PATIENCE_S
        while not re.search(pattern, text):
            assert time.monotonic() < deadline, f"waited for {pattern!r}, read {text!r}"
            text += self._port.read(max(1, self._port.in_waiting)).decode()
        return text

    def run(self, command: str) -> str:
        """What a command prints, up to the next prompt."""
        self._port.write(f"{command}; echo status $?\r".encode())
        shown = self.read_until(r"status [0-9]+\r\n(.|\n)*# ")
        return shown.partition("\r\n")[2]

    def wait_for(self, command: str, wanted: str) -> str:
        """Repeat a command until it prints what is wanted."""
        deadline = time.monotonic() + PATIENCE_S
        while wanted not in (shown := self.run(command)):
            assert time.monotonic() < deadline, f"waited for {wanted!r}, read {shown!r}"
        return shown


@pytest.fixture
def ptys(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Paths of the two ptys of a running console."""
    build_simulation(soc_design(load_board("v821")), "verilator")
    with running_console(tmp_path, "--board", "v821") as paths:
        yield paths


def test_a_script_starts_crashes_and_recovers_the_rtos(ptys: dict[str, str]):
    with serial.Serial(ptys["linux"], 115200, timeout=1) as port:
        shell = Shell(port)
        port.write(b"\r")
        shell.read_until("# ")
        # A line of the kernel's log holds up the only CPU for longer than the UART's FIFO lasts.
        assert "status 0" in shell.run("dmesg -n 1")
        assert "offline" in shell.run(f"cat {STATE}")
        assert "status 0" in shell.run(f"echo start > {STATE}")
        assert "running" in shell.run(f"cat {STATE}")
        shell.wait_for("ls /dev", "rpmsg0")
        assert "5 messages echoed" in shell.run("rpmsg_echo -n 5")

        assert "status 0" in shell.run(f"echo 2 > {DEBUG}/crash")
        shell.wait_for("dmesg", "handling crash #1 in e907_rproc")
        shell.wait_for(f"cat {STATE}", "running")
        shell.wait_for("ls /dev", "rpmsg0")
        assert "5 messages echoed" in shell.run("rpmsg_echo -n 5")
        assert "Thread Operating System" in shell.run(f"cat {DEBUG}/trace0")

        assert "status 0" in shell.run(f"echo stop > {STATE}")
        assert "offline" in shell.run(f"cat {STATE}")
