# SPDX-License-Identifier: Apache-2.0
"""A good board's source with something changed, as a file that can be loaded."""

from __future__ import annotations

from pathlib import Path


def edited_board(source: str, folder: Path, replacements: list[tuple[str, str]]) -> str:
    """The path of a copy of ``source``; each text that is replaced has to be in it."""
    text = source
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = folder / "edited.dts"
    path.write_text(text, encoding="utf-8")
    return str(path)
