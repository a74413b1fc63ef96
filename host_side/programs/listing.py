# SPDX-License-Identifier: Apache-2.0
"""ls: names and details of files, in busybox's formats."""

from __future__ import annotations

import errno

from host_side.fs.node import CharDevice, Directory, Node, Symlink
from host_side.kernel.errors import LinuxError
from host_side.programs.options import UsageError, getopt, refuse
from host_side.programs.process import Process, strerror

USAGE = "[-1ald] [FILE]..."
WIDTH = 80
"""Columns of the terminal."""
DATE = "Jan  1 00:00"
"""A board without a battery-backed clock starts in 1970, and no model run lasts a day."""


async def ls(argv: list[str], process: Process) -> int:
    """List files first, then the content of directories, each sorted by name."""
    try:
        options = getopt(argv[1:], "1ald")
    except UsageError as error:
        return await refuse(process, "ls", error, USAGE)
    flags, paths = options.flags, options.operands or ["."]
    status = 0
    files: list[tuple[str, Node]] = []
    directories: list[str] = []
    for path in sorted(paths):
        try:
            node = process.fs.lookup(process.absolute(path), follow="l" not in flags)
        except LinuxError as error:
            await process.complain(f"ls: {path}: {strerror(error)}\n")
            status = 1
            continue
        if isinstance(node, Directory) and "d" not in flags:
            directories.append(path)
        else:
            files.append((path, node))
    if files:
        await process.print(_format(process, files, flags))
    for index, path in enumerate(directories):
        if len(paths) > 1:
            await process.print(("\n" if index or files else "") + f"{path}:\n")
        await process.print(_format(process, _content(process, path, flags), flags))
    return status


def _content(process: Process, path: str, flags: set[str]) -> list[tuple[str, Node]]:
    directory = process.absolute(path)
    names = process.fs.listdir(directory)
    if "a" in flags:
        names = [".", "..", *names]
    else:
        names = [name for name in names if not name.startswith(".")]
    found: list[tuple[str, Node]] = []
    for name in names:
        try:
            found.append((name, process.fs.lookup(f"{directory}/{name}", follow=False)))
        except LinuxError as error:
            if error.errno != errno.ENOENT:  # it may have gone since the listing
                raise
    return found


def _format(process: Process, files: list[tuple[str, Node]], flags: set[str]) -> str:
    if "l" in flags:
        return "".join(long_line(name, node) + "\n" for name, node in files)
    names = [name for name, _ in files]
    if "1" in flags or not process.shared(1).file.operations.is_terminal:
        return "".join(f"{name}\n" for name in names)
    return columns(names)


def long_line(name: str, node: Node) -> str:
    """The line ``ls -l`` prints for a file."""
    bits = "".join(
        letter if node.mode >> (8 - at) & 1 else "-" for at, letter in enumerate("rwxrwxrwx")
    )
    if isinstance(node, CharDevice):
        size = f"{node.major:4d},{node.minor:4d}"
    else:
        size = f"{node.size():9d}"
    arrow = f" -> {node.target}" if isinstance(node, Symlink) else ""
    return f"{node.kind}{bits} {1:4d} {'root':<8s} {'root':<8s} {size} {DATE} {name}{arrow}"


def columns(names: list[str], width: int = WIDTH) -> str:
    """Names in columns, sorted downwards, two blanks apart."""
    if not names:
        return ""
    column = max(map(len, names)) + 2
    rows = -(-len(names) // max(1, width // column))
    lines = ("".join(f"{name:<{column}}" for name in names[row::rows]) for row in range(rows))
    return "".join(f"{line.rstrip()}\n" for line in lines)
