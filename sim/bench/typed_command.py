# SPDX-License-Identifier: Apache-2.0
"""``ampsim run`` as its user types it: a command of its own, timed to its first transaction."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sim.bench.builds import BOARD
from sim.errors import RunError

_COUNT = 1


def typed_start_up_s(scenario: str, simulator: str, folder: Path) -> float:
    """Return the wall s from the start of the command's process to the first bus transaction.

    Raises :class:`~sim.errors.RunError` with the command's last line when it fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    result = folder / "typed.json"
    words = ["run", scenario, "--board", BOARD, "--sim", simulator, "--count", str(_COUNT)]
    words += ["--out", str(folder), "--no-exports", "--json", str(result)]
    command = [sys.executable, "-m", "sim.cli", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            said = process.communicate()[0]
        finally:
            process.kill()  # its simulator ends with it
    if process.returncode:
        lines = said.splitlines()
        raise RunError(f"ampsim {' '.join(words)}: {(lines or ['it said nothing'])[-1]}")
    return float(json.loads(result.read_text())["start_up_s"])
