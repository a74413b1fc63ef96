# SPDX-License-Identifier: Apache-2.0
"""Makes folders, writes a file whole or not at all; a full disk is one clear line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from sim.errors import AmpsimError

CANNOT_WRITE = "cannot be written"


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of ``path`` when the context ends without an error.

    Raises :class:`~sim.errors.AmpsimError` when it cannot be written; an older file is then still
    there, and nothing else is.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    except OSError as error:
        raise AmpsimError(cannot_write(path, error)) from None
    finally:
        _remove(partial)


def make_folder(path: Path) -> None:
    """Make a folder and those above it; AmpsimError when that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AmpsimError(cannot_write(path, error)) from None


def cannot_write(path: Path, error: OSError) -> str:
    """Return the line about a file that cannot be written."""
    return f"{path}: {CANNOT_WRITE}: {error.strerror or error}"


def write_whole(path: Path, text: str) -> None:
    """Write a text as :func:`whole_file` does."""
    with whole_file(path) as file:
        file.write(text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, as :func:`whole_file` does."""
    write_whole(path, json.dumps(value, indent=2) + "\n")


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # its folder is gone, or is none
        return
