# SPDX-License-Identifier: Apache-2.0
"""Builds the measuring tops: with cocotb's stock main program, and with the C++ harness."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cocotb_tools import runner as cocotb_runner

from sim.boards import load_board
from sim.boards.views import rtl_parameters
from sim.cache import cached_build, content_key
from sim.design import HDL, Design, soc_design
from sim.native_build import NATIVE, build_core_port
from sim.simulators import BuildError
from sim.toolchain import find_tool, verilator_bin

HARNESS = Path(__file__).parent / "harness"
BOARD = "visionfive2"
_SPEED = ("--no-timing", "-O3", "--x-assign", "0", "--x-initial", "0", "-Wno-fatal")
# The wheel's configuration lacks the compiler's option for precompiled headers.
_MAKE = ("CFG_CXXFLAGS_PCH_I=-include",)


def measuring_design(top: str) -> Design:
    """Return the design of ``bench_shells`` or ``bench_ports``, or the SoC's, ``amp_bench``."""
    if top == "amp_bench":
        return soc_design(rtl_parameters(load_board(BOARD)))
    folders = ("core", "fabric", "peripherals")
    sources = [file for folder in folders for file in sorted((HDL / folder).glob("*.sv"))]
    own = [HDL / "bench" / "bench_fabric.sv", HDL / "bench" / f"{top}.sv"]
    return Design(top, (*sources, *own), (HDL / "core",))


class _StockVerilator(cocotb_runner.Verilator):
    """cocotb's runner as it is: its own main program, all signals public."""

    def _build_command(self) -> list[Any]:
        verilate, make = super()._build_command()
        return [verilate, [*make, *_MAKE]]


def build_stock(design: Design) -> Path:
    """Return the folder of a Verilator simulation as cocotb's runner makes it, optimised."""
    arguments = [*_SPEED, "-CFLAGS", "-O2 -std=gnu++20"]
    _put_verilator_on_path()

    def build(folder: Path) -> None:
        log = folder / "build.log"
        try:
            _StockVerilator().build(
                sources=list(design.sources),
                includes=list(design.includes),
                hdl_toplevel=design.top,
                build_args=arguments,
                build_dir=folder,
                timescale=("1ns", "1ns"),
                log_file=log,
            )
        except (RuntimeError, SystemExit) as error:
            raise BuildError(f"verilator: {design.top} does not build: see {log}") from error

    key = content_key(design.files(), design.top, "stock", arguments)
    return cached_build("bench", key, build)


def build_harness(design: Design) -> Path:
    """Return the C++ program that runs ``design`` (core shells) without Python."""
    port = build_core_port()
    _put_verilator_on_path()
    flags = f"-O2 -std=gnu++20 -I{NATIVE} -I{HARNESS}"
    link = f"-L{port} -lcoreport -Wl,-rpath,{port}"
    code = [*sorted(HARNESS.glob("*")), NATIVE / "core_port.h"]

    def build(folder: Path) -> None:
        verilate = ["verilator", "--cc", "--exe", *_SPEED, "--top-module", design.top]
        verilate += ["--prefix", "Vtop", "-Mdir", str(folder), "-o", design.top]
        verilate += ["--timescale", "1ns/1ns", "-CFLAGS", flags, "-LDFLAGS", link]
        verilate += [f"-I{include}" for include in design.includes]
        verilate += [str(HARNESS / "main.cpp"), *map(str, design.sources)]
        _run(verilate)
        jobs = f"-j{len(os.sched_getaffinity(0))}"
        _run(["make", jobs, "-C", str(folder), "-f", "Vtop.mk", *_MAKE])

    key = content_key([*design.files(), *code], design.top, "harness", flags, link, _SPEED)
    return cached_build("bench", key, build) / design.top


def _put_verilator_on_path() -> None:
    for tool in ("g++", "make", "perl"):
        find_tool(tool)
    folder = str(verilator_bin())
    if folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr + done.stdout).splitlines()
        errors = [line for line in lines if "error" in line.lower()]
        raise BuildError(f"the C++ harness does not build: {(errors or lines or ['?'])[0].strip()}")
