# SPDX-License-Identifier: Apache-2.0
"""Two runs compared: rows, reasons, and what makes the command fail."""

from sim.conformance.comparing import NOTHING, compare
from sim.conformance.golden import golden, golden_rows
from sim.conformance.page import Case, page

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
    same = compare("echo", {"order": ["a"], "bytes": ["x"]}, {"order": ["a"], "bytes": ["x"]}, {})
    text = page({Case("visionfive2", 4): rows, Case("v821", 4): same})
    assert "| visionfive2 | 4 | 1 | 1 | 1 |\n| v821 | 4 | 2 | 0 | 0 |\n" in text
    assert "| echo | order | visionfive2, rings of 4 | UNEXPLAINED |\n" in text
    shown = r"model 1 of 1: a\|b; kernel 1 of 1: c"
    assert f"| echo | order | UNEXPLAINED | same | {shown} |\n" in text
    assert "| echo | bytes | - | same | x |\n" in text


def test_a_page_without_differences_says_so():
    rows = compare("echo", {"order": ["a"]}, {"order": ["a"]}, {})
    assert "## Differences\n\nNone.\n" in page({Case("v821", 2): rows})


# ---- golden bytes ----


BOARD = "v821"


def golden_run() -> dict[str, dict[str, list[str]]]:
    run: dict[str, dict[str, list[str]]] = {}
    for item in golden(BOARD, 2):
        run.setdefault(item.step, {})[item.observable] = [*item.lines, "what comes later"]
    return run


def test_what_both_have_written_as_expected_is_golden():
    rows = golden_rows(BOARD, 2, golden_run(), golden_run())
    assert len(rows) == len(golden(BOARD, 2)) and all(row.same for row in rows)


def test_the_same_mistake_of_both_is_a_difference():
    wrong = golden_run()
    wrong["link-up"]["avail.flags"] = ["tx avail.flags = 0"]
    (row,) = (row for row in golden_rows(BOARD, 2, wrong, wrong) if not row.same)
    assert row.observable == "avail.flags, link-up" and row.unexplained
    assert (row.model, row.kernel) == (
        "1 of 1: tx avail.flags = 0; expected tx avail.flags = 1",
        "1 of 1: tx avail.flags = 0; expected tx avail.flags = 1",
    )


def test_a_line_that_one_lacks_is_a_difference():
    short = golden_run()
    short["link-up"]["rx descriptors and avail entries"].clear()
    rows = golden_rows(BOARD, 2, golden_run(), short)
    (row,) = (row for row in rows if not row.same)
    assert row.model.startswith("3: rx avail[0] = 0, idx 1: ")
    assert row.kernel.startswith("1 of 0: nothing; expected rx avail[0] = 0, idx 1: ")
