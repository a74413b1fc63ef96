# SPDX-License-Identifier: Apache-2.0
"""Tokens to a Script, by recursive descent over the sh grammar this shell knows."""

from __future__ import annotations

import re

from host_side.shell.lexer import Token, tokens
from host_side.shell.syntax import (
    AndOr,
    Command,
    Part,
    Pipeline,
    Redirect,
    Script,
    ShellSyntaxError,
    Word,
)

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=", re.ASCII)
_REDIRECTS = {"<": 0, ">": 1, ">>": 1, ">&": 1, "<&": 0}


def parse(line: str) -> Script:
    """The script a line holds; ShellSyntaxError with the text ash prints."""
    return _Parser(tokens(line)).script()


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    def script(self) -> Script:
        lists: list[AndOr] = []
        while True:
            while self._peek() == "\n":
                self._at += 1
            if self._ended():
                return Script(tuple(lists))
            lists.append(self._list())

    def _list(self) -> AndOr:
        first = self._pipeline()
        rest: list[tuple[str, Pipeline]] = []
        while self._peek() in ("&&", "||"):
            operator = self._next().operator
            self._skip_newlines()
            rest.append((operator, self._pipeline()))
        background = self._peek() == "&"
        if self._peek() in (";", "&", "\n"):
            self._at += 1
        elif not self._ended():
            raise self._unexpected()
        return AndOr(first, tuple(rest), background)

    def _pipeline(self) -> Pipeline:
        negated = not self._ended() and self._tokens[self._at].word == ((Part.BARE, "!"),)
        if negated:
            self._at += 1
        commands = [self._command()]
        while self._peek() == "|":
            self._at += 1
            self._skip_newlines()
            commands.append(self._command())
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Command:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        start = self._at
        while not self._ended():
            token = self._tokens[self._at]
            if token.operator in _REDIRECTS:
                redirects.append(self._redirect())
            elif token.operator:
                break
            else:
                self._at += 1
                found = None if words else _assignment(token.word)
                if found:
                    assignments.append(found)
                else:
                    words.append(token.word)
        if self._at == start:
            raise self._unexpected()
        return Command(tuple(assignments), tuple(words), tuple(redirects))

    def _redirect(self) -> Redirect:
        token = self._next()
        if self._ended() or self._tokens[self._at].operator:
            raise self._unexpected()
        fd = _REDIRECTS[token.operator] if token.fd is None else token.fd
        return Redirect(fd, token.operator, self._next().word)

    def _skip_newlines(self) -> None:
        while self._peek() == "\n":
            self._at += 1

    def _ended(self) -> bool:
        return self._at >= len(self._tokens)

    def _peek(self) -> str:
        return "" if self._ended() else self._tokens[self._at].operator

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _unexpected(self) -> ShellSyntaxError:
        if self._ended():
            before = self._tokens[self._at - 1].operator if self._at else ""
            more = before in ("|", "&&", "||")
            return ShellSyntaxError("unexpected end of file", incomplete=more)
        operator = self._peek()
        if operator == "\n":
            return ShellSyntaxError("unexpected newline")
        if operator in _REDIRECTS:
            return ShellSyntaxError("unexpected redirection")
        return ShellSyntaxError(f'unexpected "{operator}"' if operator else "unexpected word")


def _assignment(word: Word) -> tuple[str, Word] | None:
    if not word or word[0][0] is not Part.BARE:
        return None
    match = _ASSIGNMENT.match(word[0][1])
    if match is None:
        return None
    rest = word[0][1][match.end() :]
    value = ((Part.BARE, rest), *word[1:]) if rest else word[1:]
    return match[1], value
