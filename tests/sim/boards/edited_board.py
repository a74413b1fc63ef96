# SPDX-License-Identifier: Apache-2.0
"""A good board's source with something changed, and what comes of loading it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import strategies as st

from sim.boards import BoardError, load_board

# What a character of a source is changed to.
_CHANGES = ("", "{", "}", ";", "<", '"', "0", "&", "\0", "é", "/")


def edited_board(source: str, folder: Path, replacements: list[tuple[str, str]]) -> str:
    """The path of a copy of ``source``; each text that is replaced has to be in it."""
    text = source
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = folder / "edited.dts"
    path.write_text(text, encoding="utf-8")
    return str(path)


def assert_refused(path: str, message: str) -> None:
    """The board ends in one line: the file's name and ``message``."""
    with pytest.raises(BoardError) as caught:
        load_board(path)
    assert str(caught.value) == f"{path}: {message}"


@st.composite
def damaged_boards(draw: st.DrawFn, source: str) -> str:
    """``source`` with one character changed, or cut off there."""
    at = draw(st.integers(0, len(source) - 1))
    change = draw(st.sampled_from(_CHANGES))
    cut = draw(st.booleans())
    return source[:at] + change + ("" if cut else source[at + 1 :])


def assert_refused_in_one_line_or_read(text: str, folder: Path) -> None:
    """A Board or one line that names the file, never another exception."""
    path = folder / "damaged.dts"
    path.write_text(text, encoding="utf-8")
    try:
        load_board(str(path))
    except BoardError as error:
        assert "\n" not in str(error) and str(path) in str(error)
