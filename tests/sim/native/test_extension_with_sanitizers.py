# SPDX-License-Identifier: Apache-2.0
"""The core port's Python extension does no wrong with memory while it runs rows and frames."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sim.build.native import EXTENSION, build_core_port, compile_extension
from sim.build.toolchain import find_tool

TESTS = Path(__file__).parents[1] / "ports" / "test_series_and_run.py"


def test_rows_and_frames_under_sanitizers(tmp_path: Path):
    """The tests of SERIES and RUN, with each of Python's objects a block of malloc."""
    sanitizers = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-O1")
    compile_extension(tmp_path / EXTENSION, build_core_port(), *sanitizers)
    find = [str(find_tool("gcc")), "-print-file-name=libasan.so"]
    runtime = subprocess.run(find, capture_output=True, text=True, check=True).stdout.strip()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-k", "extension", str(TESTS)],
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
