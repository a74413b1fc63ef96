# SPDX-License-Identifier: Apache-2.0
"""Turns what the user asked for into a run: checks names, builds the firmware."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.boards import Board
from sim.boards.model import RemoteprocLink
from sim.boards.profile import Profile, load_profile
from sim.boards.views import rtos_board, rtos_windows
from sim.boot.choice import check_boot, chosen_firmware
from sim.build.toolchain import find_tool
from sim.errors import AmpsimError
from sim.faults.catalog import checked_fault
from sim.firmware import build_firmware, read_elf
from sim.linux_peer.board import check_firmware, check_ring, host_board
from sim.micropython.choice import usable_emitter
from sim.ports.choice import usable_port
from sim.runs.config import RunConfig
from sim.scenarios import Scenario, find_scenario
from sim.whole_file import make_folder

FIRMWARE_FILE = "rtthread.elf"


def prepare_run(
    scenario_name: str,
    board_name: str,
    simulator: str,
    directory: Path,
    *,
    seed: int = 1,
    count: int | None = None,
    app: Path | None = None,
    firmware: Path | None = None,
    profile: Path | None = None,
    verbose: bool = False,
    record: bool = False,
    console: bool = False,
    skipping: bool = True,
    port: str = "extension",
    chips: Path | None = None,
    medium: str | None = None,
    secure: bool = False,
    flash: Path | None = None,
    referee: bool = False,
    rtos: str = "cpython",
    rtos_heap: int | None = None,
    rtos_emit: str | None = None,
    host: str = "model",
    ring: int | None = None,
    hang_after_ns: int = 0,
    faults: Sequence[Mapping[str, Any]] = (),
) -> RunConfig:
    """Return the run's configuration; its firmware is built into ``directory`` unless one is given.

    ``app`` is a file with an RTOS app that is started instead of the scenario's; ``chips`` a folder
    in which the firmware is looked for as the SDK does; ``host`` is who the master is, "linux" for
    a real kernel with rings of ``ring`` entries. Raises
    :class:`~sim.errors.AmpsimError` with one line for whatever cannot be used.
    """
    scenario = find_scenario(scenario_name, host)
    ring = check_ring(ring, host)
    board = host_board(board_name, host, ring)
    if scenario.remoteproc and not isinstance(board.rpmsg, RemoteprocLink):
        expected = "a board whose Linux starts the RTOS through remoteproc"
        raise AmpsimError(f"{scenario_name}: expected {expected}, found {board.name}")
    costs = load_profile(board, profile)
    count = count if count is not None else scenario.default_count
    if simulator == "icarus":
        find_tool("vvp")
    if app and firmware:
        raise AmpsimError("--app and --firmware exclude each other: a firmware has its app inside")
    check_boot(board, medium, secure, flash)
    rtos_emit = usable_emitter(rtos, rtos_heap, rtos_emit)
    directory = directory.resolve()
    if chips:
        firmware = chosen_firmware(board, chips, app or firmware)
    if firmware is None:
        firmware = build_for_run(scenario, board, costs, directory, app=app, count=count)
    else:
        check_firmware(firmware, host, ring)
    read_elf(firmware, rtos_windows(board))
    return RunConfig(
        scenario=scenario_name,
        board=str(board.source) if Path(board_name).suffix else board_name,
        simulator=simulator,
        seed=seed,
        count=count,
        firmware=str(firmware.resolve()),
        verbose=verbose,
        profile=str(profile.resolve()) if profile else None,
        console=console,
        record=record,
        skipping=skipping,
        port=usable_port(port),
        medium=medium or scenario.medium,
        secure=secure,
        flash=str(flash.resolve()) if flash else None,
        referee=referee,
        app=str(app.resolve()) if app else None,
        rtos=rtos,
        rtos_heap=rtos_heap or 0,
        rtos_emit=rtos_emit,
        host=host,
        ring=ring,
        **_peer_files(host, port),
        hang_after_ns=hang_after_ns,
        faults=[checked_fault(fault, board) for fault in faults],
    )


def build_for_run(
    scenario: type[Scenario],
    board: Board,
    costs: Profile,
    directory: Path,
    *,
    app: Path | None,
    count: int,
) -> Path:
    """Build the firmware of a run into ``directory`` (created) and return its path."""
    make_folder(directory)
    name = app.stem if app else scenario.app
    description = rtos_board(board, costs, app=name, count=count, **scenario.rtos_options)
    return build_firmware(description, name, directory / FIRMWARE_FILE, app)


def _peer_files(host: str, port: str) -> dict[str, Any]:
    """Return the kernel and its initramfs where one runs; builds them when they are stale."""
    if host != "linux":
        return {}
    if port == "cocotb":
        raise AmpsimError("--host linux: expected --port extension or ctypes, found cocotb")
    from sim.linux_peer.build import build_peer

    files = build_peer(lambda text: print(f"ampsim: {text}", file=sys.stderr, flush=True))
    return {"kernel": str(files.kernel), "initramfs": str(files.initramfs)}
