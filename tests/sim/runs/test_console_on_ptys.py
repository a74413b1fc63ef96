# SPDX-License-Identifier: Apache-2.0
"""`ampsim console`: an ordinary serial program uses finsh and the Linux shell, also at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial
from running_console import read_until, running_console

from sim.boards import load_board
from sim.build.design import soc_design
from sim.build.simulators import build_simulation


@pytest.fixture
def ptys(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Paths of the two ptys of a running console; at its end the waveform has viewers' files."""
    build_simulation(soc_design(load_board("visionfive2")), "verilator", waves="fst")
    with running_console(tmp_path, "--waves", "fst", "--waves-to", "1ms") as paths:
        yield paths
    assert "decoded.hart" in (tmp_path / "waves.gtkw").read_text()
    assert (tmp_path / "waves.sucl").exists()


def test_finsh_stays_usable_while_echo_runs(ptys: dict[str, str]):
    with serial.Serial(ptys["rtos"], 115200, timeout=1) as rtos:
        read_until(rtos, r"(?s)link up!.*msh >")
    with serial.Serial(ptys["linux"], 115200, timeout=1) as linux:
        linux.write(b"\r")
        read_until(linux, "# ")
        linux.write(b"rpmsg_echo -n 3000\r")
        with serial.Serial(ptys["rtos"], 115200, timeout=1) as rtos:
            rtos.write(b"list_thread\r")
            table = read_until(rtos, r"(?s)timer .*msh >")
        assert re.search(r"rpmsg_linux_test +9  suspend 0x", table)
        assert re.search(r"tshell +20  running 0x", table)
        assert "3000 messages echoed" in read_until(linux, "maxtime [0-9]+ ns")

        # The RTOS's terminal has gone away and comes back.
        with serial.Serial(ptys["rtos"], 115200, timeout=1) as rtos:
            rtos.write(b"list_sem\r")
            assert "shrx" in read_until(rtos, r"(?s)semaphore.*msh >")
        linux.write(b"cat /proc/interrupts\r")
        shown = read_until(linux, "AMP rpmsg interrupts")
        row = re.search(r"IPI5: +(\d+) +0 +0  AMP rpmsg", shown)
        # An IPI for each echo, one for each buffer given back; two that meet count as one.
        assert row is not None and 3000 < int(row[1]) <= 2 * 3000 + 1
