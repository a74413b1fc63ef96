# SPDX-License-Identifier: Apache-2.0
"""The kernel's own C code as a program: out of the package with its sources, compiled, run."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.cache import cached_build
from sim.linux_peer.requirements import SOURCE

HERE = Path(__file__).parent
RSC_TABLE = "include/linux/rsc_table.h"
PARTS = ("drivers/remoteproc", RSC_TABLE)
TIMEOUT_S = 60


def kernel_tree() -> Path:
    """What is wanted of the kernel's sources (cached); skips the test without them."""
    if shutil.which("cc") is None or not SOURCE.exists():
        pytest.skip("needs a C compiler and the package linux-source-6.12, as `make linux-peer`")

    def unpack(folder: Path) -> None:
        top = SOURCE.name.partition(".tar")[0]
        names = [f"{top}/{part}" for part in PARTS]
        tar = ["tar", "-xJf", SOURCE, "-C", folder, "--strip-components=1", *names]
        subprocess.run(tar, check=True)

    changed = SOURCE.stat().st_mtime_ns
    return cached_build("linux-peer-sources", f"{changed:x}", unpack)


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
