# SPDX-License-Identifier: Apache-2.0
"""Which signals of a waveform are the buses, the interrupt lines and the resets.

A map is a TOML file: those of our SoCs are in ``sim/decode/maps``, a user's own has the same keys
(docs/waveforms.md). Names are relative to ``root``, which may be the tail of a scope's name.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sim.boards.model import Board
from sim.decode import apb, axi
from sim.decode.waveform import WaveError, WaveFile
from sim.referee.side import Side

MAPS = Path(__file__).parent / "maps"
_KINDS = {
    "axi4": [name for names in axi.CHANNELS.values() for name in names]
    + [f"{channel}{part}" for channel in axi.CHANNELS for part in ("valid", "ready")],
    "apb": list(apb.SIGNALS),
}
_REQUIRED = {"axi4": axi.REQUIRED, "apb": apb.REQUIRED}
_MISSING_SHOWN = 3
_BIT = re.compile(r"(.+?)(?:\[(\d+)\])?")


class BitOf(NamedTuple):
    """One bit of a signal."""

    name: str
    bit: int


@dataclass(frozen=True)
class BusMap:
    """A bus: its signals' full names by their names on the bus, and whose its ids are.

    ``harts`` maps an id to a hart's index, None is the identity; ``hart`` is that of a bus
    without ids.
    """

    kind: str
    write_clock: str
    read_clock: str
    signals: dict[str, str]
    harts: dict[int, int] | None
    hart: int

    def hart_of(self, number: int) -> int | None:
        """Return the index of the hart with a bus id, None when it is nobody's."""
        return number if self.harts is None else self.harts.get(number)


@dataclass(frozen=True)
class SignalMap:
    """All that is decoded.

    ``running`` is a vector with a bit for each hart that is out of reset, None without;
    ``doorbells`` are the interrupt lines that doorbells raise, by the side that is interrupted.
    """

    source: Path
    root: str
    buses: tuple[BusMap, ...]
    running: str | None
    doorbells: dict[Side, BitOf]


def soc_map(soc: str) -> Path:
    """Return the map of one of our SoCs."""
    return MAPS / f"{soc}.toml"


def read_map(path: Path, wave: WaveFile, board: Board) -> SignalMap:
    """Return a map with its names completed and found in ``wave``; WaveError with one line."""
    try:
        content = tomllib.loads(path.read_text())
    except OSError as error:
        raise WaveError(f"{path}: expected a signal map, found {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WaveError(f"{path}: expected a signal map in TOML, found: {error}") from None
    return _Reader(path, wave, board).read(content)


class _Reader:
    def __init__(self, path: Path, wave: WaveFile, board: Board) -> None:
        self.path = path
        self.board = board
        self.wave = wave
        self.root = ""

    def read(self, content: dict[str, Any]) -> SignalMap:
        """Return the map that a file's content describes."""
        self._keys("the file", content, {"root", "bus", "harts", "doorbells"})
        self.root = self._root(content.get("root", ""))
        tables = content.get("bus")
        if not isinstance(tables, list) or not tables:
            raise self._error("a table [[bus]]", "none")
        buses = tuple(self._bus(f"bus {n}", table) for n, table in enumerate(tables))
        harts = content.get("harts", {})
        self._keys("harts", harts, {"running"})
        running = self._one(harts, "running")
        return SignalMap(
            self.path, self.root, buses, running, self._doorbells(content.get("doorbells", {}))
        )

    def _error(self, expected: str, found: str) -> WaveError:
        return WaveError(f"{self.path}: expected {expected}, found {found}")

    def _keys(self, what: str, table: Any, known: set[str]) -> None:
        if not isinstance(table, dict):
            raise self._error(f"{what} to be a table", repr(table))
        for key in table:
            if key not in known:
                raise self._error(f"{what} with {', '.join(sorted(known))}", key)

    def _root(self, tail: str) -> str:
        if not tail:
            return ""
        scopes = self.wave.scopes_like(tail)
        if len(scopes) != 1:
            found = ", ".join(scopes) if scopes else "none"
            raise WaveError(f"{self.wave.path}: expected one scope {tail}, found {found}")
        return scopes[0] + "."

    def _bus(self, what: str, table: Any) -> BusMap:
        known = {"kind", "clock", "prefix", "signals", "harts", "hart"}
        self._keys(what, table, known)
        kind = table.get("kind", "axi4")
        if kind not in _KINDS:
            raise self._error(f"{what} of kind {' or '.join(_KINDS)}", repr(kind))
        signals = self._signals(what, kind, table)
        clock = table.get("clock")
        clocks = clock if isinstance(clock, dict) else {"write": clock, "read": clock}
        if not all(isinstance(clocks.get(side), str) for side in ("write", "read")):
            raise self._error(f"{what} with a clock", repr(clock))
        write, read = (self._found([clocks[side]], what)[0] for side in ("write", "read"))
        return BusMap(
            kind, write, read, signals, self._harts(what, table), self._hart(what, table, kind)
        )

    def _signals(self, what: str, kind: str, table: dict[str, Any]) -> dict[str, str]:
        """Return the signals that exist; those without which there is no bus must."""
        named = table.get("signals", {})
        self._keys(f"{what}'s signals", named, set(_KINDS[kind]))
        names = {name: table.get("prefix", "") + name for name in _KINDS[kind]} | named
        needed = sorted(_REQUIRED[kind] | set(named))
        self._found([names[name] for name in needed], what)
        full = {name: self.root + path for name, path in names.items()}
        return {name: path for name, path in full.items() if path in self.wave}

    def _found(self, names: list[str], what: str) -> list[str]:
        """Return full names; WaveError that names those that are not in the waveform."""
        full = [self.root + name for name in names]
        missing = [name for name in full if name not in self.wave]
        if missing:
            more = len(missing) - _MISSING_SHOWN
            shown = ", ".join(missing[:_MISSING_SHOWN]) + (f" and {more} more" if more > 0 else "")
            raise WaveError(
                f"{self.wave.path}: expected the signals of {what} in {self.path.name}, "
                f"found no {shown}"
            )
        return full

    def _one(self, table: dict[str, Any], key: str) -> str | None:
        name = table.get(key)
        return None if name is None else self._found([name], key)[0]

    def _doorbells(self, table: Any) -> dict[Side, BitOf]:
        """Return the lines; a bit of a vector is named ``line[3]``."""
        sides = {side.name.lower(): side for side in Side}
        self._keys("doorbells", table, set(sides))
        ids = {"linux": self.board.linux.boot_hart, "rtos": self.board.rtos.boot_hart}
        found = {}
        for key, text in table.items():
            named = _BIT.fullmatch(text.format(**ids)) if isinstance(text, str) else None
            if named is None:
                raise self._error(f"doorbells with {key} = a signal or a bit of it", repr(text))
            (name,) = self._found([named[1]], "doorbells")
            found[sides[key]] = BitOf(name, int(named[2] or 0))
        return found

    def _harts(self, what: str, table: dict[str, Any]) -> dict[int, int] | None:
        harts = table.get("harts")
        if harts is None:
            return None
        try:
            return {int(number, 0): int(hart) for number, hart in harts.items()}
        except (AttributeError, TypeError, ValueError):
            raise self._error(f"{what}'s harts as {{ id = hart }}", repr(harts)) from None

    def _hart(self, what: str, table: dict[str, Any], kind: str) -> int:
        hart = table.get("hart", None if kind == "apb" else 0)
        if not isinstance(hart, int):
            raise self._error(f"{what} with the hart whose accesses these are", repr(hart))
        return hart
