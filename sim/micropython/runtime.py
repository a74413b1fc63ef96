# SPDX-License-Identifier: Apache-2.0
"""MicroPython as what runs the RTOS's firmware: a process for each start, and what it needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.core import Hart, Software
from sim.firmware import archive as archives
from sim.firmware.image import BOARD_FILE, Image
from sim.micropython.files import Files
from sim.micropython.interpreter import can_share, micropython_command
from sim.micropython.link import Link
from sim.micropython.pipe import Pipe, pipe_kind
from sim.micropython.software import Program

LOG_FILE = "micropython.log"


class MicroPythonRuntime:
    """Runs firmware in MicroPython processes; what they print goes to a file in ``directory``.

    The heap of each has ``heap`` bytes, ``emitter`` is one of EMITTERS; ``watched`` tells whether
    somebody looks at what the software asks for.
    """

    def __init__(self, heap: int, emitter: str, directory: Path, *, watched: bool) -> None:
        self._command, where = micropython_command()
        self._pipe = pipe_kind(watched=watched)
        self._shares = self._pipe is not Pipe and can_share(where, emitter)
        self._heap = heap
        self._emitter = emitter
        self._log = directory / LOG_FILE
        self._log.write_bytes(b"")
        self._programs: list[Program] = []
        self._image_bytes = 0
        self._modules: dict[str, int] = {}

    def start(self, hart: Hart, image: Image) -> Software:
        """Return the software of ``hart``: the program of ``image`` in a process of its own."""
        self.close()
        files = archives.unpack(image.archive)
        self._image_bytes = len(image.archive)
        self._modules = {name: len(data) for name, data in files.items() if name != BOARD_FILE}
        link = Link(
            self._command,
            (str(hart.index), str(hart.hart_id), image.entry),
            emitter=self._emitter,
            heap=self._heap,
            log=self._log,
            shares=self._shares,
        )
        program = Program(hart, link, Files(files), image.entry, self._pipe)
        self._programs.append(program)
        return program.run()

    def close(self) -> None:
        """End what still runs."""
        if self._programs:
            self._programs[-1].end()

    def details(self) -> dict[str, Any]:
        """Return the result entry that says how much memory the RTOS needed."""
        memories = [program.memory for program in self._programs if program.memory]
        loaded = [program.loaded for program in self._programs if program.loaded]
        return {
            "rtos_memory": {
                "heap_limit_bytes": self._heap,
                "heap_loaded_bytes": max(loaded, default=0),
                "heap_high_water_bytes": max((memory.peak for memory in memories), default=0),
                "firmware_bytes": self._image_bytes,
                "modules_bytes": sum(self._modules.values()),
                "modules": "mpy" if any(n.endswith(".mpy") for n in self._modules) else "source",
                "emitter": self._emitter,
                "starts": len(self._programs),
            }
        }
