# SPDX-License-Identifier: Apache-2.0
"""``python -m sim.conformance``: both hosts, the page; 1 if a difference has no reason."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from sim.conformance.boards import BOARDS
from sim.conformance.comparing import Row
from sim.conformance.page import Case, page
from sim.conformance.runs import compare_hosts
from sim.errors import AmpsimError
from sim.whole_file import write_whole

PAGE = Path("docs/linux-comparison.md")
RINGS = (256, 16, 4, 2)
"""Sizes that are compared unless others are asked for."""


def main(words: list[str] | None = None) -> int:
    """Compare the hosts on each board and with rings of each size that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m sim.conformance", description=__doc__)
    parser.add_argument("--board", action="append", choices=BOARDS, help="default: all of them")
    parser.add_argument("--ring", type=int, action="append", metavar="N", help="entries of a ring")
    parser.add_argument("--page", type=Path, default=PAGE, help="default: %(default)s")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the files of the runs here")
    parser.add_argument("--kept", action="store_true", help="what --out has is not made again")
    arguments = parser.parse_args(words)
    if arguments.kept and not arguments.out:
        parser.error("--kept: expected --out, too")
    cases = [
        Case(board, ring) for board in arguments.board or BOARDS for ring in arguments.ring or RINGS
    ]
    results: dict[Case, list[Row]] = {}
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = arguments.out or Path(scratch)
            for case in cases:
                runs = folder / f"{case.board}-{case.ring}"
                results[case] = compare_hosts(runs, *case, kept=arguments.kept)
                _tell(case, results[case])
        write_whole(arguments.page, page(results))
    except AmpsimError as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("conformance: interrupted", file=sys.stderr)
        return 2
    return 1 if any(row.unexplained for rows in results.values() for row in rows) else 0


def _tell(case: Case, rows: list[Row]) -> None:
    """Print what differs in a case."""
    different = [row for row in rows if not row.same]
    print(f"{case}: {len(rows)} observables, {len(different)} different", flush=True)
    for row in different:
        print(f"  {row.step}, {row.observable}: {row.reason or 'UNEXPLAINED'}")
        if row.unexplained:
            print(f"    model:  {row.model}\n    kernel: {row.kernel}")


if __name__ == "__main__":
    sys.exit(main())
