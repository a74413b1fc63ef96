# SPDX-License-Identifier: Apache-2.0
"""Files that decide a run: where each was, its hash, and the text of those that are a user's."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sim.boards import load_board
from sim.boards.profile import PROFILE_FILE
from sim.runs.config import RunConfig
from sim.runs.prepare import FIRMWARE_FILE


@dataclass(frozen=True)
class KeptFile:
    """A file of a run; ``text`` is its content unless it is built in, made by the run or binary."""

    path: str
    sha256: str
    text: str | None = None

    @classmethod
    def of(cls, path: Path, keep: bool) -> KeptFile:
        """Return what is to be known of a file now."""
        data = path.read_bytes()
        text = data.decode("utf-8", "surrogateescape") if keep else None
        return cls(str(path), sha256(data), text)

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
        "firmware": KeptFile.of(Path(config.firmware), keep=False),
    }
    texts = {"profile": config.profile, "app": config.app}
    files |= {name: KeptFile.of(Path(path), keep=True) for name, path in texts.items() if path}
    if config.flash:
        files["flash"] = KeptFile.of(Path(config.flash), keep=False)
    return files
