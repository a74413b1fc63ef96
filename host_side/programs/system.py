# SPDX-License-Identifier: Apache-2.0
"""Programs about the system: uname, dmesg, ps, sleep."""

from __future__ import annotations

import re

from host_side.proc import HOSTNAME, KERNEL_VERSION, SYSNAME
from host_side.programs.options import UsageError, getopt, refuse
from host_side.programs.process import Process

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_CONSOLE_LEVELS = range(1, 9)
_DURATION = re.compile(r"(\d+|\d*\.\d+)([smhd]?)", re.ASCII)


async def uname(argv: list[str], process: Process) -> int:
    """Name and version of the system; ``-a`` ends with the operating system's name."""
    try:
        options = getopt(argv[1:], "asnrvmo")
        if options.operands:
            raise UsageError("")
    except UsageError as error:
        return await refuse(process, "uname", error, "[-amnrsvo]")
    everything = "a" in options.flags
    wanted = options.flags or {"s"}
    kernel = process.kernel
    names = zip(
        "snrvm",
        (SYSNAME, HOSTNAME, kernel.release, KERNEL_VERSION, kernel.machine),
        strict=True,
    )
    fields = [text for letter, text in names if everything or letter in wanted]
    if everything or "o" in wanted:
        fields.append("GNU/Linux")
    await process.print(" ".join(fields) + "\n")
    return 0


async def dmesg(argv: list[str], process: Process) -> int:
    """The kernel log; ``-r`` with levels instead of nothing, ``-c`` empties it afterwards.

    ``-n LEVEL`` prints nothing and has consoles show what is more urgent than that (syslog(2),
    SYSLOG_ACTION_CONSOLE_LEVEL).
    """
    log = process.kernel.log
    try:
        options = getopt(argv[1:], "crn:")
        level = options.number("n", 0)
        if "n" in options.values:
            if level not in _CONSOLE_LEVELS:
                raise UsageError(f"number {level} is not in 1..8 range")
            log.console_loglevel = level
            return 0
    except UsageError as error:
        return await refuse(process, "dmesg", error, "[-cr] [-n LEVEL]")
    levels = "r" in options.flags
    text = "".join(f"<{r.level}>{r}\n" if levels else f"{r}\n" for r in log.records)
    if "c" in options.flags:
        log.records.clear()
    await process.print(text)
    return 0


async def ps(argv: list[str], process: Process) -> int:
    """Tasks by pid; kernel threads in brackets."""
    tasks = process.kernel.scheduler.tasks
    rows = ["PID   USER     COMMAND\n"]
    for pid in sorted(tasks):
        name = tasks[pid].name if tasks[pid].user else f"[{tasks[pid].name}]"
        rows.append(f"{pid:5d} root     {name}\n")
    await process.print("".join(rows))
    return 0


async def sleep(argv: list[str], process: Process) -> int:
    """Wait for the sum of the durations: seconds, or with a suffix s, m, h, d."""
    if len(argv) < 2:
        return await refuse(process, "sleep", UsageError(""), "[N]...")
    total = 0
    for argument in argv[1:]:
        match = _DURATION.fullmatch(argument)
        if match is None:
            await process.complain(f"sleep: invalid number '{argument}'\n")
            return 1
        whole, _, fraction = match[1].partition(".")
        nanoseconds = int(whole or 0) * 10**9 + int(f"{fraction:0<9.9s}")
        total += nanoseconds * _SECONDS[match[2]]
    await process.sleep_ns(total)
    return 0
