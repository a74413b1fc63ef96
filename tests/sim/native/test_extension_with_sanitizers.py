# SPDX-License-Identifier: Apache-2.0
"""The core port's Python extension does no wrong with memory: rows, frames of a kernel, pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sim.build.native import EXTENSION, build_core_port, compile_extension
from sim.build.toolchain import find_tool

SIM = Path(__file__).parents[1]
TESTS = (
    SIM / "ports" / "test_series_and_run.py",
    SIM / "micropython" / "test_pipes_are_alike.py",
)


def test_rows_frames_and_pipes_under_sanitizers(tmp_path: Path):
    """The tests of SERIES, RUN and pipes, with each of Python's objects a block of malloc."""
    sanitizers = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-O1")
    compile_extension(tmp_path / EXTENSION, build_core_port(), *sanitizers)
    find = [str(find_tool("gcc")), "-print-file-name=libasan.so"]
    runtime = subprocess.run(find, capture_output=True, text=True, check=True).stdout.strip()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-k", "not ctypes", *map(str, TESTS)],
        env={
            **os.environ,
            "AMPSIM_TEST_EXTENSION": str(tmp_path),
            "ASAN_OPTIONS": "detect_leaks=0",  # what Python keeps to its end
            "LD_PRELOAD": runtime,
            "PYTHONMALLOC": "malloc",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
