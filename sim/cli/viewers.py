# SPDX-License-Identifier: Apache-2.0
"""Makes the waveform of a run that has ended one for people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sim.errors import AmpsimError
from sim.runs.lanes import LanesOfRun, viewers_files

_MOST_MIB = {".fst": 150, ".vcd": 2000}
"""Some 7000 echoes: decoding takes a minute and 1.5 GiB of memory then."""


def finish_waveform(
    directory: Path, outcome: dict[str, Any], lanes: LanesOfRun | None = None
) -> None:
    """Make a run's waveform one for people, and add the files to the outcome's artifacts.

    Without the ``lanes`` of the whole run it is decoded. A waveform that cannot be stays as the
    simulator wrote it; one line says why.
    """
    artifacts = outcome["artifacts"]
    if "waves" not in artifacts:
        return
    wave = directory / artifacts["waves"]
    size, most = wave.stat().st_size >> 20, _MOST_MIB[wave.suffix]
    if lanes.too_many if lanes and lanes.made else size > most:
        does = f"ampsim decode --viewers {wave} does it, a window (--waves-from) is quicker"
        print(f"ampsim: {size} MiB of waveform are not decoded at once: {does}", file=sys.stderr)
        return
    try:
        files = viewers_files(wave, outcome, lanes)
    except AmpsimError as error:
        print(f"ampsim: no viewers' files: {error}", file=sys.stderr)
        return
    for name, path in files.items():
        artifacts[name] = path.name
