# SPDX-License-Identifier: Apache-2.0
"""The rules that some test has fire in the stream of a whole run."""

from __future__ import annotations

from test_altered_runs import RPBUF_RULES, RUNS
from test_faults_in_whole_runs import LINUX_FAULTS, NAME_RULES, RTOS_FAULTS

# tests/sim/hang: each of those runs comes to a standstill.
HANGS = {"kick-missing", "line-missing", "msgbox-word", "msgbox-unanswered"}

IN_WHOLE_RUNS = (
    {rule for _, rule in [*RTOS_FAULTS, *LINUX_FAULTS]}
    | {rule for run in RUNS.values() for rule in run.rules.split()}
    | RPBUF_RULES
    | NAME_RULES
    | HANGS
)
