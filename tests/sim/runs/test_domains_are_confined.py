# SPDX-License-Identifier: Apache-2.0
"""The RTOS cannot touch Linux's memory: the access window refuses it on the bus."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main

APP = """\
from rtos_side.hal import BusFault, load, store
from rtos_side.kernel.thread import Thread

COMMAND = ("intruder", "touches memory of the other domain")


async def start(kernel, console):
    async def entry():
        for access in (load(0x40001000, 4), store(0x407FFFF8, 8, 1)):
            try:
                await access
                await console.write("went through\\n")
            except BusFault as fault:
                await console.write("refused: %s\\n" % fault)
        {last}

    await Thread(kernel, "intruder", entry, 4096, 9, 20).startup()
"""


def boot_with(app: str, directory: Path) -> tuple[int, str]:
    """Exit code of a run with that app, and what the RTOS printed."""
    file = directory / "intruder.py"
    file.write_text(app)
    out = directory / "out"
    code = main(["run", "boot", "--app", str(file), "--out", str(out)])
    return code, (out / "uart1.log").read_text()


def test_refused_access_is_an_exception_of_the_rtos(tmp_path: Path):
    code, console = boot_with(APP.format(last="pass"), tmp_path)
    assert code == 1  # the app makes no channel
    assert "refused: bus fault at 0x40001000: SLVERR" in console
    assert "refused: bus fault at 0x407ffff8: SLVERR" in console
    assert "went through" not in console


def test_fault_that_nobody_catches_ends_the_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    code, _ = boot_with(APP.format(last="await load(0x40000000, 8)"), tmp_path)
    assert code == 1
    line = capfd.readouterr().err.strip()
    assert "thread intruder" in line and "bus fault at 0x40000000: SLVERR" in line
    assert "\n" not in line
