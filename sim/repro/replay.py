# SPDX-License-Identifier: Apache-2.0
"""Repeats a run from its ``repro.json``, and compares what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from sim.boards import load_board
from sim.boards.profile import PROFILE_FILE, load_profile
from sim.linux_peer.board import host_board
from sim.micropython.choice import usable_emitter
from sim.ports.choice import usable_port
from sim.repro.kept_files import KEPT_FOLDER, KeptFile, sha256
from sim.repro.record import Expected, Repro, ReproError, load_repro
from sim.repro.versions import versions
from sim.runs.config import RunConfig
from sim.runs.prepare import build_for_run
from sim.scenarios import find_scenario


def prepare_replay(path: Path, directory: Path) -> tuple[Repro, RunConfig, list[str]]:
    """Return the run of a ``repro.json``, and in a line each what differs from then.

    A user's file that has changed is taken from the text in ``repro.json``, into ``directory``, or
    from its copy beside it; ReproError when one without either is not what it was.
    """
    repro = load_repro(path)
    directory, beside = directory.resolve(), path.resolve().parent
    notes = list(_changed_versions(repro))
    files: dict[str, Any] = {
        name: _file(name, repro.files[name], directory, beside, notes)
        for name in ("profile", "app", "flash")
        if name in repro.files
    }
    files["board"] = _board(repro, directory, notes)
    config = RunConfig(**{**repro.run, **files})
    emitter = usable_emitter(config.rtos, config.rtos_heap or None)
    config = replace(config, port=usable_port(config.port), rtos_emit=emitter)
    config = replace(config, firmware=_firmware(repro, config, directory, beside, notes))
    return repro, config, [f"{path}: {note}" for note in notes]


def compare(repro: Repro, outcome: Mapping[str, Any]) -> list[str]:
    """Return what a repetition came to that differs from the run, a line each."""
    found, expected = Expected.of(outcome), repro.expected
    if not repro.run.get("referee") or outcome.get("violations") is None:
        found, expected = _without_referee(found), _without_referee(expected)
    differences = []
    for item in fields(Expected):
        then, now = getattr(expected, item.name), getattr(found, item.name)
        unknown = item.name == "event_log_sha256" and None in (then, now)
        if then != now and not unknown:
            name = item.name.replace("_", " ")
            differences.append(f"{name}: expected {_told(then)}, found {_told(now)}")
    return differences


def _without_referee(expected: Expected) -> Expected:
    """Return what is compared where the referee did not look on both times."""
    checks = tuple(name for name in expected.failed_checks if name != "referee")
    return replace(expected, failed_checks=checks)


def _told(value: str | tuple[str, ...] | None) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return value or "none"


def _changed_versions(repro: Repro) -> Iterator[str]:
    now = versions(repro.run["simulator"])
    for name, then in repro.versions.items():
        if now.get(name) != then and name != "sources":
            yield f"{name}: the run was made with {then}, here is {now.get(name, 'none')}"
    if now["sources"] != repro.versions.get("sources"):
        yield "the sources of ampsim are not those of the run"


def _board(repro: Repro, directory: Path, notes: list[str]) -> str:
    """Return the board: its name, or the path of its devicetree source."""
    kept, profile = repro.files["board"], repro.files["board_profile"]
    if kept.text is None:
        source = Path(load_board(repro.run["board"]).source)
        for what, file, path in (
            ("devicetree source", kept, source),
            ("timing profile", profile, source.with_name(PROFILE_FILE)),
        ):
            if sha256(path.read_bytes()) != file.sha256:
                notes.append(f"the {what} of board {repro.run['board']} is not that of the run")
        return str(repro.run["board"])
    now = {name: _bytes(Path(repro.files[name].path)) for name in ("board", "board_profile")}
    if all(data is not None and sha256(data) == repro.files[n].sha256 for n, data in now.items()):
        return kept.path
    notes.append(_taken_from_text("board", kept))
    _put(directory, Path(PROFILE_FILE), profile.text or "")
    return _put(directory, Path(Path(kept.path).name), kept.text)


def _file(name: str, file: KeptFile, directory: Path, beside: Path, notes: list[str]) -> str:
    """Return the path of a file with the content it had."""
    if _sha256(Path(file.path)) == file.sha256:
        return file.path
    if file.text is not None:
        notes.append(_taken_from_text(name, file))
        return _put(directory, Path(name) / Path(file.path).name, file.text)
    if file.copy is not None and _sha256(beside / file.copy) == file.sha256:
        notes.append(f"{name} {file.path} has changed since: the run has its copy {file.copy}")
        return str(beside / file.copy)
    found = _sha256(Path(file.path)) or "none"
    no_copy = "" if file.copy is None else f", nor in its copy {beside / file.copy}"
    raise ReproError(f"{name} {file.path}: expected SHA-256 {file.sha256}, found {found}{no_copy}")


def _firmware(
    repro: Repro, config: RunConfig, directory: Path, beside: Path, notes: list[str]
) -> str:
    kept = repro.files["firmware"]
    if not repro.built:
        return _file("firmware", kept, directory, beside, notes)
    board = host_board(config.board, config.host, config.ring)
    costs = load_profile(board, Path(config.profile) if config.profile else None)
    app = Path(config.app) if config.app else None
    scenario = find_scenario(config.scenario, config.host)
    built = build_for_run(scenario, board, costs, directory, app=app, count=config.count)
    if sha256(built.read_bytes()) != kept.sha256:
        notes.append("the firmware is not that of the run: its sources have changed")
    return str(built.resolve())


def _taken_from_text(name: str, file: KeptFile) -> str:
    return f"{name} {file.path} has changed since: the run has the text it had then"


def _sha256(path: Path) -> str | None:
    """Return the hash of a file, None where there is none."""
    data = _bytes(path)
    return None if data is None else sha256(data)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _put(directory: Path, name: Path, text: str) -> str:
    path = directory / KEPT_FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return str(path)
