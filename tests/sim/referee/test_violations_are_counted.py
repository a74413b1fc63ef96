# SPDX-License-Identifier: Apache-2.0
"""What is kept of violations, how they read, and what fails a run."""

from __future__ import annotations

from referee_driver import Driver

from sim.referee import RULES, Report
from sim.referee.violations import KEPT

WARNING, ERROR = RULES["name-source"], RULES["ring-used-id-range"]


def test_a_violation_reads_as_one_line() -> None:
    """Time, hart, address, rule, expected and found, as text and in a result file."""
    driver = Driver("visionfive2")
    driver.exchange()
    driver.linux.store(driver.words, 4, 9)
    (violation,) = driver.referee.report.violations
    where = f"{driver.cycle * 10 / 1000:.2f} us, hart 0, 0x{driver.words:x}"
    assert str(violation) == f"{where}: mailbox-value: expected 0, 1 or 2, found 9"
    assert violation.as_dict() == {
        "rule": "mailbox-value",
        "severity": "error",
        "time_ns": driver.cycle * 10,
        "hart": 0,
        "address": f"0x{driver.words:x}",
        "expected": "0, 1 or 2",
        "found": "9",
        "clause": "StarFive gen 1: READY 0, BUSY 1, DONE 2",
    }


def test_only_errors_fail_a_run() -> None:
    """A warning is reported and passes."""
    report = Report()
    report.add(WARNING, 0, "a", "b")
    assert not report.failed
    report.add(ERROR, 0, "a", "b")
    assert report.failed


def test_a_rule_that_fires_for_ever_is_counted() -> None:
    """The first violations are kept, all are counted."""
    report = Report()
    for _ in range(KEPT + 5):
        report.add(ERROR, 0, "a", "b")
    assert len(report.violations) == KEPT
    assert report.counts[ERROR.id] == KEPT + 5
