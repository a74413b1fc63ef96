# SPDX-License-Identifier: Apache-2.0
"""``repro.json``, written and read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sim.errors import AmpsimError
from sim.repro.command import command_line
from sim.repro.kept_files import KeptFile, firmware_is_built, kept_files
from sim.repro.versions import versions
from sim.runs.config import RunConfig
from sim.runs.files import INTERRUPTED
from sim.whole_file import write_json

VERSION = 1
_MARK = "ampsim_repro"


class ReproError(AmpsimError):
    """A file that is no ``repro.json``, or a run that cannot be repeated from it."""


@dataclass(frozen=True)
class Expected:
    """What the run came to; no hash where a user's interrupt decided when it ended."""

    event_log_sha256: str | None
    failed_checks: tuple[str, ...]
    error: str | None

    @classmethod
    def of(cls, outcome: Mapping[str, Any]) -> Expected:
        """Return what there is to compare in a result, or in what is known of a broken run."""
        error = outcome.get("error")
        digest = None if error == INTERRUPTED else outcome.get("event_log_sha256")
        checks = outcome.get("checks", {}).items()
        return cls(digest, tuple(name for name, check in checks if not check["passed"]), error)


@dataclass(frozen=True)
class Repro:
    """All that decides a run, and what it came to.

    ``run`` are the fields of :class:`~sim.runs.config.RunConfig`, ``built`` tells whether the
    firmware was built for the run.
    """

    run: dict[str, Any]
    built: bool
    files: dict[str, KeptFile]
    versions: dict[str, str]
    expected: Expected


def write_repro(
    path: Path, config: RunConfig, directory: Path, outcome: Mapping[str, Any]
) -> dict[str, Any]:
    """Write ``repro.json`` of a run in ``directory`` that has ended; return its content."""
    built = firmware_is_built(config, directory)
    content = {
        _MARK: VERSION,
        "command": command_line(config, None if built else config.firmware),
        "run": asdict(config),
        "built": built,
        "files": {name: file.as_dict() for name, file in kept_files(config, directory).items()},
        "versions": versions(config.simulator),
        "expected": asdict(Expected.of(outcome)),
    }
    write_json(path, content)
    return content


def load_repro(path: Path) -> Repro:
    """Read ``repro.json``; ReproError says in one line why a file is none."""
    content = _parsed(path)
    if not isinstance(content, dict) or _MARK not in content:
        raise ReproError(f"{path}: expected a repro.json of ampsim, found other JSON")
    if content[_MARK] != VERSION:
        raise ReproError(f"{path}: expected version {VERSION}, found {content[_MARK]}")
    try:
        expected = content["expected"]
        repro = Repro(
            dict(content["run"]),
            bool(content["built"]),
            {name: KeptFile(**file) for name, file in content["files"].items()},
            dict(content["versions"]),
            Expected(
                expected["event_log_sha256"], tuple(expected["failed_checks"]), expected["error"]
            ),
        )
        RunConfig(**repro.run)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReproError(f"{path}: expected all fields of a repro.json, found {error}") from None
    return repro


def _parsed(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise ReproError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ReproError(f"{path}: expected JSON, found {error}") from None
