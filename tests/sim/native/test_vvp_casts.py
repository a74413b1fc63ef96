# SPDX-License-Identifier: Apache-2.0
"""The library that is loaded before vvp: casts have the outcome they have without it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from sim.build import native
from sim.build.native import build_vvp_casts
from sim.build.toolchain import find_tool


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the program that makes the casts."""
    program = tmp_path_factory.mktemp("casts") / "casts"
    source = Path(__file__).with_name("vvp_casts_checks.cpp")
    subprocess.run([str(find_tool("g++")), "-O0", "-o", program, source], check=True)
    return program


def output(program: Path, preload: str | None) -> list[str]:
    environment = {name: text for name, text in os.environ.items() if name != "LD_PRELOAD"}
    if preload is not None:
        environment["LD_PRELOAD"] = preload
    done = subprocess.run(
        [program], env=environment, capture_output=True, text=True, check=True, timeout=20
    )
    assert not done.stderr
    return done.stdout.splitlines()


def test_every_cast_has_the_same_outcome_each_time(program: Path) -> None:
    without = output(program, None)
    assert output(program, str(build_vvp_casts())) == without
    assert without[:9] == without[9:18] == without[18:27]
    assert without[0] != "a wire's net to its value -1"
    assert "a lone net to a value -1" in without


def test_what_the_simulator_starts_is_started_without_the_library(program: Path) -> None:
    library = str(build_vvp_casts())
    assert output(program, library)[-1] == "LD_PRELOAD unset"
    other = str(find_tool("g++").parent.parent / "lib" / "none.so")
    environment = {**os.environ, "LD_PRELOAD": f"{other}:{library}"}
    done = subprocess.run(
        [program], env=environment, capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout.splitlines()[-1] == f"LD_PRELOAD {other}"


def test_a_path_that_the_loader_cannot_take_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "build_vvp_casts", lambda: Path("/a folder/libvvpcasts.so"))
    assert native.vvp_environment() == {}
    monkeypatch.setattr(native, "build_vvp_casts", lambda: Path("/opt/libvvpcasts.so"))
    monkeypatch.setenv("LD_PRELOAD", "libasan.so")
    assert native.vvp_environment() == {"LD_PRELOAD": "libasan.so:/opt/libvvpcasts.so"}
    monkeypatch.delenv("LD_PRELOAD")
    assert native.vvp_environment() == {"LD_PRELOAD": "/opt/libvvpcasts.so"}
