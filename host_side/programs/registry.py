# SPDX-License-Identifier: Apache-2.0
"""The programs of the system by name (what /bin holds)."""

from __future__ import annotations

from host_side.fs.node import RegularFile
from host_side.fs.tree import FileSystem
from host_side.programs import (
    ipi_latency,
    listing,
    modules,
    rpbuf_demo,
    rpbuf_test,
    rpmsg_demo,
    rpmsg_echo,
    rpmsg_test,
    service_call,
    system,
    text,
)
from host_side.programs.process import Main

PROGRAMS: dict[str, Main] = {
    "cat": text.cat,
    "dmesg": system.dmesg,
    "grep": text.grep,
    "head": text.head,
    "insmod": modules.insmod,
    "ipi_latency": ipi_latency.main,
    "ls": listing.ls,
    "ps": system.ps,
    "rmmod": modules.rmmod,
    "rpbuf_demo": rpbuf_demo.main,
    "rpbuf_test": rpbuf_test.main,
    "rpmsg_demo": rpmsg_demo.main,
    "rpmsg_echo": rpmsg_echo.main,
    "rpmsg_test": rpmsg_test.main,
    "service_call": service_call.main,
    "sleep": system.sleep,
    "uname": system.uname,
}


class ProgramFile(RegularFile):
    """An executable file; running it calls ``main``."""

    mode = 0o755

    def __init__(self, main: Main) -> None:
        super().__init__(b"\x7fELF")
        self.main = main


def install(fs: FileSystem) -> None:
    """Put all programs into /bin."""
    for name, main in PROGRAMS.items():
        fs.add(f"/bin/{name}", ProgramFile(main))
