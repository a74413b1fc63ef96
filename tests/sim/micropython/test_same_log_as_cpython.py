# SPDX-License-Identifier: Apache-2.0
"""Every scenario has the same event log with the RTOS side in MicroPython, on both boards."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from micropython_processes import processes

from sim.cli import main
from sim.micropython.interpreter import HEAP_BYTES

RUNS = (
    ("visionfive2", "boot", "--port", "ctypes"),
    ("visionfive2", "linux-test", "--count", "3", "--fault", "dropped-kick:to=linux,nth=2"),
    ("visionfive2", "echo", "--count", "5"),
    ("visionfive2", "ipi-latency", "--count", "5"),
    ("visionfive2", "schedule-latency", "--count", "3"),
    ("visionfive2", "uart-latency", "--count", "3"),
    ("v821", "boot", "--secure"),
    ("v821", "linux-test", "--count", "3"),
    ("v821", "echo", "--count", "5"),
    ("v821", "lifecycle", "--count", "2"),
    ("v821", "rpbuf", "--count", "3"),
    ("v821", "services", "--count", "3"),
)
# How often the RTOS is started, when not once: a round of lifecycle starts it, starts it again and
# recovers it from a crash; services and rpbuf recover it from one.
STARTS = {"lifecycle": 6, "services": 2, "rpbuf": 2}
# What is measured in wall time, what says which interpreter ran, and where its files are.
OTHER = ("wall_time_s", "start_up_s", "rtos", "rtos_memory", "artifacts")


# Where MicroPython compiles to byte code; elsewhere it is native code.
BYTE_CODE = (("visionfive2", "echo"), ("v821", "lifecycle"))


def outcome(directory: Path, *arguments: str) -> tuple[dict[str, object], bytes]:
    """The result but for what is OTHER, and the RTOS's console."""
    result = directory / "result.json"
    assert main(["run", *arguments, "--out", str(directory), "--json", str(result)]) == 0
    found = json.loads(result.read_text())
    console = (directory / found["artifacts"]["uart1"]).read_bytes()
    return {name: value for name, value in found.items() if name not in OTHER}, console


@pytest.mark.parametrize(("board", "scenario", "options"), [(b, s, o) for b, s, *o in RUNS])
def test_same_result_byte_for_byte(
    board: str, scenario: str, options: list[str], capfd, tmp_path: Path
):
    arguments = (scenario, "--board", board, *options)
    expected = outcome(tmp_path / "cpython", *arguments)
    folder = tmp_path / "micropython"
    emitter = "bytecode" if (board, scenario) in BYTE_CODE else "native"
    ran = outcome(folder, *arguments, "--rtos", "micropython", "--rtos-emit", emitter)
    assert ran == expected
    assert processes(tmp_path) == []
    memory = json.loads((folder / "result.json").read_text())["rtos_memory"]
    assert 0 < memory["heap_loaded_bytes"] <= memory["heap_high_water_bytes"] < HEAP_BYTES
    assert memory["heap_limit_bytes"] == HEAP_BYTES
    assert memory["emitter"] == emitter
    assert memory["starts"] == STARTS.get(scenario, 1)


@pytest.mark.usefixtures("named_interpreter")
def test_frames_in_pipes_instead_of_memory(capfd, tmp_path: Path):
    expected = outcome(tmp_path / "cpython", "echo", "--count", "5")
    assert outcome(tmp_path / "pipes", "echo", "--count", "5", "--rtos", "micropython") == expected
    assert processes(tmp_path) == []


ROWS = """
from rtos_side.apps import rpmsg_linux_test
from rtos_side.hal import LOAD, SERIES, WAIT, coroutine
from rtos_side.kernel.thread import Thread

COMMAND = rpmsg_linux_test.COMMAND


async def start(kernel, console):
    requests = ((WAIT, 200, 0), (LOAD, 0x2000000, 4)) * 5

    @coroutine
    def row():
        return (yield (SERIES, requests))

    async def entry():
        for _ in range(2000):
            assert len(await row()) == len(requests)

    await Thread(kernel, "rows", entry, 4096, 25, 20).startup()
    await rpmsg_linux_test.start(kernel, console)
"""


def test_one_cpu_for_both_processes(capfd, tmp_path: Path):
    """There each of the two sleeps whenever it waits for the other one, in interrupted rows, too.

    Some of the kernel's ticks come between two requests of a row, which then ends early.
    """
    app = tmp_path / "rows.py"
    app.write_text(ROWS)
    arguments = ("boot", "--app", str(app), "--rtos", "micropython")
    expected = outcome(tmp_path / "cpython", *arguments[:3])
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert outcome(tmp_path / "one", *arguments) == expected
    finally:
        os.sched_setaffinity(0, allowed)
