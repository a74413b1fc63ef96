# SPDX-License-Identifier: Apache-2.0
"""Keys and what the terminal is sent for them, as recorded from busybox ash 1.35."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_side.shell.line_editor import LineEditor, Outcome


def typed(keys: str, history: tuple[str, ...] = ()) -> tuple[str, str]:
    """(line, echo) after typing behind the prompt ``# ``."""
    editor = LineEditor()
    for line in history:
        editor.remember(line)
    editor.begin("# ")
    editor.take_echo()
    for key in keys:
        assert editor.feed(key) is Outcome.EDITING
    return editor.line, editor.take_echo()


@pytest.mark.parametrize(
    ("keys", "line", "echo"),
    [
        ("abc\x7f", "ab", "abc\b\x1b[J"),
        ("ab\x1b[Dc\x1b[D\x7f", "cb", "ab\bcb\b\b\bcb\x1b[J\b\b"),
        ("ab\x01c\x05d\x0b\x17", "", "ab\b\bcab\b\babd\x1b[J" + "\b\x1b[J" * 4),
        ("ab\x01\x15", "ab", "ab\b\b"),
        ("ab cd\x15", "", "ab cd\r# \x1b[J"),
        ("ab\x1b[D\x1b[3~", "a", "ab\b\x1b[J"),
        ("\x7f\x1b[D\x1b[C", "", ""),
        ("a\x1b[Zb", "ab", "ab"),
    ],
)
def test_keys(keys: str, line: str, echo: str) -> None:
    assert typed(keys) == (line, echo)


def test_history() -> None:
    lines = ("echo a", "echo hi >/dev/full", "echo hi >/dev/full", " ")
    up, down = "\x1b[A", "\x1b[B"
    assert typed(up, lines) == ("echo hi >/dev/full", "\r# echo hi >/dev/full\x1b[J")
    assert typed(up + up, lines)[0] == "echo a"
    assert typed(up + up + up, lines)[1].endswith("\x07")
    assert typed("draft" + up + down, lines) == (
        "draft",
        "draft\r# echo hi >/dev/full\x1b[J\r# draft\x1b[J",
    )


@pytest.mark.parametrize(
    ("key", "outcome", "echo"),
    [
        ("\r", Outcome.LINE, "\r\n"),
        ("\n", Outcome.LINE, "\r\n"),
        ("\x03", Outcome.CANCELLED, "^C\r\n"),
        ("\x04", Outcome.END_OF_FILE, "\r\n"),
    ],
)
def test_ends_of_a_line(key: str, outcome: Outcome, echo: str) -> None:
    editor = LineEditor()
    assert editor.feed(key) is outcome
    assert editor.take_echo() == echo


def show(echo: str, width: int = 200) -> str:
    """What a terminal shows after ``echo`` (cursor moves, erase to the end)."""
    cells: list[str] = []
    at = 0
    while echo:
        if echo.startswith("\x1b[J"):
            del cells[at:]
            echo = echo[3:]
            continue
        char, echo = echo[0], echo[1:]
        if char == "\b":
            at -= 1
        elif char == "\r":
            at = 0
        elif char != "\x07":
            cells[at : at + 1] = [char]
            at += 1
    return "".join(cells)


KEYS = ["a", "b", " ", "\x7f", "\x01", "\x05", "\x0b", "\x15", "\x17", "\x1b[A", "\x1b[B"]
KEYS += ["\x1b[C", "\x1b[D", "\x1b[3~"]


@given(st.lists(st.sampled_from(KEYS), max_size=40))
def test_screen_shows_the_line(keys: list[str]) -> None:
    line, echo = typed("".join(keys), ("first", "second line"))
    assert show("# " + echo) == "# " + line
