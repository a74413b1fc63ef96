# SPDX-License-Identifier: Apache-2.0
"""Every rule of the referee fires on the fault that is planted for it, and not without."""

from __future__ import annotations

import pytest
from planted_application_faults import APPLICATION_FAULTS, clean_applications, reordered
from planted_link_faults import (
    DEVICE_FAULTS,
    KICK_FAULTS,
    LINE_FAULTS,
    MAILBOX_FAULTS,
    no_kick_back,
    recovered,
)
from planted_message_faults import MESSAGE_FAULTS, V821_NAME_FAULTS
from planted_ring_faults import RING_FAULTS, Fault
from planted_rpbuf_faults import RPBUF_FAULTS, clean_rpbuf
from referee_driver import Driver

from sim.referee import RULES

BOTH = {**RING_FAULTS, **MESSAGE_FAULTS, **KICK_FAULTS, **LINE_FAULTS, **APPLICATION_FAULTS}
FAULTS: dict[str, dict[str, Fault]] = {
    "visionfive2": {**BOTH, **MAILBOX_FAULTS},
    "v821": {**BOTH, **V821_NAME_FAULTS, **DEVICE_FAULTS, **RPBUF_FAULTS},
}
CASES = [(board, rule) for board, faults in FAULTS.items() for rule in faults]


@pytest.mark.parametrize(("board", "rule"), CASES)
def test_a_planted_fault_is_seen(board: str, rule: str) -> None:
    """The rule fires after a clean exchange in which it did not."""
    driver = Driver(board)
    driver.exchange()
    assert rule not in driver.referee.report.counts
    FAULTS[board][rule](driver)
    assert rule in driver.fired()


@pytest.mark.parametrize("board", FAULTS)
def test_a_clean_exchange_breaks_no_rule(board: str) -> None:
    """Set-up, a service and a message each way, and a long silence."""
    driver = Driver(board)
    driver.exchange()
    driver.wait(1000)
    assert driver.fired() == set()


def test_every_rule_has_its_fault() -> None:
    """No rule is without a test, and none is tested that does not exist."""
    assert {rule for faults in FAULTS.values() for rule in faults} == set(RULES)


@pytest.mark.parametrize("board", FAULTS)
def test_clean_applications_break_no_rule(board: str) -> None:
    """Software says what it does, and does it."""
    driver = Driver(board)
    driver.exchange()
    clean_applications(driver)
    driver.wait(1000)
    assert driver.fired() == set()


def test_a_message_that_comes_late_is_not_lost() -> None:
    """What an application gets after a later message is out of order, and nothing else."""
    driver = Driver("v821")
    driver.exchange()
    reordered(driver)
    assert driver.fired() == {"application-reordered"}


def test_clean_rpbuf_breaks_no_rule() -> None:
    """A buffer that is created, used and destroyed."""
    driver = Driver("v821")
    driver.exchange()
    clean_rpbuf(driver)
    assert driver.fired() == set()


def test_a_missing_kick_of_the_rtos_is_seen() -> None:
    """The other direction of the rule."""
    driver = Driver("visionfive2")
    driver.exchange()
    no_kick_back(driver)
    assert driver.fired() == {"kick-missing"}


def test_a_dead_remote_that_linux_recovers_is_no_violation() -> None:
    """What a crashed RTOS has not answered is nobody's mistake on the bus."""
    driver = Driver("v821")
    driver.exchange()
    recovered(driver)
    assert driver.fired() == set()
