# SPDX-License-Identifier: Apache-2.0
# Tab completion and the text of the command help.

from rtos_side.finsh.completion import complete, help_text


class _Command:
    def __init__(self, name, help):
        self.name = name
        self.help = help


COMMANDS = (
    _Command("version", "show RT-Thread version information"),
    _Command("list_thread", "list thread"),
    _Command("list_sem", "list semaphore in system"),
    _Command("list", "list objects"),
)

HELP = """RT-Thread shell commands:
version          - show RT-Thread version information
list_thread      - list thread
list_sem         - list semaphore in system
list             - list objects

"""


def test_help():
    assert help_text(COMMANDS) == HELP


def test_an_empty_line_shows_the_help():
    assert complete(COMMANDS, b"") == (HELP.encode(), b"")


def test_one_candidate_is_listed_and_completed():
    assert complete(COMMANDS, b"ve") == (b"version\n", b"version")


def test_several_candidates_are_completed_as_far_as_they_agree():
    assert complete(COMMANDS, b"l") == (b"list_thread\nlist_sem\nlist\n", b"list")
    assert complete(COMMANDS, b"list_") == (b"list_thread\nlist_sem\n", b"list_")


def test_no_candidate_leaves_the_line():
    assert complete(COMMANDS, b"list th") == (b"", b"list th")
