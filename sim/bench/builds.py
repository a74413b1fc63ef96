# SPDX-License-Identifier: Apache-2.0
"""The designs that are measured, and the C++ harness around one of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sim.boards import load_board
from sim.build.design import HDL, INCLUDES, Design, soc_design
from sim.build.native import NATIVE, link_core_port
from sim.build.toolchain import compiler_cache, find_tool, verilator_bin
from sim.build.verilator_flags import COMPILE, MAKE_VARIABLES, VERILATE, remove_by_products
from sim.cache import cached_build, content_key
from sim.errors import AmpsimError

HARNESS = Path(__file__).parent / "harness"
BOARD = "visionfive2"


class BuildError(AmpsimError):
    """Something measured does not compile; the text ends with the compiler's first error."""

    @classmethod
    def from_output(cls, what: str, output: str) -> BuildError:
        """Return the error with the first line of ``output`` that tells of one."""
        lines = output.splitlines()
        errors = [line.strip() for line in lines if "error" in line.lower()]
        return cls(f"{what} does not build: {(errors or lines or ['no output'])[0]}")


def measuring_design(top: str) -> Design:
    """Return the design of ``bench_shells`` or ``bench_ports``, or, for ``soc``, a board's."""
    if top == "soc":
        return soc_design(load_board(BOARD))
    folders = ("core", "fabric", "peripherals")
    sources = [file for folder in folders for file in sorted((HDL / folder).glob("*.sv"))]
    own = [HDL / "bench" / "bench_fabric.sv", HDL / "bench" / f"{top}.sv"]
    return Design(top, (*sources, *own), INCLUDES)


def build_harness(design: Design) -> Path:
    """Return the C++ program that runs ``design`` (core shells) without Python."""
    put_verilator_on_path()
    flags = f"{COMPILE} -I{NATIVE} -I{HARNESS}"
    code = [*sorted(HARNESS.glob("*")), NATIVE / "core_port.h"]

    def build(folder: Path) -> None:
        verilate = ["verilator", "--cc", "--exe", *VERILATE, "--top-module", design.top]
        verilate += ["--prefix", "Vtop", "-Mdir", str(folder), "-o", design.top]
        verilate += ["--timescale", "1ns/1ns", "-CFLAGS", flags, "-LDFLAGS", link_core_port()]
        verilate += [f"-I{include}" for include in design.includes]
        verilate += [str(HARNESS / "main.cpp"), *map(str, design.sources)]
        _run(verilate)
        jobs = f"-j{len(os.sched_getaffinity(0))}"
        _run(["make", jobs, "-C", str(folder), "-f", "Vtop.mk", *MAKE_VARIABLES])
        remove_by_products(folder)

    made = (flags, VERILATE, MAKE_VARIABLES)
    key = content_key([*design.files(), *code], design.top, "harness", *made)
    return cached_build("bench", key, build) / design.top


def put_verilator_on_path() -> None:
    """Let programs that are started find ``verilator``; check the tools it needs.

    Raises :class:`~sim.build.toolchain.ToolError`.
    """
    for tool in ("g++", "make", "perl"):
        find_tool(tool)
    folder = str(verilator_bin())
    if folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
    os.environ.update(compiler_cache())


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError.from_output("the C++ harness", done.stderr + done.stdout)
