# SPDX-License-Identifier: Apache-2.0
"""A model of Verilator is built once for all versions of the core port's library."""

from __future__ import annotations

import os
import subprocess

import pytest

from sim.boards import load_board
from sim.build import native
from sim.build.design import soc_design
from sim.build.simulators import build_simulation


def test_another_library_is_loaded_by_the_same_model(monkeypatch: pytest.MonkeyPatch):
    design = soc_design(load_board("visionfive2"))
    model, library = build_simulation(design, "verilator"), native.build_core_port()

    monkeypatch.setattr(native, "_FLAGS", (*native._FLAGS, "-fno-plt"))
    again = build_simulation(design, "verilator", building=lambda: pytest.fail("built again"))
    assert again == model
    assert native.build_core_port() != library
    assert loaded_library(model / design.top) == str(native.build_core_port() / native.LIBRARY)


def test_the_users_own_library_path_is_kept(monkeypatch: pytest.MonkeyPatch):
    folder = str(native.build_core_port())
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    assert native.core_port_environment() == {"LD_LIBRARY_PATH": folder}
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")
    assert native.core_port_environment() == {"LD_LIBRARY_PATH": f"{folder}:/opt/lib"}


def loaded_library(program: object) -> str:
    environment = {**os.environ, **native.core_port_environment()}
    done = subprocess.run(
        ["ldd", str(program)], env=environment, capture_output=True, text=True, check=True
    )
    (line,) = (line for line in done.stdout.splitlines() if native.LIBRARY in line)
    return line.split()[2]
