# SPDX-License-Identifier: Apache-2.0
"""The files of a firmware as MicroPython's import looks for them: by path, with folders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from sim.micropython.frames import ABSENT, FILE, FOLDER


class Files:
    """The files of an image, name to contents."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._folders = {
            folder.as_posix() for name in files for folder in PurePosixPath(name).parents
        }

    def stat(self, path: str) -> int:
        """Return ABSENT, FOLDER or FILE."""
        if path in self._files:
            return FILE
        return FOLDER if path in self._folders else ABSENT

    def open(self, path: str) -> bytes:
        """Return the contents of a file; KeyError when there is none."""
        return self._files[path]
