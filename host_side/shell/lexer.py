# SPDX-License-Identifier: Apache-2.0
"""Command line to tokens: operators, and words with their quoting taken apart."""

from __future__ import annotations

from dataclasses import dataclass

from host_side.shell.syntax import Part, ShellSyntaxError, Word

OPERATORS = ("&&", "||", ";;", ">>", ">&", "<&", ";", "&", "|", "<", ">", "(", ")", "\n")
BLANKS = " \t"
_WORD_END = " \t\n;&|<>()"
_NAME_CHARS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_SPECIAL = "?$#"


@dataclass(frozen=True)
class Token:
    """An operator (``operator`` set) or a word; ``fd`` is a number written against ``<``, ``>``."""

    operator: str = ""
    word: Word = ()
    fd: int | None = None


def tokens(line: str) -> list[Token]:
    """All tokens of a line. ShellSyntaxError (incomplete) when a quote is left open."""
    return _Lexer(line).run()


class _Lexer:
    def __init__(self, line: str) -> None:
        self.line = line
        self.at = 0

    def run(self) -> list[Token]:
        found: list[Token] = []
        while self.at < len(self.line):
            char = self.line[self.at]
            if char in BLANKS:
                self.at += 1
            elif char == "#":
                end = self.line.find("\n", self.at)
                self.at = len(self.line) if end < 0 else end
            elif self.line.startswith("\\\n", self.at):
                self.at += 2
            else:
                found.append(self._token())
        return found

    def _token(self) -> Token:
        for operator in OPERATORS:
            if self.line.startswith(operator, self.at):
                self.at += len(operator)
                return Token(operator)
        word = self._word()
        following = self.line[self.at : self.at + 1]
        if following in ("<", ">") and len(word) == 1 and word[0][0] is Part.BARE:
            text = word[0][1]
            if text.isascii() and text.isdigit():
                redirect = self._token()
                return Token(redirect.operator, fd=int(text))
        return Token(word=word)

    def _word(self) -> Word:
        parts: list[tuple[Part, str]] = []
        while self.at < len(self.line) and self.line[self.at] not in _WORD_END:
            char = self.line[self.at]
            if char == "'":
                parts.append((Part.QUOTED, self._until_quote()))
            elif char == '"':
                parts.extend(self._double_quoted())
            elif char == "$":
                parts.append(self._parameter(Part.PARAMETER, Part.BARE))
            elif char == "\\":
                parts.extend(self._escaped())
            else:
                parts.append((Part.BARE, self._bare()))
        return _merged(parts)

    def _bare(self) -> str:
        start = self.at
        while self.at < len(self.line) and self.line[self.at] not in _WORD_END + "'\"$\\":
            self.at += 1
        return self.line[start : self.at]

    def _escaped(self) -> list[tuple[Part, str]]:
        char = self.line[self.at + 1 : self.at + 2]
        self.at += 2
        if not char:
            return [(Part.QUOTED, "\\")]
        return [] if char == "\n" else [(Part.QUOTED, char)]

    def _until_quote(self) -> str:
        end = self.line.find("'", self.at + 1)
        if end < 0:
            raise ShellSyntaxError("unterminated quoted string", incomplete=True)
        text = self.line[self.at + 1 : end]
        self.at = end + 1
        return text

    def _double_quoted(self) -> list[tuple[Part, str]]:
        self.at += 1
        parts: list[tuple[Part, str]] = [(Part.QUOTED, "")]
        while self.at < len(self.line):
            char = self.line[self.at]
            following = self.line[self.at + 1 : self.at + 2]
            if char == '"':
                self.at += 1
                return parts
            if char == "$":
                parts.append(self._parameter(Part.QUOTED_PARAMETER, Part.QUOTED))
            elif char == "\\" and following and following in '"\\$`\n':
                parts.append((Part.QUOTED, following.strip("\n")))
                self.at += 2
            else:
                parts.append((Part.QUOTED, char))
                self.at += 1
        raise ShellSyntaxError("unterminated quoted string", incomplete=True)

    def _parameter(self, kind: Part, literal: Part) -> tuple[Part, str]:
        rest = self.line[self.at + 1 :]
        if rest.startswith("{") and "}" in rest:
            name = rest[1 : rest.index("}")]
            self.at += len(name) + 3
            return kind, name
        if rest and rest[0] in _SPECIAL:
            self.at += 2
            return kind, rest[0]
        length = 0
        while length < len(rest) and rest[length] in _NAME_CHARS:
            length += 1
        self.at += length + 1
        return (kind, rest[:length]) if length else (literal, "$")


def _merged(parts: list[tuple[Part, str]]) -> Word:
    """Neighbours of the same literal kind as one piece."""
    merged: list[tuple[Part, str]] = []
    for kind, text in parts:
        if merged and merged[-1][0] is kind and kind in (Part.BARE, Part.QUOTED):
            merged[-1] = (kind, merged[-1][1] + text)
        else:
            merged.append((kind, text))
    return tuple(merged)
