# SPDX-License-Identifier: Apache-2.0
"""What ``linux-test`` makes of the RTOS's console."""

from __future__ import annotations

import pytest

from sim.scenarios.linux_test import shell_answered

TABLE = "thread  pri\n------- ---\nrpmsg_linux_test   9\ntshell  20\nmsh >"


def test_the_table_of_threads_is_an_answer():
    check = shell_answered("msh >list_thread\n" + TABLE)
    assert (check.passed, check.reason) == (True, "list_thread typed while messages ran")


@pytest.mark.parametrize(
    ("console", "found"),
    [
        ("rpmsg_linux_test tshell\nmsh >", "'ux_test tshell\\nmsh >' at the end"),
        ("msh >list_thread\nthread\ntshell 20\nmsh >", "3 lines after it"),
    ],
    ids=["not typed", "without the app"],
)
def test_anything_else_is_none(console: str, found: str):
    check = shell_answered(console)
    assert not check.passed
    assert check.reason == f"list_thread: expected rpmsg_linux_test and tshell, found {found}"
