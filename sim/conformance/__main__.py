# SPDX-License-Identifier: Apache-2.0
"""``python -m sim.conformance``: both hosts, the page; 1 if a difference has no reason."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from sim.conformance.page import page
from sim.conformance.runs import compare_hosts
from sim.errors import AmpsimError
from sim.whole_file import write_whole

PAGE = Path("docs/linux-comparison.md")
RINGS = (16, 4, 2)


def main(words: list[str] | None = None) -> int:
    """Compare the hosts with rings of each size that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m sim.conformance", description=__doc__)
    parser.add_argument("--ring", type=int, action="append", metavar="N", help="entries of a ring")
    parser.add_argument("--page", type=Path, default=PAGE, help="default: %(default)s")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the files of the runs here")
    arguments = parser.parse_args(words)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = arguments.out or Path(scratch)
            rings = arguments.ring or RINGS
            results = {ring: compare_hosts(folder / f"ring-{ring}", ring) for ring in rings}
        write_whole(arguments.page, page(results))
    except AmpsimError as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    unexplained = 0
    for ring, rows in results.items():
        different = [row for row in rows if not row.same]
        print(f"rings of {ring}: {len(rows)} observables, {len(different)} different")
        for row in different:
            unexplained += row.unexplained
            print(f"  {row.step}, {row.observable}: {row.reason or 'UNEXPLAINED'}")
            if row.unexplained:
                print(f"    model:  {row.model}\n    kernel: {row.kernel}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
