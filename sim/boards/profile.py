# SPDX-License-Identifier: Apache-2.0
"""Timing profile of a board: cost of software's own work in ns, with the number's source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.boards.errors import BoardError
from sim.boards.model import Board

PROFILE_FILE = "profile.toml"
SIDES = ("rtos", "linux", "boot")
NS_PER_S = 1_000_000_000
_TABLES = ", ".join(f"[{side}.NAME]" for side in SIDES)
_KEYS = ("ns", "meaning", "source")


@dataclass(frozen=True, slots=True)
class Constant:
    """One cost: `ns` of a hart's time, what it stands for, and where the number comes from."""

    side: str
    name: str
    ns: int
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Profile:
    """The costs of a board's sides and its boot chain; cycles are of the bench clock."""

    clock_hz: int
    constants: tuple[Constant, ...]

    def cycles(self, side: str) -> dict[str, int]:
        """Return name -> cycles for a side of SIDES."""
        period = NS_PER_S // self.clock_hz
        return {item.name: item.ns // period for item in self.constants if item.side == side}

    def explain(self) -> list[tuple[str, int, str, str]]:
        """Return rows for a report: "side.name", ns, meaning, source."""
        return [
            (f"{item.side}.{item.name}", item.ns, item.meaning, item.source)
            for item in self.constants
        ]


def load_profile(board: Board, path: Path | None = None) -> Profile:
    """Return the board's profile with the constants of the user's file `path` put over it.

    The file next to the board's devicetree source lists every constant; a user's file may hold any
    of them, with `source` and `meaning` optional. BoardError says in one line what is wrong.
    """
    reader = _Reader(Path(board.source).with_name(PROFILE_FILE), board.clock_hz)
    constants = {(item.side, item.name): item for item in reader.whole()}
    if path is not None:
        user = _Reader(path, board.clock_hz)
        constants.update(user.overrides(constants))
    _check_ranges(constants, path or reader.path)
    return Profile(board.clock_hz, tuple(constants.values()))


def _check_ranges(constants: Mapping[tuple[str, str], Constant], path: Path) -> None:
    """A pair NAME_min, NAME_max bounds what is drawn from the run's seed."""
    for (side, name), low in constants.items():
        high = constants.get((side, name.removesuffix("_min") + "_max"))
        if name.endswith("_min") and high and low.ns > high.ns:
            expected = f"at most {side}.{high.name}, {high.ns}"
            raise BoardError.at(f"{path}: {side}.{name}.ns", expected, str(low.ns))


class _Reader:
    """Reads one profile file; every error names the file and the constant."""

    def __init__(self, path: Path, clock_hz: int) -> None:
        self.path = path
        self.period = NS_PER_S // clock_hz
        self.tables = _tables(path)

    def whole(self) -> list[Constant]:
        """Return all constants of a board's own file, where nothing is optional."""
        return [self._constant(side, name, table) for side, name, table in self._items()]

    def overrides(
        self, known: Mapping[tuple[str, str], Constant]
    ) -> dict[tuple[str, str], Constant]:
        """Return the constants of `known` as this file changes them."""
        changed = {}
        for side, name, table in self._items():
            if (side, name) not in known:
                names = ", ".join(sorted(known_name for at, known_name in known if at == side))
                raise self._error(f"{side}.{name}", f"one of {names}", f"'{name}'")
            filled = {
                "meaning": known[side, name].meaning,
                "source": f"user profile {self.path.name}",
            } | table
            changed[side, name] = self._constant(side, name, filled)
        return changed

    def _items(self) -> list[tuple[str, str, dict[str, object]]]:
        items = []
        for side, names in self.tables.items():
            if side not in SIDES or not isinstance(names, dict):
                raise self._error(side, f"tables {_TABLES}", side)
            for name, table in names.items():
                if not isinstance(table, dict):
                    raise self._error(f"{side}.{name}", "a table with ns", repr(table))
                items.append((side, name, table))
        return items

    def _constant(self, side: str, name: str, table: Mapping[str, object]) -> Constant:
        where = f"{side}.{name}"
        for key in table:
            if key not in _KEYS:
                raise self._error(where, f"the keys {', '.join(_KEYS)}", f"'{key}'")
        for key in _KEYS:
            if key not in table:
                raise self._error(where, f"the key {key}", "none")
        return Constant(
            side,
            name,
            self._ns(where, table["ns"]),
            self._text(f"{where}.meaning", table["meaning"]),
            self._text(f"{where}.source", table["source"]),
        )

    def _ns(self, where: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._error(f"{where}.ns", "a whole number of ns, 0 or more", repr(value))
        if value % self.period:
            expected = f"a multiple of the bench clock's {self.period} ns"
            raise self._error(f"{where}.ns", expected, repr(value))
        return value

    def _text(self, where: str, value: object) -> str:
        if not isinstance(value, str) or not value:
            raise self._error(where, "a text", repr(value))
        return value

    def _error(self, where: str, expected: str, found: str) -> BoardError:
        return BoardError.at(f"{self.path}: {where}", expected, found)


def _tables(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        found = error.strerror or "none"
        raise BoardError.at(str(path), "a readable timing profile", found) from None
    except UnicodeDecodeError:
        raise BoardError.at(str(path), "UTF-8 text", "other bytes") from None
    except tomllib.TOMLDecodeError as error:
        raise BoardError(f"{path}: expected TOML, found: {error}") from None
