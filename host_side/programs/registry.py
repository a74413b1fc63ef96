# SPDX-License-Identifier: Apache-2.0
"""The programs of the system by name (what /bin holds)."""

from __future__ import annotations

from collections.abc import Awaitable
from importlib import import_module

from host_side.fs.node import RegularFile
from host_side.fs.tree import FileSystem
from host_side.programs.process import Main, Process

PROGRAMS: dict[str, str] = {
    "cat": "text.cat",
    "dmesg": "system.dmesg",
    "grep": "text.grep",
    "head": "text.head",
    "insmod": "modules.insmod",
    "ipi_latency": "ipi_latency.main",
    "ls": "listing.ls",
    "ps": "system.ps",
    "rmmod": "modules.rmmod",
    "rpbuf_demo": "rpbuf_demo.main",
    "rpbuf_test": "rpbuf_test.main",
    "rpmsg_demo": "rpmsg_demo.main",
    "rpmsg_echo": "rpmsg_echo.main",
    "rpmsg_test": "rpmsg_test.main",
    "service_call": "service_call.main",
    "sleep": "system.sleep",
    "uname": "system.uname",
}
"""Name to module and function: a program is imported when it is first run."""


def _loader(place: str) -> Main:
    """The program at ``place``: what is called is not a coroutine around it, but its own."""
    module, _, function = place.rpartition(".")

    def main(argv: list[str], process: Process) -> Awaitable[int]:
        program: Main = getattr(import_module(f"host_side.programs.{module}"), function)
        return program(argv, process)

    return main


class ProgramFile(RegularFile):
    """An executable file; running it calls ``main``."""

    mode = 0o755

    def __init__(self, main: Main) -> None:
        super().__init__(b"\x7fELF")
        self.main = main


def install(fs: FileSystem) -> None:
    """Put all programs into /bin."""
    for name, place in PROGRAMS.items():
        fs.add(f"/bin/{name}", ProgramFile(_loader(place)))
