# SPDX-License-Identifier: Apache-2.0
"""What was built, named by the content it was made from and shared by all runs of a user.

A folder is complete when it holds the file ``.complete``; a build that fails or is killed leaves
none, and the next one starts afresh. A lock lets parallel runs build once and wait for each other.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

_COMPLETE = ".complete"
_DIGEST = hashlib.sha256().digest_size


def cache_root() -> Path:
    """Return the cache folder: ``$AMPSIM_CACHE``, or ``ampsim`` below the user's cache folder."""
    chosen = os.environ.get("AMPSIM_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "ampsim"


def content_key(files: Iterable[Path], *settings: object) -> str:
    """Return a name for what is made from these files (name and bytes) and settings."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    for setting in settings:
        digest.update(repr(setting).encode() + b"\0")
    return digest.hexdigest()[:20]


def find_cached(kind: str, key: str) -> Path | None:
    """Return the folder for ``key`` if it has been built, else None."""
    folder = cache_root() / kind / key
    return folder if (folder / _COMPLETE).exists() else None


def cached_build(kind: str, key: str, build: Callable[[Path], None]) -> Path:
    """Return the folder for ``key``, made by ``build(folder)`` unless it is there already.

    An error from ``build`` removes the folder and is passed on.
    """
    found = find_cached(kind, key)
    if found is not None:
        return found
    folder = cache_root() / kind / key
    from filelock import FileLock  # its import costs more than everything else here

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if (folder / _COMPLETE).exists():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            build(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        (folder / _COMPLETE).touch()
    return folder


def cached_bytes(kind: str, key: str, make: Callable[[], bytes]) -> bytes:
    """Return the bytes for ``key``, kept from an earlier ``make()`` where that is possible.

    A kept file begins with its own SHA-256: one that is damaged is made anew. A cache that cannot
    be written costs time, nothing else.
    """
    path = cache_root() / kind / key
    with contextlib.suppress(OSError):
        kept = path.read_bytes()
        if hashlib.sha256(kept[_DIGEST:]).digest() == kept[:_DIGEST]:
            return kept[_DIGEST:]
    data = make()
    partial = path.with_name(f".{key}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(hashlib.sha256(data).digest() + data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    return data
