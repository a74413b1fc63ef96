# SPDX-License-Identifier: Apache-2.0
"""Programs that read files and print text: cat, head, grep."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from host_side.kernel.errors import LinuxError
from host_side.programs.options import UsageError, getopt, refuse
from host_side.programs.process import Process, decode, encode, strerror

BLOCK = 4096
"""Bytes asked for in one read."""


async def open_input(process: Process, name: str, path: str) -> int | None:
    """Descriptor of a file, 0 for ``-``; None when it cannot be opened, which has been told."""
    if path == "-":
        return 0
    try:
        return await process.open(path)
    except LinuxError as error:
        text = f"can't open '{path}'" if name == "cat" else path
        await process.complain(f"{name}: {text}: {strerror(error)}\n")
        return None


async def cat(argv: list[str], process: Process) -> int:
    """Copy files, or standard input, to standard output."""
    try:
        options = getopt(argv[1:], "")
    except UsageError as error:
        return await refuse(process, "cat", error, "[FILE]...")
    status = 0
    for path in options.operands or ["-"]:
        fd = await open_input(process, "cat", path)
        if fd is None or not await _copy(process, fd):
            status = 1
        if fd:
            await process.close(fd)
    return status


async def _copy(process: Process, fd: int) -> bool:
    doing = "read"
    try:
        while data := await process.read(fd, BLOCK):
            doing = "write"
            await process.write_all(1, data)
            doing = "read"
    except LinuxError as error:
        await process.complain(f"cat: {doing} error: {strerror(error)}\n")
        return False
    return True


async def lines(process: Process, fd: int) -> AsyncIterator[str]:
    """Lines of a file as they come, without their newline."""
    kept = b""
    while data := await process.read(fd, BLOCK):
        *whole, kept = (kept + data).split(b"\n")
        for line in whole:
            yield decode(line)
    if kept:
        yield decode(kept)


HEAD_USAGE = "[-n N] [-c N] [FILE]..."


async def head(argv: list[str], process: Process) -> int:
    """The first 10 lines (``-n N``, ``-N``) or bytes (``-c N``) of each file."""
    arguments = [f"-n{a[1:]}" if re.fullmatch(r"-\d+", a, re.ASCII) else a for a in argv[1:]]
    try:
        options = getopt(arguments, "n:c:")
        count = options.number("c", options.number("n", 10))
    except UsageError as error:
        if str(error).startswith("invalid number"):
            await process.complain(f"head: {error}\n")
            return 1
        return await refuse(process, "head", error, HEAD_USAGE)
    paths = options.operands or ["-"]
    status = 0
    for index, path in enumerate(paths):
        fd = await open_input(process, "head", path)
        if fd is None:
            status = 1
            continue
        if len(paths) > 1:
            newline = "\n" if index else ""
            title = "standard input" if path == "-" else path
            await process.print(f"{newline}==> {title} <==\n")
        try:
            await _head(process, fd, count, "c" in options.values)
        except LinuxError as error:
            await process.complain(f"head: {path}: {strerror(error)}\n")
            status = 1
        if fd:
            await process.close(fd)
    return status


async def _head(process: Process, fd: int, count: int, in_bytes: bool) -> None:
    while count > 0 and (data := await process.read(fd, BLOCK)):
        if in_bytes:
            data = data[:count]
            count -= len(data)
        else:
            pieces = data.splitlines(keepends=True)[:count]
            data = b"".join(pieces)
            count -= sum(piece.endswith(b"\n") for piece in pieces)
        await process.write_all(1, data)


GREP_USAGE = "[-cFinqvE] PATTERN [FILE]..."


async def grep(argv: list[str], process: Process) -> int:
    """Print lines that match; status 0 if there is one, 1 if not, 2 after an error."""
    try:
        options = getopt(argv[1:], "cFinqvE")
        if not options.operands:
            raise UsageError("")
        matcher = compile_pattern(options.operands[0], options.flags)
    except UsageError as error:
        await refuse(process, "grep", error, GREP_USAGE)
        return 2
    except re.error as error:
        await process.complain(f"grep: bad regex '{options.operands[0]}': {error.msg}\n")
        return 2
    paths = options.operands[1:] or ["-"]
    found = failed = False
    for path in paths:
        prefix = f"{path}:" if len(paths) > 1 else ""
        fd = await open_input(process, "grep", path)
        if fd is None:
            failed = True
            continue
        try:
            found |= await _grep(process, fd, prefix, matcher, options.flags)
        except LinuxError as error:
            await process.complain(f"grep: {path}: {strerror(error)}\n")
            failed = True
        if fd:
            await process.close(fd)
        if found and "q" in options.flags:
            return 0
    return 2 if failed else int(not found)


async def _grep(
    process: Process, fd: int, prefix: str, matcher: re.Pattern[str], flags: set[str]
) -> bool:
    count = number = 0
    async for line in lines(process, fd):
        number += 1
        if bool(matcher.search(line)) == ("v" in flags):
            continue
        count += 1
        if "q" in flags:
            break
        if "c" not in flags:
            place = f"{number}:" if "n" in flags else ""
            await process.write_all(1, encode(f"{prefix}{place}{line}\n"))
    if "c" in flags and "q" not in flags:
        await process.print(f"{prefix}{count}\n")
    return count > 0


def compile_pattern(pattern: str, flags: set[str]) -> re.Pattern[str]:
    """A grep pattern: fixed (F), extended (E) or basic, where ``+ ? | ( ) { }`` are plain."""
    if "F" in flags:
        pattern = re.escape(pattern)
    elif "E" not in flags:
        pattern = re.sub(r"\\?.", _basic, pattern, flags=re.DOTALL)
    return re.compile(pattern, re.IGNORECASE if "i" in flags else 0)


def _basic(match: re.Match[str]) -> str:
    text = match[0]
    if text[-1] not in "+?|(){}":
        return text
    return text[-1] if len(text) == 2 else f"\\{text}"
