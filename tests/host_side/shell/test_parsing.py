# SPDX-License-Identifier: Apache-2.0
"""Command lines to trees: quoting, operators, redirections, and what the grammar refuses."""

from __future__ import annotations

import contextlib
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_side.fs.node import RegularFile
from host_side.fs.tree import FileSystem
from host_side.shell.expand import expand_words
from host_side.shell.parser import parse
from host_side.shell.syntax import ShellSyntaxError

VALUES = {"?": "3", "A": "one two", "E": "", "G": "*"}


def words(line: str) -> list[str]:
    """Arguments of a line that is one simple command."""
    ((and_or),) = parse(line).lists
    (command,) = and_or.first.commands
    fs = FileSystem()
    for name in ("a1", "a2", "b1", ".hidden"):
        fs.add(f"/w/{name}", RegularFile())
    return expand_words(command.words, lambda name: VALUES.get(name, ""), fs, "/w")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("echo a  b\tc", ["echo", "a", "b", "c"]),
        ("echo 'a  b' \"c  d\" e\\ f", ["echo", "a  b", "c  d", "e f"]),
        ("echo '$A' \"\\$A\" \\$A", ["echo", "$A", "$A", "$A"]),
        ("echo $A", ["echo", "one", "two"]),
        ('echo "$A" x"$A"y', ["echo", "one two", "xone twoy"]),
        ("echo x$A", ["echo", "xone", "two"]),
        ("echo ${A}z$?", ["echo", "one", "twoz3"]),
        ("echo $E '' \"$E\" end", ["echo", "", "", "end"]),
        ("echo $ $% a$", ["echo", "$", "$%", "a$"]),
        ("echo a#b #c d", ["echo", "a#b"]),
        ("echo \"a\\nb\" 'a\\nb' a\\nb", ["echo", "a\\nb", "a\\nb", "anb"]),
        ("echo a*", ["echo", "a1", "a2"]),
        ("echo [ab]1 ?2 x*", ["echo", "a1", "b1", "a2", "x*"]),
        ("echo 'a*' a\\* \"a\"*", ["echo", "a*", "a*", "a1", "a2"]),
        ("echo * .h*", ["echo", "a1", "a2", "b1", ".hidden"]),
        ("echo /w/a? /*/b1", ["echo", "/w/a1", "/w/a2", "/w/b1"]),
        ('echo $G "$G"', ["echo", "a1", "a2", "b1", "*"]),
        ("echo a\\\nb", ["echo", "ab"]),
    ],
)
def test_words(line: str, expected: list[str]) -> None:
    assert words(line) == expected


def test_structure_of_a_line() -> None:
    first, second = parse("A=1 B='x y' run; ! a | b -c 2>&1 >>f <g && d || e &").lists
    assert [name for name, _ in first.first.commands[0].assignments] == ["A", "B"]
    assert len(second.first.commands) == 2 and second.first.negated
    redirects = second.first.commands[1].redirects
    assert [(r.fd, r.mode) for r in redirects] == [(2, ">&"), (1, ">>"), (0, "<")]
    assert [operator for operator, _ in second.rest] == ["&&", "||"]
    assert second.background and not first.background


# Texts of busybox ash 1.35.
@pytest.mark.parametrize(
    ("line", "text", "incomplete"),
    [
        ("echo 'a", "syntax error: unterminated quoted string", True),
        ('echo "a', "syntax error: unterminated quoted string", True),
        ("echo a |", "syntax error: unexpected end of file", True),
        ("a &&", "syntax error: unexpected end of file", True),
        ("echo >", "syntax error: unexpected end of file", False),
        ("| a", 'syntax error: unexpected "|"', False),
        ("a ;; b", 'syntax error: unexpected ";;"', False),
        ("a && ; b", 'syntax error: unexpected ";"', False),
        (")", 'syntax error: unexpected ")"', False),
    ],
)
def test_refused_lines(line: str, text: str, incomplete: bool) -> None:
    with pytest.raises(ShellSyntaxError) as caught:
        parse(line)
    assert (str(caught.value), caught.value.incomplete) == (text, incomplete)


printable = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@given(st.lists(printable, min_size=1, max_size=6))
def test_quoted_words_come_back_as_they_were(arguments: list[str]) -> None:
    assert words("x " + " ".join(map(shlex.quote, arguments))) == ["x", *arguments]


@given(st.text(alphabet="ab1 \t'\"\\$?{}*[]|&;<>()#!=\n", max_size=30))
def test_any_line_is_parsed_or_refused(line: str) -> None:
    with contextlib.suppress(ShellSyntaxError):
        for and_or in parse(line).lists:
            for command in and_or.first.commands:
                expand_words(command.words, lambda name: VALUES.get(name, ""), FileSystem(), "/")
