# SPDX-License-Identifier: Apache-2.0
"""Lints every RTL module by itself, as a top: Verilator with -Wall, and Icarus where it is found.

Run as `python -m sim.build.rtl_lint`; exit 0 when clean, 1 with the tools' own messages when not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sim.build.design import HDL
from sim.build.toolchain import verilator_bin
from sim.errors import AmpsimError


def modules(folder: Path = HDL) -> list[Path]:
    """Return the RTL files below `folder`, one module each, sorted."""
    return sorted(folder.rglob("*.sv"))


def commands(file: Path, folders: Sequence[Path]) -> Iterator[list[str]]:
    """Yield the lint commands of one file; submodules and headers are looked up in `folders`."""
    libraries = [word for folder in folders for word in ("-y", str(folder))]
    options = ["--lint-only", "--quiet", "-Wall", "--top-module", file.stem]
    yield [str(verilator_bin() / "verilator"), *options, *libraries, str(file)]
    icarus = shutil.which("iverilog")
    if icarus:
        options = ["-g2012", "-Wall", "-Wno-timescale", "-tnull", "-Y.sv", "-s", file.stem]
        includes = [f"-I{folder}" for folder in folders]
        yield [icarus, *options, *includes, *libraries, str(file)]


def lint(file: Path, folders: Sequence[Path]) -> list[str]:
    """Return the messages about one file, none when it is clean."""
    messages = []
    for command in commands(file, folders):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        text = (done.stdout + done.stderr).strip()
        if done.returncode or text:
            messages.append(f"{Path(command[0]).name}, top {file.stem}:\n{text}")
    return messages


def main() -> int:
    """Lint all modules, print what was found, return the exit code."""
    files = modules()
    folders = sorted({file.parent for file in files})
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda file: lint(file, folders), files)
            messages = [message for result in results for message in result]
    except AmpsimError as error:
        messages = [str(error)]
    for message in messages:
        print(message, file=sys.stderr)
    print(f"RTL lint: {len(files)} modules, {len(messages)} with messages")
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
