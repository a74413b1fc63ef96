# SPDX-License-Identifier: Apache-2.0
"""Two runs compared: rows, reasons, and what makes the command fail."""

from sim.conformance.comparing import NOTHING, compare
from sim.conformance.page import page

KNOWN = {("burst", "order"): "time"}


def test_equal_lines_are_the_same():
    (row,) = compare("echo", {"order": ["a", "b"]}, {"order": ["a", "b"]}, {})
    assert row.same and not row.unexplained
    assert row.model == "2: a ... b"


def test_the_first_difference_is_shown_and_has_no_reason():
    (row,) = compare("echo", {"order": ["a", "b"]}, {"order": ["a", "c", "d"]}, KNOWN)
    assert row.unexplained
    assert (row.model, row.kernel) == ("2 of 2: b", "2 of 3: c")


def test_a_line_too_few_is_a_difference():
    (row,) = compare("echo", {"order": ["a"]}, {"order": ["a", "b"]}, {})
    assert row.unexplained and row.model == f"2 of 1: {NOTHING}"


def test_an_observable_that_only_the_kernel_has_is_a_difference():
    (row,) = compare("echo", {}, {"used.flags": ["x"]}, {})
    assert row.unexplained and row.observable == "used.flags"


def test_a_known_difference_has_its_reason_for_that_step_alone():
    (known,) = compare("burst", {"order": ["a"]}, {"order": ["b"]}, KNOWN)
    (other,) = compare("echo", {"order": ["a"]}, {"order": ["b"]}, KNOWN)
    assert known.reason == "time" and not known.unexplained and not known.same
    assert other.unexplained


def test_the_page_counts_and_marks_what_has_no_reason():
    rows = compare("echo", {"order": ["a|b"]}, {"order": ["c"]}, {})
    text = page({4: rows})
    assert "1 observables, 1 different, 1 of them without a reason." in text
    assert r"| echo | order | 1 of 1: a\|b | 1 of 1: c | UNEXPLAINED |" in text
