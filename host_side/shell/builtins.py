# SPDX-License-Identifier: Apache-2.0
"""Commands the shell runs itself: cd, echo, exit, false, help, pwd, true, and ``:``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from host_side.fs.node import Directory
from host_side.kernel.errors import LinuxError
from host_side.programs.process import Main, Process, encode, strerror
from host_side.programs.registry import PROGRAMS

if TYPE_CHECKING:
    from host_side.shell.shell import Shell

_ESCAPE = re.compile(r"\\(0[0-7]{0,3}|x[0-9a-fA-F]{1,2}|.)", re.DOTALL)
_CHARACTERS = {"a": 7, "b": 8, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92}


def echo_bytes(arguments: list[str]) -> bytes:
    """What ``echo`` prints: options ``-n``, ``-e``, ``-E`` first, alone or joined."""
    newline, escapes = True, False
    rest = list(arguments)
    while rest and re.fullmatch(r"-[neE]+", rest[0]):
        for letter in rest.pop(0)[1:]:
            newline = newline and letter != "n"
            escapes = letter == "e" if letter in "eE" else escapes
    text = encode(" ".join(rest))
    if escapes:
        text, stopped = _unescape(text)
        newline = newline and not stopped
    return text + b"\n" if newline else text


def _unescape(text: bytes) -> tuple[bytes, bool]:
    """Backslash sequences replaced; True when ``\\c`` cut the text off."""
    text, cut, _ = text.partition(b"\\c")

    def replace(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] == "0":
            return chr(int(code, 8) & 0xFF)
        if code[0] == "x" and len(code) > 1:
            return chr(int(code[1:], 16))
        return chr(_CHARACTERS[code]) if code in _CHARACTERS else match[0]

    return _ESCAPE.sub(replace, text.decode("latin-1")).encode("latin-1"), bool(cut)


def _echo(shell: Shell) -> Main:
    async def echo(argv: list[str], process: Process) -> int:
        await process.write_all(1, echo_bytes(argv[1:]))
        return 0

    return echo


def _cd(shell: Shell) -> Main:
    async def cd(argv: list[str], process: Process) -> int:
        path = argv[1] if len(argv) > 1 else shell.variables["HOME"]
        try:
            node = process.fs.lookup(process.absolute(path))
            reason = "" if isinstance(node, Directory) else "Not a directory"
        except LinuxError as error:
            reason = strerror(error)
        if reason:
            await process.complain(f"sh: cd: can't cd to {path}: {reason}\n")
            return 1
        process.directory = _normal(process.absolute(path))
        return 0

    return cd


def _normal(path: str) -> str:
    names: list[str] = []
    for name in path.split("/"):
        if name == "..":
            names = names[:-1]
        elif name not in ("", "."):
            names.append(name)
    return "/" + "/".join(names)


def _pwd(shell: Shell) -> Main:
    async def pwd(argv: list[str], process: Process) -> int:
        await process.print(f"{process.directory}\n")
        return 0

    return pwd


def _exit(shell: Shell) -> Main:
    async def leave(argv: list[str], process: Process) -> int:
        number = argv[1] if len(argv) > 1 else str(shell.status)
        if not (number.isascii() and number.isdigit()):
            await process.complain(f"sh: exit: Illegal number: {number}\n")
            return 2
        shell.exiting = True
        return int(number) & 0xFF

    return leave


def _status(status: int) -> Callable[[Shell], Main]:
    def make(shell: Shell) -> Main:
        async def command(argv: list[str], process: Process) -> int:
            return status

        return command

    return make


def _help(shell: Shell) -> Main:
    async def show(argv: list[str], process: Process) -> int:
        text = "Built-in commands:\n------------------\n"
        line = "\t"
        for name in sorted({*BUILTINS, *PROGRAMS}):
            if len(line) + len(name) > 70:
                text += line.rstrip(" ") + "\n"
                line = "\t"
            line += f"{name} "
        await process.print(f"{text}{line.rstrip(' ')}\n\n")
        return 0

    return show


BUILTINS: dict[str, Callable[[Shell], Main]] = {
    ":": _status(0),
    "cd": _cd,
    "echo": _echo,
    "exit": _exit,
    "false": _status(1),
    "help": _help,
    "pwd": _pwd,
    "true": _status(0),
}
