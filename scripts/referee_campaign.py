# SPDX-License-Identifier: Apache-2.0
"""Runs every scenario of both boards over many seeds with the referee: no rule may fire.

    python scripts/referee_campaign.py --seeds 1-20 --out out/campaign

prints a line a run, and at the end how many there were; the exit code is 1 when a run failed or a
rule fired, also one of severity warning. Runs that are done stay done: their lines are kept in
``runs.txt`` of the folder, and a campaign that was interrupted goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sim.errors import AmpsimError
from sim.runs import launch
from sim.runs.prepare import prepare_run

BOTH = {"boot": 1, "echo": 20, "linux-test": 12, "schedule-latency": 20, "ipi-latency": 20}
COUNTS = {
    "visionfive2": {**BOTH, "uart-latency": 5},
    "v821": {**BOTH, "uart-latency": 5, "lifecycle": 2, "rpbuf": 11, "services": 8},
}
"""Of each scenario of each board, how many messages or measurements."""
LINES = "runs.txt"


class Job(NamedTuple):
    """One run."""

    seed: int
    board: str
    scenario: str
    amount: int

    @property
    def name(self) -> str:
        """Return the run in three words."""
        return f"{self.board} {self.scenario} {self.seed}"


def jobs(seeds: range) -> Iterator[Job]:
    """Yield all runs, all scenarios of a seed before the next one."""
    for seed in seeds:
        for board, counts in COUNTS.items():
            for scenario, count in counts.items():
                yield Job(seed, board, scenario, count)


def outcome(job: Job, folder: Path) -> str:
    """Run, and return in a line what came of it; it begins with ``clean`` if all is well."""
    try:
        config = prepare_run(
            job.scenario,
            job.board,
            "verilator",
            folder,
            count=job.amount,
            seed=job.seed,
            referee=True,
        )
        result = launch.run(config, folder.resolve())
    except AmpsimError as error:
        return f"broke down: {error}"
    found = result["violations"]
    reason = result["checks"]["referee"]["reason"]
    return f"{'clean' if result['passed'] and not found else 'NOT CLEAN'}: {reason}"


def main(words: list[str]) -> int:
    """Run the campaign that the command line describes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", default="1-20", help="first-last (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("out/campaign"))
    arguments = parser.parse_args(words)
    first, _, last = arguments.seeds.partition("-")
    lines = arguments.out / LINES
    arguments.out.mkdir(parents=True, exist_ok=True)
    done = dict(_done(lines))
    wanted = list(jobs(range(int(first), int(last or first) + 1)))
    for job in wanted:
        if job.name in done:
            continue
        done[job.name] = outcome(job, arguments.out / "run")
        line = f"{job.name}: {done[job.name]}"
        print(line, flush=True)
        with lines.open("a") as file:
            file.write(f"{line}\n")
    dirty = sum(not done[job.name].startswith("clean") for job in wanted)
    print(f"{len(wanted)} runs, {dirty} of them not clean")
    return 1 if dirty else 0


def _done(lines: Path) -> Iterator[tuple[str, str]]:
    """Yield the runs that are in the file already, and what came of them."""
    if lines.exists():
        for line in lines.read_text().splitlines():
            name, _, told = line.partition(": ")
            yield name, told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
