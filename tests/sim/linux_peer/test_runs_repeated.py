# SPDX-License-Identifier: Apache-2.0
"""Runs made again and again: alike to the last, or the first that differs is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.errors import RunError
from sim.linux_peer.repeat import Sums, repeat


def repeated(sums: Sequence[Sums]) -> list[str]:
    said: list[str] = []
    folders: list[Path] = []
    left = iter(sums)

    def run(folder: Path) -> Sums:
        assert folder.is_dir() and folder not in folders
        folders.append(folder)
        return next(left)

    repeat(len(sums), run, said.append)
    assert not any(folder.exists() for folder in folders)
    return said


def test_runs_that_are_alike():
    assert repeated([Sums("a", "b")] * 2) == [
        "run 1 of 2: event log a, console b",
        "run 2 of 2: event log a, console b",
    ]


@pytest.mark.parametrize(
    ("other", "text"),
    [
        (Sums("x", "b"), "run 3: expected event log a, found x"),
        (Sums("a", "y"), "run 3: expected console b, found y"),
    ],
)
def test_the_first_that_differs(other: Sums, text: str):
    with pytest.raises(RunError) as caught:
        repeated([Sums("a", "b"), Sums("a", "b"), other, Sums("z", "z")])
    assert str(caught.value) == text
