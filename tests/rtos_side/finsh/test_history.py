# SPDX-License-Identifier: Apache-2.0
# The command history of the shell.

from rtos_side.finsh.history import History


def _filled(*lines):
    history = History(5)
    for line in lines:
        history.push(line)
    return history


def test_nothing_to_walk_at_first():
    history = History(5)
    assert history.older() is None
    assert history.newer() is None


def test_older_stops_at_the_oldest():
    history = _filled(b"a", b"b")
    assert [history.older(), history.older(), history.older()] == [b"b", b"a", None]


def test_newer_stays_at_the_newest():
    history = _filled(b"a", b"b")
    assert history.newer() == b"b"
    assert [history.older(), history.newer(), history.newer()] == [b"a", b"b", b"b"]


def test_only_five_lines_are_kept():
    history = _filled(b"a", b"b", b"c", b"d", b"e", b"f")
    assert [history.older() for _ in range(6)] == [b"f", b"e", b"d", b"c", b"b", None]


def test_empty_and_repeated_lines_are_not_stored():
    history = _filled(b"a", b"a", b"", b"b", b"a")
    assert [history.older() for _ in range(4)] == [b"a", b"b", b"a", None]


def test_a_command_starts_the_walk_at_the_newest_again():
    history = _filled(b"a", b"b")
    history.older()
    history.older()
    history.push(b"")
    assert history.older() == b"b"
