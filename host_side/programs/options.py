# SPDX-License-Identifier: Apache-2.0
"""Command line options in the manner of getopt(3), with busybox's messages."""

from __future__ import annotations

from host_side.programs.process import Process


class UsageError(Exception):
    """Options a program does not take; the text follows the program's name."""


class Options:
    """Parsed options: ``flags`` that were given, ``values`` by letter, and the operands."""

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.values: dict[str, str] = {}
        self.operands: list[str] = []

    def number(self, letter: str, default: int) -> int:
        """A value as a decimal number of at least 0; UsageError when it is none."""
        text = self.values.get(letter)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit()):
            raise UsageError(f"invalid number '{text}'")
        return int(text)

    def integer(self, letter: str, default: int) -> int:
        """A value as strtol() with base 0 reads it; UsageError when it is no number."""
        text = self.values.get(letter)
        if text is None:
            return default
        try:
            return int(text, 0)
        except ValueError:
            raise UsageError(f"Invalid input {text}.") from None


def getopt(arguments: list[str], letters: str) -> Options:
    """Options among ``arguments`` wherever they stand; a letter with ``:`` takes a value.

    Raises UsageError for an unknown letter or a missing value; ``--`` ends the options.
    """
    options = Options()
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            break
        if len(argument) < 2 or not argument.startswith("-"):
            options.operands.append(argument)
            continue
        _cluster(argument[1:], letters, rest, options)
    options.operands.extend(rest)
    return options


def _cluster(cluster: str, letters: str, rest: list[str], options: Options) -> None:
    for at, letter in enumerate(cluster):
        if letter == ":" or letter not in letters:
            raise UsageError(f"invalid option -- '{letter}'")
        if f"{letter}:" not in letters:
            options.flags.add(letter)
            continue
        value = cluster[at + 1 :]
        if not value and not rest:
            raise UsageError(f"option requires an argument -- '{letter}'")
        options.values[letter] = value or rest.pop(0)
        return


async def refuse(process: Process, name: str, error: UsageError, usage: str) -> int:
    """Print the error (unless it is empty) and the usage line; the exit status 1."""
    text = str(error)
    complaint = f"{name}: {text}\n" if text else ""
    await process.complain(f"{complaint}\nUsage: {name} {usage}\n")
    return 1
