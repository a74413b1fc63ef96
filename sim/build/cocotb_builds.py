# SPDX-License-Identifier: Apache-2.0
"""Compiles a design through cocotb's runner, and asks the runner how the result is started.

Verilator gets the bench's own main program in place of cocotb's and no public signals but those the
sources name. Imported only where something has to be compiled: cocotb's runner takes longer to
import than a cached run takes to start.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from cocotb_tools import runner as cocotb_runner

from sim.build.design import Design
from sim.build.native import NATIVE
from sim.build.simulators import START_FILE, BuildError
from sim.build.toolchain import compiler_cache, verilator_bin
from sim.build.verilator_flags import MAKE_VARIABLES, remove_by_products

_TIMESCALE = ("1ns", "1ns")
_ARGUMENTS, _PLUSARGS = "<arguments>", "<plusargs>"
# What the runner sets for every run alike; the rest of a run's environment is the run's own.
_KEPT = ("PYGPI_PYTHON_BIN", "GPI_USERS", "COCOTB_TOPLEVEL", "TOPLEVEL_LANG")


class _CommandLine(Exception):
    """Carries the command a runner would have run out of its ``test``."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)


class _Prepared:
    """Mix-in for a runner whose ``test`` says what it would run instead of running it."""

    def _execute_cmds(
        self, cmds: Sequence[Sequence[str]], cwd: Any, stdout: TextIO | None = None
    ) -> None:
        (words,) = cmds
        raise _CommandLine(words)


class _Verilator(cocotb_runner.Verilator):
    """cocotb's runner with the bench's main program and its optimisation flags."""

    def _build_command(self) -> list[Any]:
        verilate, make = super()._build_command()
        stock_main = next(word for word in verilate if word.endswith("verilator.cpp"))
        verilate[verilate.index(stock_main)] = str(NATIVE / "verilator_main.cpp")
        verilate.remove("--public-flat-rw")
        if "--trace-fst" in verilate:
            verilate.remove("--trace")
        return [verilate, [*make, *MAKE_VARIABLES]]


class _VerilatorTest(_Prepared, _Verilator):
    """Says how to start a Verilator simulation."""


class _IcarusTest(_Prepared, cocotb_runner.Icarus):
    """Says how to start an Icarus simulation."""


def compile_design(
    design: Design, simulator: str, arguments: Sequence[str], waves: bool, folder: Path
) -> None:
    """Compile ``design`` into ``folder``, with the command that starts it (START_FILE).

    Raises :class:`~sim.build.simulators.BuildError`.
    """
    os.environ["PATH"] = f"{verilator_bin()}{os.pathsep}{os.environ['PATH']}"
    os.environ.update(compiler_cache())
    cocotb_runner.Runner.log_level = "WARNING"  # type: ignore[attr-defined]
    runner = _Verilator() if simulator == "verilator" else cocotb_runner.Icarus()
    # On Icarus the bench's own module writes the waveform (see sim.build.simulators).
    traced = waves and simulator == "verilator"
    module = [NATIVE / "icarus_waves.sv"] if waves and simulator == "icarus" else []
    log = folder / "build.log"
    try:
        runner.build(
            sources=[*design.sources, *module],
            includes=list(design.includes),
            hdl_toplevel=design.top,
            parameters=design.parameters,
            build_args=list(arguments),
            build_dir=folder,
            timescale=_TIMESCALE,
            waves=traced,
            log_file=log,
        )
    except (RuntimeError, SystemExit) as error:
        raise BuildError(f"{simulator}: {_first_error(log)}") from error
    if simulator == "verilator":
        remove_by_products(folder)
    (folder / START_FILE).write_text(json.dumps(_start(design, simulator, folder)))


def _first_error(log: Path) -> str:
    """Return the compiler's first error line from a build log."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    for line in lines:
        if "error" in line.lower() and not line.startswith(("INFO", "make")):
            return line.strip()
    return lines[-1].strip() if lines else "no output"


def _start(design: Design, simulator: str, folder: Path) -> Mapping[str, Any]:
    """Return the runner's command, cut where a run's own arguments come in, and environment."""
    runner: Any = _VerilatorTest() if simulator == "verilator" else _IcarusTest()
    try:
        runner.test(
            test_module="",
            hdl_toplevel=design.top,
            hdl_toplevel_lang="verilog",
            build_dir=folder,
            test_dir=folder,
            test_args=[_ARGUMENTS],
            plusargs=[_PLUSARGS],
            results_xml=str(folder / "cocotb.xml"),
        )
        raise BuildError(f"{simulator}: cocotb's runner did not say how to start it")
    except _CommandLine as command:
        words = command.words
    first, second = words.index(_ARGUMENTS), words.index(_PLUSARGS)
    return {
        "head": words[:first],
        "middle": words[first + 1 : second],
        "environment": {name: runner.env[name] for name in _KEPT},
    }
