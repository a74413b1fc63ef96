# SPDX-License-Identifier: Apache-2.0
"""How a design is made into a fast model: what Verilator and the compiler behind it are told."""

from __future__ import annotations

from pathlib import Path

VERILATE = ("--no-timing", "-O3", "--x-assign", "0", "--x-initial", "0", "-Wno-fatal")
COMPILE = "-std=gnu++20"

MAKE_VARIABLES = (
    # The model itself; for Verilator's library its own choice, -Os, is as fast.
    "OPT_FAST=-O3",
    # In one piece: the headers of several, compiled before them, take longer than all the rest.
    "VM_PARALLEL_BUILDS=0",
)

_BY_PRODUCTS = ("*.cpp", "*.h", "*.o", "*.a", "*.d", "*.gch", "*.mk", "*.dat")


def remove_by_products(folder: Path) -> None:
    """Leave the program and its log: a model's objects and headers take 200 MB."""
    for pattern in _BY_PRODUCTS:
        for file in folder.glob(pattern):
            file.unlink()
