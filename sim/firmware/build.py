# SPDX-License-Identifier: Apache-2.0
"""Builds a firmware ELF out of the RTOS's sources, an app and the board description."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.cache import cached_bytes
from sim.firmware.archive import compress, join
from sim.firmware.elf_writer import write_elf
from sim.firmware.errors import FirmwareError
from sim.firmware.files import write_file
from sim.firmware.header import make_header
from sim.firmware.image import BOARD_FILE
from sim.firmware.importer import PACKAGE
from sim.firmware.layout import Layout
from sim.firmware.mpy import compile_files

_APPS = f"{PACKAGE}/apps"


def build_firmware(
    board: Mapping[str, Any],
    app: str,
    out: Path,
    extra_app_path: Path | None = None,
    sources: Path | None = None,
    *,
    mpy: bool = False,
) -> Path:
    """Write the firmware for `board` (views.rtos_board) that starts `app`; return `out`.

    `extra_app_path` is an app of the user's: it takes the place of the module of that name in
    rtos_side.apps; the packed board lists all of them under "apps". `sources` is the folder of
    rtos_side, by default the installed one. With `mpy` the modules are MicroPython's byte code in
    place of source. The same input gives the same bytes. FirmwareError when a file cannot be used;
    `out` is then untouched.

    What else is in the file, and where, is the board's :class:`~sim.firmware.layout.Layout`; the
    packed board says where its resource table and trace buffer are.
    """
    layout = Layout(board)
    files = _package_files(sources or _package_folder())
    if extra_app_path is not None:
        files[f"{_APPS}/{extra_app_path.name}"] = _app_source(extra_app_path)
    apps = _apps(files)
    if app not in apps:
        raise FirmwareError(f"unknown app '{app}': expected one of {', '.join(apps) or 'none'}")
    files[BOARD_FILE] = _json({**board, **layout.additions(), "app": app, "apps": apps})
    archive = _packed(compile_files(files) if mpy else files)
    write_file(out, write_elf(layout.elf(make_header(archive) + archive)))
    return out


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Pack the files, once for all runs that pack the same: it takes longer than all the rest."""
    joined = join(files)
    key = hashlib.sha256(zlib.ZLIB_RUNTIME_VERSION.encode() + b"\0" + joined).hexdigest()
    return cached_bytes("archives", key, lambda: compress(joined))


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    locations = [] if spec is None else list(spec.submodule_search_locations or [])
    if not locations:
        raise FirmwareError.at(PACKAGE, "the installed package", "none")
    return Path(locations[0])


def _package_files(folder: Path) -> dict[str, bytes]:
    paths = sorted(folder.rglob("*.py"))
    if not paths:
        raise FirmwareError.at(str(folder), "the RTOS's Python files", "none")
    return {f"{PACKAGE}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in paths}


def _app_source(path: Path) -> bytes:
    if path.suffix != ".py" or not path.stem.isidentifier():
        raise FirmwareError.at(str(path), "an app file NAME.py, NAME an identifier", path.name)
    try:
        source = path.read_bytes()
        compile(source, str(path), "exec", dont_inherit=True)
    except OSError as error:
        raise FirmwareError.at(str(path), "a readable app", error.strerror or "none") from None
    except SyntaxError as error:
        found = f"{error.msg} in line {error.lineno}"
        raise FirmwareError.at(str(path), "valid Python", found) from None
    except ValueError as error:
        raise FirmwareError.at(str(path), "valid Python", str(error)) from None
    return source


def _apps(files: Mapping[str, bytes]) -> list[str]:
    """Return the names of the packed apps, sorted."""
    prefix = f"{_APPS}/"
    names = [path.removeprefix(prefix)[:-3] for path in sorted(files) if path.startswith(prefix)]
    return [name for name in names if "/" not in name and name != "__init__"]


def _json(board: Mapping[str, Any]) -> bytes:
    return json.dumps(board, sort_keys=True, separators=(",", ":")).encode()
