# SPDX-License-Identifier: Apache-2.0
"""cocotb's entry: one test that lets the session run and waits for its end.

The harts do not go through cocotb's scheduler. This test only looks in from time to time; how often
is a matter of simulated time, so it changes nothing in a run.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import traceback
from pathlib import Path

import cocotb
from cocotb.triggers import Timer

from sim import kept_modules
from sim.errors import AmpsimError, RunError
from sim.inside.ahead import run_file
from sim.inside.live import LiveConsoles
from sim.inside.session import Session
from sim.runs.config import RunConfig
from sim.runs.files import ERROR_FILE, INTERRUPTED
from sim.runs.progress import tell_error
from sim.whole_file import write_whole


@cocotb.test()
async def run(_dut: object) -> None:
    """Run the session that a file describes; its result or error stands in the file's folder."""
    path = run_file()
    try:
        await _run(Session(RunConfig.load(path), path.parent))
    except AmpsimError as error:
        _tell(path.parent, str(error))
    except Exception as error:
        traceback.print_exc()
        text = " ".join(str(error).split())
        _tell(path.parent, f"internal error: {type(error).__name__}: {text}")


def _tell(directory: Path, error: str) -> None:
    """Say why the run broke down: to who waits for it, and in a file if there is room for one."""
    tell_error(error)
    with contextlib.suppress(AmpsimError):
        write_whole(directory / ERROR_FILE, f"{error}\n")


def _collect_seldom() -> None:
    """Keep the garbage collector off what lives as long as the run; messages make no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


async def _end_on_interrupt(session: Session) -> None:
    """Have SIGINT end the run, from the first clocks on.

    Not sooner: vvp takes the signal for itself when time begins, to stand at a prompt.
    """
    await Timer(1, "us")
    signal.signal(signal.SIGINT, lambda *_: session.finish(RunError(INTERRUPTED)))


async def _run(session: Session) -> None:
    cocotb.start_soon(_end_on_interrupt(session))
    consoles = LiveConsoles(session) if session.config.console else None
    _collect_seldom()
    session.begin()
    while not session.ended:
        await Timer(session.scenario.look_every_us, "us")
        session.look_in()
        if consoles is not None:
            consoles.look_in()
    if consoles is not None:
        consoles.close()
    session.close()
    kept_modules.save()
