# SPDX-License-Identifier: Apache-2.0
"""The tree a command line becomes, and the error for one that is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class ShellSyntaxError(Exception):
    """A line the grammar refuses; the text is what ``sh`` prints after its name."""

    def __init__(self, text: str, incomplete: bool = False) -> None:
        super().__init__(f"syntax error: {text}")
        self.incomplete = incomplete
        """More input could complete the line: an interactive shell asks for it."""


class Part(Enum):
    """How a piece of a word is written."""

    BARE = "bare"
    QUOTED = "quoted"
    PARAMETER = "parameter"
    QUOTED_PARAMETER = "quoted parameter"


Word = tuple[tuple[Part, str], ...]
"""Pieces of one word; a parameter piece holds the parameter's name."""


@dataclass(frozen=True)
class Redirect:
    """``fd`` to a file: mode "<", ">" or ">>", or ">&" for a copy of another descriptor."""

    fd: int
    mode: str
    target: Word


@dataclass(frozen=True)
class Command:
    """A simple command: assignments before it, its words, its redirections in order."""

    assignments: tuple[tuple[str, Word], ...] = ()
    words: tuple[Word, ...] = ()
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True)
class Pipeline:
    """Commands joined by ``|``; ``negated`` by a leading ``!``."""

    commands: tuple[Command, ...]
    negated: bool = False


@dataclass(frozen=True)
class AndOr:
    """Pipelines joined by ``&&`` and ``||``: the operator says when the pipeline runs."""

    first: Pipeline
    rest: tuple[tuple[str, Pipeline], ...] = ()
    background: bool = False


@dataclass(frozen=True)
class Script:
    """What one line holds: lists joined by ``;`` and ``&``."""

    lists: tuple[AndOr, ...] = field(default=())
