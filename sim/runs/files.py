# SPDX-License-Identifier: Apache-2.0
"""Names of the files and variables by which a run's two processes find each other."""

from __future__ import annotations

RUN_FILE = "run.json"
RESULT_FILE = "result.json"
ERROR_FILE = "error.txt"
PARTIAL_FILE = "partial.json"
REPRO_FILE = "repro.json"
REPORT_FILE = "report.html"
HANG_FILE = "hang.json"
RECORDS_FILE = "records.bin"
LOG_FILE = "simulator.log"
INTERRUPTED = "interrupted"
"""The error of a run that its user has ended."""
RUN_VARIABLE = "AMPSIM_RUN"
PARENT_VARIABLE = "AMPSIM_PARENT"
"""The process that has started the simulator, which ends with it (:mod:`sim.inside.parent`)."""
AHEAD_VARIABLE = "AMPSIM_AHEAD"
