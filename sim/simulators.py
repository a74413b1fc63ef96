# SPDX-License-Identifier: Apache-2.0
"""Builds a design for a simulator and starts the simulation, through cocotb's runner.

Verilator gets the bench's own main program in place of cocotb's and no public signals but those the
sources name; both simulators get the core port.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from cocotb_tools import runner as cocotb_runner

from sim.cache import cached_build, content_key
from sim.design import Design
from sim.errors import AmpsimError, RunError
from sim.native_build import NATIVE, VPI_MODULE, build_core_port
from sim.ports.choice import port_environment
from sim.toolchain import ToolError, find_tool, has_fst, verilator_bin

SIMULATORS = ("verilator", "icarus")
WAVE_FORMATS = ("fst", "vcd")
_TIMESCALE = ("1ns", "1ns")


class BuildError(AmpsimError):
    """RTL that does not compile; the text is the compiler's first error."""


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
        # The wheel's configuration lacks the compiler's option for precompiled headers.
        return [verilate, [*make, "CFG_CXXFLAGS_PCH_I=-include"]]


class _VerilatorTest(_Prepared, _Verilator):
    """Says how to start a Verilator simulation."""


class _IcarusTest(_Prepared, cocotb_runner.Icarus):
    """Says how to start an Icarus simulation."""


def _first_error(log: Path) -> str:
    """Return the compiler's first error line from a build log."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    for line in lines:
        if "error" in line.lower() and not line.startswith(("INFO", "make")):
            return line.strip()
    return lines[-1].strip() if lines else "no output"


def _verilator_arguments(port: Path, waves: str | None) -> list[str]:
    arguments = ["--no-timing", "-O3", "--x-assign", "0", "--x-initial", "0", "-Wno-fatal"]
    arguments += ["-CFLAGS", f"-O2 -std=gnu++20 -I{NATIVE}"]
    arguments += ["-LDFLAGS", f"-L{port} -lcoreport -Wl,-rpath,{port}"]
    if waves == "fst":
        arguments += ["--trace-fst"]
    return arguments


def build_simulation(design: Design, simulator: str, waves: str | None = None) -> Path:
    """Return the folder of the built simulation; builds it if its content has changed.

    ``waves`` is None, ``"fst"`` or ``"vcd"``. Raises :class:`BuildError` with the compiler's first
    error, :class:`~sim.toolchain.ToolError` when a tool is missing.
    """
    port = build_core_port()
    if simulator == "verilator":
        for tool in ("g++", "make", "perl"):
            find_tool(tool)
        if waves == "fst" and not has_fst():
            raise ToolError("FST needs lz4.h: install the package liblz4-dev, or use --waves vcd")
        arguments = _verilator_arguments(port, waves)
    else:
        find_tool("iverilog")
        arguments = []
    native = (
        [NATIVE / "verilator_main.cpp", NATIVE / "core_port.h"] if simulator == "verilator" else []
    )
    parameters = sorted(design.parameters.items())
    key = content_key(
        [*design.files(), *native], design.top, parameters, simulator, arguments, waves
    )

    def build(folder: Path) -> None:
        runner = _Verilator() if simulator == "verilator" else cocotb_runner.Icarus()
        log = folder / "build.log"
        try:
            runner.build(
                sources=list(design.sources),
                includes=list(design.includes),
                hdl_toplevel=design.top,
                parameters=design.parameters,
                build_args=arguments,
                build_dir=folder,
                timescale=_TIMESCALE,
                waves=waves is not None,
                log_file=log,
            )
        except (RuntimeError, SystemExit) as error:
            raise BuildError(f"{simulator}: {_first_error(log)}") from error

    os.environ["PATH"] = f"{verilator_bin()}{os.pathsep}{os.environ['PATH']}"
    cocotb_runner.Runner.log_level = "WARNING"  # type: ignore[attr-defined]
    return cached_build("simulations", key, build)


def start_simulation(
    design: Design,
    simulator: str,
    build: Path,
    *,
    test_module: str,
    directory: Path,
    seed: int,
    environment: Mapping[str, str],
    port: str = "extension",
    wave_file: Path | None = None,
    pass_fds: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start the simulator process in ``directory`` (its output goes to ``simulator.log`` there).

    ``port`` is the way into the core port, one of :data:`sim.ports.PORTS`. The process is the leader of a session of its own, so that all of it can be ended at once.
    """
    port = build_core_port()
    runner: Any = _VerilatorTest() if simulator == "verilator" else _IcarusTest()
    arguments: list[str] = []
    plusargs: list[str] = []
    if simulator == "icarus":
        arguments = ["-M", str(build_core_port()), "-m", VPI_MODULE.removesuffix(".vpi")]
        plusargs = [f"+dumpfile_path={wave_file}"] if wave_file else []
    elif wave_file:
        arguments = ["--trace-file", str(wave_file)]
    try:
        runner.test(
            test_module=test_module,
            hdl_toplevel=design.top,
            hdl_toplevel_lang="verilog",
            build_dir=build,
            test_dir=directory,
            seed=seed,
            test_args=arguments,
            plusargs=plusargs,
            waves=simulator == "icarus" and wave_file is not None,
            extra_env={**environment, **port_environment(port)},
            results_xml=str(directory / "cocotb.xml"),
        )
        raise RunError(f"{simulator}: cocotb's runner did not say how to start it")
    except _CommandLine as command:
        words = command.words
    with (directory / "simulator.log").open("wb") as log:
        return subprocess.Popen(
            words,
            cwd=directory,
            env=runner.env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
        )
