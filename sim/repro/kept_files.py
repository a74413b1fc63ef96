# SPDX-License-Identifier: Apache-2.0
"""Files that decide a run: where each was, its hash, and the content of those that are a user's."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sim.boards import load_board
from sim.boards.profile import PROFILE_FILE
from sim.runs.config import RunConfig
from sim.runs.prepare import FIRMWARE_FILE
from sim.whole_file import make_folder, whole_file

KEPT_FOLDER = "repro-files"


@dataclass(frozen=True)
class KeptFile:
    """A file of a run. What is neither built in nor made by the run has its content kept: a
    ``text``, or a ``copy`` beside ``repro.json``, by its path from there."""

    path: str
    sha256: str
    text: str | None = None
    copy: str | None = None

    @classmethod
    def of(cls, path: Path, keep: bool) -> KeptFile:
        """Return what is to be known of a file now."""
        data = path.read_bytes()
        text = data.decode("utf-8", "surrogateescape") if keep else None
        return cls(str(path), sha256(data), text)

    @classmethod
    def copied(cls, path: Path, what: str, directory: Path) -> KeptFile:
        """Return the same of a binary file, of which a copy is put into a run's folder."""
        data, copy = path.read_bytes(), Path(KEPT_FOLDER) / what / path.name
        place = directory / copy
        if not (place.exists() and place.samefile(path)):
            make_folder(place.parent)
            with whole_file(place) as file:
                file.write(data)
        return cls(str(path), sha256(data), copy=copy.as_posix())

    def as_dict(self) -> dict[str, Any]:
        """Return the entry of ``repro.json``."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def sha256(data: bytes) -> str:
    """Return the hash as hex digits."""
    return hashlib.sha256(data).hexdigest()


def firmware_is_built(config: RunConfig, directory: Path) -> bool:
    """Tell whether the run's firmware was built for it, not given."""
    return Path(config.firmware) == directory.resolve() / FIRMWARE_FILE


def kept_files(config: RunConfig, directory: Path) -> dict[str, KeptFile]:
    """Return the files of a run by what they are."""
    source = Path(load_board(config.board).source)
    own = source.suffix == Path(config.board).suffix
    files = {
        "board": KeptFile.of(source, own),
        "board_profile": KeptFile.of(source.with_name(PROFILE_FILE), own),
        "firmware": _binary("firmware", config.firmware, config, directory),
    }
    texts = {"profile": config.profile, "app": config.app}
    files |= {name: KeptFile.of(Path(path), keep=True) for name, path in texts.items() if path}
    if config.flash:
        files["flash"] = _binary("flash", config.flash, config, directory)
    return files


def _binary(what: str, path: str, config: RunConfig, directory: Path) -> KeptFile:
    if what == "firmware" and firmware_is_built(config, directory):
        return KeptFile.of(Path(path), keep=False)
    return KeptFile.copied(Path(path), what, directory)
