# SPDX-License-Identifier: Apache-2.0
"""Builds a design for a simulator, unless it is built already, and starts the simulation."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from sim.build.command import Command
from sim.build.design import Design
from sim.build.native import (
    NATIVE,
    VPI_MODULE,
    build_core_port,
    core_port_environment,
    link_core_port,
    vvp_environment,
)
from sim.build.toolchain import ToolError, find_tool, has_fst, verilator_bin
from sim.build.verilator_flags import COMPILE, MAKE_VARIABLES, VERILATE
from sim.cache import cached_build, content_key
from sim.errors import AmpsimError
from sim.inside.quick_start import ENVIRONMENT as QUICK_START
from sim.ports.choice import port_environment
from sim.runs.files import LOG_FILE
from sim.runs.waves import WHOLE_RUN, Window

SIMULATORS = ("verilator", "icarus")
START_FILE = "start.json"  # in a build folder: the command that starts it, its environment
_VERILATOR_SOURCES = (
    "verilator_main.cpp",
    "verilator_edge.h",
    "verilator_waves.h",
    "core_port.h",
)


class BuildError(AmpsimError):
    """RTL that does not compile; the text is the compiler's first error."""


def _verilator_arguments(waves: str | None) -> list[str]:
    arguments = [*VERILATE, "-CFLAGS", COMPILE]
    return [*arguments, "--trace-fst"] if waves == "fst" else arguments


def _icarus_arguments(design: Design, waves: str | None) -> list[str]:
    return ["-s", "ampsim_waves", f"-DAMPSIM_TOP={design.top}"] if waves else []


def _tools(simulator: str) -> list[tuple[str, int, int]]:
    """Return what tells one installation of the tools behind a build from another."""
    cocotb = find_spec("cocotb")
    files = [Path(cocotb.origin).with_name("_version.py")] if cocotb and cocotb.origin else []
    if simulator == "verilator":
        files.append(verilator_bin() / "verilator")
    elif compiler := shutil.which("iverilog"):
        files.append(Path(compiler))
    found = [(str(file), file.stat()) for file in [*files, Path(sys.executable)]]
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in found]


def build_simulation(
    design: Design,
    simulator: str,
    waves: str | None = None,
    building: Callable[[], None] | None = None,
    port: str = "extension",
) -> Path:
    """Return the folder of the built simulation; builds it if its content has changed.

    ``waves`` is None, ``"fst"`` or ``"vcd"``; ``building`` is called when a build begins; ``port``
    is one of :data:`sim.ports.PORTS`, of which the plain signals need RTL of their own. Raises
    :class:`BuildError` with the compiler's first error, :class:`.ToolError` when a
    tool is missing.
    """
    if simulator == "verilator":
        if waves == "fst" and not has_fst():
            raise ToolError("FST needs lz4.h: install the package liblz4-dev, or use --waves vcd")
        needed: tuple[str, ...] = ("g++", "make", "perl")
        arguments = _verilator_arguments(waves)
        native = [NATIVE / name for name in _VERILATOR_SOURCES]
    else:
        needed = ("iverilog",)
        arguments = _icarus_arguments(design, waves)
        native = [NATIVE / "icarus_waves.sv"]
    if port == "cocotb":
        arguments = [*arguments, "-DCORE_PORT_SIGNALS"]
    for tool in needed:
        find_tool(tool)
    key = content_key(
        [*design.files(), *native, Path(__file__).with_name("cocotb_builds.py")],
        design.top,
        sorted(design.parameters.items()),
        simulator,
        arguments,
        MAKE_VARIABLES,
        waves if simulator == "verilator" else bool(waves),
        _tools(simulator),
    )

    def build(folder: Path) -> None:
        from sim.build.cocotb_builds import compile_design

        if building is not None:
            building()
        linking = ["-LDFLAGS", link_core_port()] if simulator == "verilator" else []
        compile_design(design, simulator, [*arguments, *linking], waves is not None, folder)

    return cached_build("simulations", key, build)


def simulation_command(
    simulator: str,
    build: Path,
    *,
    test_module: str,
    port: str = "extension",
    wave_file: Path | None = None,
    window: Window = WHOLE_RUN,
) -> Command:
    """Return the command of a simulation that stands in ``build``.

    ``port`` is the way into the core port, one of :data:`sim.ports.PORTS`. ``wave_file`` takes the
    waveform of ``window``; its suffix is its format.
    """
    if simulator == "icarus":
        arguments = ["-M", str(build_core_port()), "-m", VPI_MODULE.removesuffix(".vpi")]
        plusargs = _icarus_plusargs(wave_file, window)
    else:
        arguments = _verilator_waves(wave_file, window)
        plusargs = []
    start = json.loads((build / START_FILE).read_text())
    environment = {
        **(vvp_environment() if simulator == "icarus" else {}),
        "COCOTB_TRUST_INERTIAL_WRITES": "1",
        **start["environment"],
        **core_port_environment(),
        "COCOTB_TEST_MODULES": test_module,
        "COCOTB_RESULTS_FILE": "cocotb.xml",
        **QUICK_START,
        **port_environment(port),
    }
    return Command([*start["head"], *arguments, *start["middle"], *plusargs], environment)


def start_simulation(
    simulator: str,
    build: Path,
    *,
    test_module: str,
    directory: Path,
    seed: int,
    environment: Mapping[str, str],
    port: str = "extension",
    wave_file: Path | None = None,
    window: Window = WHOLE_RUN,
) -> subprocess.Popen[bytes]:
    """Start a simulation in ``directory`` (its output goes to ``simulator.log`` there).

    The other arguments are those of :func:`simulation_command`.
    """
    command = simulation_command(
        simulator, build, test_module=test_module, port=port, wave_file=wave_file, window=window
    )
    with (directory / LOG_FILE).open("wb") as log:
        return command.start(directory, log, seed, environment=environment)


def _verilator_waves(file: Path | None, window: Window) -> list[str]:
    """Return the arguments of the bench's main program for a waveform."""
    if file is None:
        return []
    words = ["--trace-file", str(file), "--trace-from", str(window.from_ns)]
    return words if window.to_ns is None else [*words, "--trace-to", str(window.to_ns)]


def _icarus_plusargs(file: Path | None, window: Window) -> list[str]:
    """Return what the module ``ampsim_waves`` and vvp's writer need for a waveform."""
    if file is None:
        return ["-none"]
    words = [f"+dumpfile_path={file}", f"+dump_from={window.from_ns}"]
    if window.to_ns is not None:
        words.append(f"+dump_to={window.to_ns}")
    return [*words, f"-{file.suffix.removeprefix('.')}"]
