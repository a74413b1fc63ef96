# SPDX-License-Identifier: Apache-2.0
"""Word expansion: parameters, field splitting, file name patterns, quote removal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import translate
from re import compile as compile_pattern

from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.shell.syntax import Part, Word

Lookup = Callable[[str], str]
"""Parameter name to value, empty when it is not set."""

_MAGIC = "*?["

Field = list[tuple[str, bool]]
"""Pieces of text of one field, and whether each was quoted."""


def expand_text(word: Word, lookup: Lookup) -> str:
    """One string, without splitting or patterns (assignments and redirection targets)."""
    return "".join(
        text if kind in (Part.BARE, Part.QUOTED) else lookup(text) for kind, text in word
    )


def expand_words(
    words: Sequence[Word], lookup: Lookup, fs: FileSystem, directory: str
) -> list[str]:
    """The arguments that the words of a command become; patterns match files below ``fs``."""
    arguments: list[str] = []
    for word in words:
        for field in _fields(word, lookup):
            text = "".join(piece for piece, _ in field)
            bare = any(char in piece for piece, quoted in field if not quoted for char in _MAGIC)
            matches = _glob(field, fs, directory) if bare else []
            arguments.extend(matches or [text])
    return arguments


def _fields(word: Word, lookup: Lookup) -> list[Field]:
    """Unquoted parameters split at blanks; a word that is only an empty one gives no field."""
    fields: list[Field] = []
    current: Field = []
    for kind, text in word:
        if kind is Part.PARAMETER:
            value = lookup(text)
            pieces = value.split()
            if pieces and value[0].isspace() and current:
                fields.append(current)
                current = []
            for index, piece in enumerate(pieces):
                if index:
                    fields.append(current)
                    current = []
                current.append((piece, False))
            if pieces and value[-1].isspace():
                fields.append(current)
                current = []
        elif kind is Part.QUOTED_PARAMETER:
            current.append((lookup(text), True))
        else:
            current.append((text, kind is Part.QUOTED))
    if current:
        fields.append(current)
    return fields


def _glob(field: Field, fs: FileSystem, directory: str) -> list[str]:
    pattern = "".join(_escape(piece) if quoted else piece for piece, quoted in field)
    names = pattern.split("/")
    found = [""]
    for index, name in enumerate(names):
        last = index == len(names) - 1
        below: list[str] = []
        for path in found:
            below.extend(_matches(path, name, fs, directory))
        found = below if last else [f"{path}/" for path in below]
    return sorted(found)


def _matches(path: str, name: str, fs: FileSystem, directory: str) -> list[str]:
    plain = _plain(name)
    if plain is not None:
        candidate = path + plain
        here = candidate if candidate.startswith("/") else f"{directory}/{candidate}"
        return [candidate] if not plain or fs.exists(here) else []
    try:
        entries = fs.listdir(path if path.startswith("/") else f"{directory}/{path}")
    except LinuxError:
        return []
    matches = compile_pattern(translate(name)).match
    hidden = name.startswith(".")
    return [path + e for e in entries if matches(e) and (hidden or not e.startswith("."))]


def _escape(text: str) -> str:
    return "".join(f"[{char}]" if char in _MAGIC else char for char in text)


def _plain(name: str) -> str | None:
    """The text of a pattern component without magic, None when it has some."""
    text = name
    for char in _MAGIC:
        text = text.replace(f"[{char}]", "")
    if any(char in text for char in _MAGIC):
        return None
    return "".join(
        char if len(char) == 1 else char[1] for char in compile_pattern(r"\[.\]|.").findall(name)
    )
