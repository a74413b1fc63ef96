# SPDX-License-Identifier: Apache-2.0
"""The C part of the core port does what a model of the core shells expects, under sanitizers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from sim.build.native import NATIVE
from sim.build.toolchain import find_tool

CHECKS = Path(__file__).with_name("core_port_checks.c")
STEPS = 12000


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of core_port_checks.c with the core port compiled in."""
    program = tmp_path_factory.mktemp("native") / "core_port_checks"
    sanitizers = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    warnings = ("-Wall", "-Wextra", "-Werror")
    parts = (NATIVE / f"core_{name}.c" for name in ("port", "records", "observer"))
    sources = (f"-I{NATIVE}", CHECKS, *parts)
    command = [find_tool("gcc"), "-g", "-O1", *sanitizers, *warnings, *sources, "-o", program]
    subprocess.run(command, check=True)
    return program


@pytest.mark.parametrize("seed", range(1, 9))
def test_random_requests_bursts_resets_and_records(checks: Path, seed: int):
    """Bursts, strobes, 4 KiB lines, refusals, long payloads, terminals, resets, halt; no leak."""
    done = subprocess.run(
        [checks, str(seed), str(STEPS)],
        env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    size, transactions = done.stdout.split()[0], done.stdout.split()[4]
    assert int(size) > 1_000_000 and int(transactions) > STEPS // 3
