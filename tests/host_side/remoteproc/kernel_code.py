# SPDX-License-Identifier: Apache-2.0
"""The kernel's own C code as a program: found where `make linux-peer` has it, compiled, run."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.cache import cache_root

HERE = Path(__file__).parent
TREES = "linux-peer-kernel/*/*/linux-source-*"
RSC_TABLE = "include/linux/rsc_table.h"
TIMEOUT_S = 60


def kernel_tree() -> Path:
    """The kernel's sources, as new as those the model follows; skips the test without them."""
    trees = sorted(cache_root().glob(TREES))
    found = [tree for tree in trees if (tree / RSC_TABLE).exists()]
    if shutil.which("cc") is None or not found:
        pytest.skip("needs a C compiler and the sources that `make linux-peer` unpacks")
    return found[-1]


def without_headers(text: str) -> str:
    """C code without the headers of the kernel: those of the tests stand for them."""
    return re.sub(r"(?m)^#include .*$", "", text)


def functions(text: str, starts: Sequence[str]) -> str:
    """The definitions that begin with these lines, each up to its last brace."""
    found = []
    for start in starts:
        at = text.index(f"\n{start}") + 1
        end = re.compile(r"^};?\n", re.MULTILINE).search(text, at)
        assert end is not None, start
        found.append(text[at : end.end()])
    return "\n".join(found)


def compiled(main: str, folder: Path) -> Path:
    """Compile ``main``, a file beside this one; ``folder`` has the kernel's code it includes."""
    program = folder / Path(main).stem
    options = ["-O1", "-w", "-funsigned-char", f"-I{folder}", f"-I{HERE}"]
    subprocess.run(["cc", *options, "-o", program, HERE / main], check=True)
    return program


def answers(program: Path, inputs: Sequence[bytes]) -> list[list[str]]:
    """Run the program over the inputs; the lines it says to each."""
    stdin = b"".join(struct.pack("<I", len(data)) + data for data in inputs)
    done = subprocess.run(
        [program], input=stdin, capture_output=True, timeout=TIMEOUT_S, check=True
    )
    found = done.stdout.decode("latin-1").split("--\n")[:-1]
    assert len(found) == len(inputs)
    return [text.splitlines() for text in found]
