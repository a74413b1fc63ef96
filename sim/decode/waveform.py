# SPDX-License-Identifier: Apache-2.0
"""A finished waveform, FST or VCD: which signals it has, and their changes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.decode.trace import Trace
from sim.errors import AmpsimError
from sim.runs.files import RECORDS_FILE

_UNIT_NS = {"ps": 1e-3, "ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
_NOT_CLOSED = (
    "an FST is complete only when its simulator has closed it; VCD (--waves vcd) stays readable"
)
_HEADER_LENGTH = (329).to_bytes(8, "big")
"""Of an FST's first block. Verilator's writer puts it there when it closes the file; that of Icarus
has the hierarchy in a file beside it until then."""


class WaveError(AmpsimError):
    """A waveform that cannot be read, or has not the signals that are looked for."""


class WaveFile:
    """The signals of a waveform by full name, times in ns. Only what is asked for is loaded.

    ``tick_ns`` is the unit of the times in the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waveform = _open(path)
        scale = self._waveform.timescale
        self.tick_ns = scale.factor * _UNIT_NS.get(str(scale.unit), 0) if scale else 1
        if not self.tick_ns:
            raise WaveError(f"{path}: expected a timescale of ps to s, found {scale.unit}")
        self._variables: dict[str, Any] = {}
        for variable in self._waveform.all_vars():
            # A reader may keep the range of a vector in its name: "data [31:0]".
            self._variables.setdefault(variable.full_name.partition(" ")[0], variable)

    def __contains__(self, name: str) -> bool:
        return name in self._variables

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def bits(self, name: str) -> int:
        """Return the width of a signal."""
        return int(self._variables[name].bitwidth or 0)

    def changes(self, name: str) -> Iterable[tuple[int, object]]:
        """Return (time in ns, value) of a signal; a value with x or z is a string."""
        scale = self.tick_ns
        found: Iterable[tuple[int, object]]
        found = _unpanicked(self.path, lambda: self._variables[name].tv)
        if scale == 1:
            return found
        return [(round(time * scale), value) for time, value in found]

    def trace(self, name: str) -> Trace:
        """Return the changes of a signal of up to 64 bits."""
        return Trace.of(self.changes(name))

    def scopes_like(self, tail: str) -> list[str]:
        """Return the scopes whose last names are those of ``tail`` (``"soc"``: ``top.soc``)."""
        found: dict[str, None] = {}
        depth = tail.count(".") + 1
        for name in self._variables:
            parts = name.split(".")[:-1]
            for end in range(depth, len(parts) + 1):
                if ".".join(parts[end - depth : end]) == tail:
                    found.setdefault(".".join(parts[:end]))
        return list(found)


def _open(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise WaveError(f"{path}: expected a waveform, found {error.strerror}") from None
    if not head:
        raise WaveError(f"{path}: expected a waveform, found an empty file")
    if not _is_waveform(head):
        raise WaveError(f"{path}: expected a waveform (FST, VCD or GHW), found neither")
    if head[0] == 0 and len(head) > len(_HEADER_LENGTH):
        _check_closed(path, head[1:9])
    import pywellen

    return _unpanicked(path, lambda: pywellen.Waveform(str(path)))


def _check_closed(path: Path, length: bytes) -> None:
    """Refuse the FST of a simulator that was killed: its header or its hierarchy was never written.

    What else such a run has left is named.
    """
    if length == _HEADER_LENGTH and not path.with_name(f"{path.name}.hier").exists():
        return
    records = path.with_name(RECORDS_FILE)
    way = f"ampsim messages {path.parent} and ampsim check {records} read the run's records"
    if not records.exists():
        way = "--waves vcd and --record stay readable however a run ends"
    raise WaveError(
        f"{path}: expected an FST that its simulator has closed, found one whose simulator was "
        f"killed: {way}"
    )


def _is_waveform(head: bytes) -> bool:
    """Tell whether a file begins like one: FST's first block is its header, or a packed whole."""
    return head[:1] in (b"\x00", b"\xfe") or head.lstrip()[:1] == b"$" or head[:4] == b"GHDL"


def _unpanicked(path: Path, read: Any) -> Any:
    """Return what the reader returns; whatever it ends in becomes one line."""
    try:
        with _panics_unprinted():
            return read()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the reader's panics are no Exceptions
        reason = " ".join(str(error).split()) or type(error).__name__
        hint = f" ({_NOT_CLOSED})" if path.suffix == ".fst" else ""
        raise WaveError(f"{path}: expected a whole waveform, found: {reason}{hint}") from None


@contextmanager
def _panics_unprinted() -> Iterator[None]:
    """Keep what the reader prints of its panics, past Python's sys.stderr, off the terminal."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
