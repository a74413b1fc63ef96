# SPDX-License-Identifier: Apache-2.0
"""The compiled modules of a process in one file: a run imports 370, and mostly looks for them.

To find a module, its source and its bytecode costs more than to run it. A process that has got it
all from here before looks only whether the source is still the same (size and time of change, as
Python itself does); what is new or has changed is imported as ever, and kept the next time.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import NamedTuple

import sim
from sim.cache import cache_root


class _Kept(NamedTuple):
    """A module: its source file as it was, and its code as :mod:`marshal` writes it."""

    source: str
    changed_ns: int
    size: int
    package: bool
    code: bytes

    def is_current(self) -> bool:
        try:
            found = os.stat(self.source)  # noqa: PTH116 - hundreds of them: each a microsecond
        except OSError:
            return False
        return found.st_mtime_ns == self.changed_ns and found.st_size == self.size


class _Loader(SourceFileLoader):
    """Python's own loader, but for where the code is."""

    def __init__(self, name: str, kept: _Kept) -> None:
        super().__init__(name, kept.source)
        self._code = kept.code

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the module."""
        code: CodeType = marshal.loads(self._code)
        return code


_installed: list[KeptModules] = []


def install(role: str) -> None:
    """Have this process import what processes of its ``role`` have imported before from here."""
    if not _installed:
        _installed.append(KeptModules(role))
        sys.meta_path.insert(0, _installed[0])


def save() -> None:
    """Keep for the next process what this one has imported, if :func:`install` was called."""
    for modules in _installed:
        modules.save()


class KeptModules:
    """Finds the modules that processes of this ``role`` have imported before."""

    def __init__(self, role: str) -> None:
        self._file = cache_root() / "kept-modules" / _key(role)
        self._kept: dict[str, _Kept] = {}
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
            kept = marshal.loads(self._file.read_bytes())
            self._kept = {name: _Kept(*fields) for name, fields in kept.items()}

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return how to load a module, None when it is not kept or its source has changed."""
        kept = self._kept.get(name)
        if kept is None or not kept.is_current():
            return None
        loader = _Loader(name, kept)
        spec = ModuleSpec(name, loader, origin=kept.source, is_package=kept.package)
        spec.has_location = True
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(kept.source.rpartition(os.sep)[0])
        return spec

    def save(self) -> None:
        """Keep what has been imported from elsewhere; where there is no room, nothing."""
        found = {name: _keep(name, module) for name, module in list(sys.modules.items())}
        new = {name: kept for name, kept in found.items() if kept is not None}
        if not new:
            return
        old = {name: kept for name, kept in self._kept.items() if kept.is_current()}
        plain = {name: tuple(kept) for name, kept in {**old, **new}.items()}
        partial = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                partial.write_bytes(marshal.dumps(plain))
                partial.replace(self._file)
            finally:
                partial.unlink(missing_ok=True)


def _key(role: str) -> str:
    """Return a name for what modules depend on beside their sources."""
    place = (role, sim.__file__, sys.executable, sys.version, sys.flags.optimize, sys.path)
    return hashlib.sha256(repr(place).encode()).hexdigest()[:20]


def _keep(name: str, module: ModuleType) -> _Kept | None:
    """Return a module that Python has found by itself in a source file, None for any other."""
    spec = getattr(module, "__spec__", None)
    if spec is None or spec.name != name or type(spec.loader) is not SourceFileLoader:
        return None
    try:
        before = os.stat(spec.loader.path)  # noqa: PTH116
        code = spec.loader.get_code(name)
    except (OSError, ImportError, SyntaxError):
        return None
    package = spec.submodule_search_locations is not None
    fields = (spec.loader.path, before.st_mtime_ns, before.st_size, package, marshal.dumps(code))
    return _Kept(*fields)
