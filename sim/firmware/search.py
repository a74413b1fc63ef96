# SPDX-License-Identifier: Apache-2.0
"""Finds the firmware file that the V821 SDK would take: four path patterns, the last match wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.firmware.errors import FirmwareError

# Below device/config/chips/v821, in this order; a later match overrides an earlier one of the same
# file name (seed 002). As in a shell, a star matches no name that begins with a dot.
PATTERNS = (
    "bin/*.bin",
    "configs/*/bin/*.bin",
    "configs/*/*/bin/*.bin",
    "configs/*/*/*/bin/*.bin",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that a pattern matches; ``pattern`` counts from 0."""

    path: Path
    shown: str
    pattern: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What was found for one file name: all candidates in order, the last of which is taken."""

    name: str
    candidates: tuple[Candidate, ...]

    @property
    def winner(self) -> Candidate:
        """Return the candidate that is taken."""
        return self.candidates[-1]

    @property
    def tied(self) -> tuple[Candidate, ...]:
        """Return the winner's rivals within its own pattern."""
        same = [item for item in self.candidates if item.pattern == self.winner.pattern]
        return tuple(same[:-1])

    def reason(self) -> str:
        """Say why the winner is the winner."""
        number = self.winner.pattern
        place = f"pattern {number + 1} of {len(PATTERNS)}, {PATTERNS[number]}"
        if len(self.candidates) == 1:
            return f"the only match ({place})"
        if self.tied:
            return f"the last of {len(self.tied) + 1} matches, in byte order, of the last {place}"
        return f"the last pattern that matches overrides the earlier ones ({place})"


def find_choices(chips: Path, name: str | None = None) -> list[Choice]:
    """Return a choice for each file name below ``chips``, or for ``name`` alone.

    FirmwareError when the folder is none, or nothing in it matches.
    """
    if not chips.is_dir():
        raise FirmwareError.at(str(chips), "a folder with the chip's bin and configs", "none")
    found: dict[str, list[Candidate]] = {}
    for number, pattern in enumerate(PATTERNS):
        for path in _matches(chips, pattern):
            shown = path.relative_to(chips).as_posix()
            found.setdefault(path.name, []).append(Candidate(path, shown, number))
    if name is not None:
        found = {key: value for key, value in found.items() if key == name}
    if not found:
        expected = f"{name or 'a file'} under {', '.join(PATTERNS)}"
        raise FirmwareError.at(str(chips), expected, "none")
    return [Choice(key, tuple(found[key])) for key in sorted(found)]


def _matches(chips: Path, pattern: str) -> Sequence[Path]:
    paths = (path for path in chips.glob(pattern) if path.is_file())
    visible = [path for path in paths if not _hidden(path.relative_to(chips))]
    return sorted(visible, key=lambda path: path.relative_to(chips).as_posix().encode())


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def find_firmware(chips: Path, name: str) -> Path:
    """Return the file that is taken for ``name``; FirmwareError when there is none."""
    return find_choices(chips, name)[0].winner.path
