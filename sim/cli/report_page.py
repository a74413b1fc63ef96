# SPDX-License-Identifier: Apache-2.0
"""``ampsim report``: writes the report of a finished run anew from its folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from sim.errors import AmpsimError
from sim.runs.files import PARTIAL_FILE, REPORT_FILE, RESULT_FILE


def add_parser(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("report", help="write report.html of a finished run anew")
    parser.add_argument("run", type=Path, metavar="DIR", help="folder of the run")
    parser.set_defaults(handler=handle)


def handle(arguments: argparse.Namespace) -> int:
    """Write the page into the folder, and say where it is."""
    from sim.report.facts import read_facts
    from sim.report.keep import write_report

    directory: Path = arguments.run
    write_report(read_facts(directory, _outcome(directory)))
    print(f"report {directory / REPORT_FILE}")
    return 0


def _outcome(directory: Path) -> dict[str, Any]:
    """Return the result, or what is known of a run that broke down."""
    for name in (RESULT_FILE, PARTIAL_FILE):
        path = directory / name
        try:
            content = json.loads(path.read_text())
        except OSError:
            continue
        except ValueError as error:
            raise AmpsimError(f"{path}: expected JSON, found {error}") from None
        if isinstance(content, dict) and {"scenario", "checks", "artifacts"} <= set(content):
            return content
        raise AmpsimError(f"{path}: expected the result of a run, found other JSON")
    expected = f"{RESULT_FILE} or {PARTIAL_FILE}"
    raise AmpsimError(f"{directory}: expected the folder of a run with {expected}")
