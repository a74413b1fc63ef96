# SPDX-License-Identifier: Apache-2.0
"""Finds the MicroPython processes of a test's runs."""

from __future__ import annotations

from pathlib import Path

from sim.micropython.link import MODULE


def processes(folder: Path) -> list[int]:
    """Those that print into a file below the folder: other tests may have their own."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().decode().split("\0")
            output = (path / "fd" / "2").readlink()
        except OSError:  # it has ended
            continue
        if MODULE in words and output.is_relative_to(folder):
            found.append(int(path.name))
    return found
