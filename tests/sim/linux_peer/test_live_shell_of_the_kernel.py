# SPDX-License-Identifier: Apache-2.0
"""`ampsim console --host linux`: the real kernel's shell and finsh on two ptys."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial
from running_console import read_until, running_console

from sim.build.design import soc_design
from sim.build.simulators import build_simulation
from sim.linux_peer.board import host_board

pytestmark = pytest.mark.usefixtures("peer_files")


@pytest.fixture
def ptys(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Paths of the two ptys of a running console."""
    build_simulation(soc_design(host_board("visionfive2", "linux")), "verilator")
    with running_console(tmp_path, "--host", "linux") as paths:
        yield paths


def test_a_shell_of_the_real_kernel_and_finsh(ptys: dict[str, str], tmp_path: Path):
    with (
        serial.Serial(ptys["linux"], 115200, timeout=1) as linux,
        serial.Serial(ptys["rtos"], 115200, timeout=1) as rtos,
    ):
        read_until(linux, "/ # ")
        linux.write(b"uname -sr; rpmsg_tool echo /dev/rpmsg0 5\r")
        text = read_until(linux, "echo 5 of 5 came back")
        assert "Linux 6.12." in text and "\x1b[6n" not in text
        linux.write(b"echo begun; sleep 1000\r")
        read_until(linux, r"(?m)^begun")
        linux.write(b"\x03")
        read_until(linux, r"\^C\s+/ # ")
        rtos.write(b"list_thread\r")
        assert "client-sample" in read_until(rtos, r"(?s)tshell.*msh >")
        linux.write(b"poweroff -f\r")
        for _ in range(300):
            if (tmp_path / "result.json").exists():
                break
            time.sleep(0.1)
    console = (tmp_path / "linux-console.log").read_text()
    assert console.rstrip().endswith("reboot: Power down")
    assert "hvc" not in console
