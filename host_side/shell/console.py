# SPDX-License-Identifier: Apache-2.0
"""The interactive shell: prompt, edited lines, programs in the foreground, Ctrl-C."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from host_side.fs.file import OpenFile
from host_side.fs.flags import O_RDWR
from host_side.programs.process import SIGINT, decode, encode
from host_side.shell.line_editor import LineEditor, Outcome
from host_side.shell.parser import parse
from host_side.shell.syntax import ShellSyntaxError
from host_side.shell.terminal import Terminal, Tty

if TYPE_CHECKING:
    from host_side.shell.shell import Shell

CANCELLED_STATUS = 128 + SIGINT
TTY_NAME = "/dev/ttyS0"


class Console:
    """Joins a shell to a tty. A task of its own reads the tty, so Ctrl-C reaches a running job."""

    def __init__(self, shell: Shell, tty: Tty) -> None:
        self._shell = shell
        self._tty = tty
        self._editor = LineEditor()
        self._terminal = Terminal(shell.kernel, tty, shell.interrupt)
        self._running = False
        self._typed: deque[int] = deque()
        self._keys = shell.kernel.wait_queue("input", "console")
        self._gone = False

    async def run(self) -> int:
        """Until ``exit``, Ctrl-D on an empty line, or the tty's end; the shell's status."""
        shell = self._shell
        await shell.use_terminal(OpenFile(self._terminal, O_RDWR, TTY_NAME))
        shell.kernel.spawn(self._read_tty(), "tty")
        while not shell.exiting:
            line = await self._complete_line()
            if line is None:
                break
            await self._execute(line)
        return shell.status

    async def _read_tty(self) -> None:
        while data := await self._tty.read():
            for byte in data:
                if self._running:
                    await self._terminal.type(byte)
                else:
                    self._typed.append(byte)
            self._keys.wake_up()
        self._gone = True
        self._shell.interrupt()
        self._keys.wake_up()

    async def _execute(self, line: str) -> None:
        shell = self._shell
        self._running = True
        await shell.execute(line)
        self._running = False
        # Typed ahead of the prompt and not read by the program: keys for the editor.
        self._typed.extend(self._terminal.flush())
        if shell.status == CANCELLED_STATUS:
            await self._tty.write(b"\r\n")

    async def _complete_line(self) -> str | None:
        """A line of input, continued while a quote or an operator leaves it open; None: the end."""
        text = ""
        while True:
            line = await self._line("PS2" if text else "PS1")
            if line is None:
                return None
            text += line
            if not _incomplete(text):
                self._editor.remember(text)
                return text
            text += "\n"

    async def _line(self, prompt: str) -> str | None:
        editor = self._editor
        prompt = self._shell.variables[prompt]
        editor.begin(prompt)
        while True:
            await self._tty.write(encode(editor.take_echo()))
            outcome = editor.feed(await self._key())
            if outcome is Outcome.EDITING and not self._gone:
                continue
            await self._tty.write(encode(editor.take_echo()))
            if outcome is Outcome.LINE:
                return editor.line
            if outcome is not Outcome.CANCELLED:
                return None
            self._shell.status = CANCELLED_STATUS
            prompt = self._shell.variables["PS1"]
            editor.begin(prompt)

    async def _key(self) -> str:
        """The next character; bytes of one UTF-8 character are joined."""
        key = bytearray((await self._byte(),))
        for _ in range(_following(key[0])):
            key.append(await self._byte())
        return decode(bytes(key))

    async def _byte(self) -> int:
        await self._keys.wait(lambda: self._typed or self._gone)
        return self._typed.popleft() if self._typed else 0x04


def _following(first: int) -> int:
    """Bytes that follow the first one of a UTF-8 character."""
    return 0 if first < 0xC0 else 1 if first < 0xE0 else 2 if first < 0xF0 else 3


def _incomplete(text: str) -> bool:
    try:
        parse(text)
    except ShellSyntaxError as error:
        return error.incomplete
    return False
