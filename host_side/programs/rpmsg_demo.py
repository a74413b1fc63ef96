# SPDX-License-Identifier: Apache-2.0
"""rpmsg_demo: creates and deletes endpoints of a remote processor (after the vendor's program)."""

from __future__ import annotations

from host_side.programs.librpmsg import alloc_ept, free_ept, open_ctrl
from host_side.programs.options import UsageError, getopt, refuse
from host_side.programs.process import Process

USAGE = "-r REMOTE [-c NAME] [-d ID]"


async def main(argv: list[str], process: Process) -> int:
    """``-c`` create an endpoint that the remote bound to NAME, ``-d`` delete /dev/rpmsgID."""
    try:
        options = getopt(argv[1:], "r:c:d:")
        number = options.integer("d", -1)
        if options.operands or not argv[1:]:
            raise UsageError("")
    except UsageError as error:
        return await refuse(process, "rpmsg_demo", error, USAGE)
    remote = options.values.get("r")
    if remote is None:
        await process.print("Please use -r option to specifies the remoteproc process name.\n")
        return 0
    if "c" in options.values and not await _create(process, remote, options.values["c"]):
        return 1
    if "d" in options.values:
        if number < 0:
            await process.print("Please use -d option to specifies the rpmsg id.\n")
            return 0
        if not await free_ept(process, remote, number):
            await process.print(f"rpmsg_free_ept for /dev/rpmsg{number} ({remote}) failed\n")
            return 1
        await process.print(f"Delete rpmsg endpoint file: /dev/rpmsg{number}\n")
    return 0


async def _create(process: Process, remote: str, name: str) -> bool:
    ctrl_fd = await open_ctrl(process, remote)
    number = None if ctrl_fd is None else await alloc_ept(process, ctrl_fd, name, False)
    if number is None:
        await process.print(f"rpmsg_alloc_ept for ept {name} ({remote}) failed\n")
        return False
    device = f"/dev/rpmsg{number}"
    await process.print(
        f"Create new rpmsg endpoint file: {device}\n"
        f"you can access the {device} file like a normal file.\n"
        f"e.g.\n\techo hello > {device}\n\tcat {device}\n"
    )
    return True
