# SPDX-License-Identifier: Apache-2.0
"""Makes the waveform of a run that has ended one for people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sim.errors import AmpsimError


def finish_waveform(directory: Path, outcome: dict[str, Any]) -> None:
    """Make a run's waveform one for people, and add the files to the outcome's artifacts.

    A waveform that cannot be decoded stays as the simulator wrote it; one line says why.
    """
    artifacts = outcome["artifacts"]
    if "waves" not in artifacts:
        return
    from sim.viewers import prepare_waveform

    try:
        prepared = prepare_waveform(directory / artifacts["waves"])
    except AmpsimError as error:
        print(f"ampsim: no viewers' files: {error}", file=sys.stderr)
        return
    for name, path in prepared.files.items():
        artifacts[name] = path.name
