# SPDX-License-Identifier: Apache-2.0
"""The sh of the Linux side: runs parsed lines as tasks of the kernel, in the manner of busybox ash.

Error texts are those of busybox 1.35, read off the program itself.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence

from host_side.fs.file import OpenFile
from host_side.fs.flags import O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY
from host_side.fs.node import Node
from host_side.fs.pipe import Pipe
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.task import Task
from host_side.programs.process import (
    SIGINT,
    Killed,
    Main,
    Process,
    ProcessKernel,
    SharedFile,
    strerror,
)
from host_side.programs.registry import ProgramFile
from host_side.shell.builtins import BUILTINS
from host_side.shell.console import Console
from host_side.shell.expand import expand_text, expand_words
from host_side.shell.parser import parse
from host_side.shell.sink import Sink, SinkFile
from host_side.shell.syntax import AndOr, Command, Pipeline, Redirect, ShellSyntaxError
from host_side.shell.terminal import Tty

SYNTAX_STATUS, CANNOT_EXECUTE, NOT_FOUND = 2, 126, 127
KILLED = 128
"""Added to the signal's number in the status of a process that a signal ended."""
SIGSEGV = 11

_OPEN_FLAGS = {
    "<": O_RDONLY,
    ">": O_WRONLY | O_CREAT | O_TRUNC,
    ">>": O_WRONLY | O_CREAT | O_APPEND,
}


class RedirectError(Exception):
    """A redirection that failed; the text follows ``sh: ``."""


class Shell:
    """One shell. ``sink`` takes standard output and error of everything it runs.

    ``execute`` and what it starts are kernel tasks: await it from a task of ``kernel``.
    """

    def __init__(
        self,
        kernel: ProcessKernel,
        fs: FileSystem,
        sink: Sink | None = None,
        services: Mapping[str, object] | None = None,
    ) -> None:
        self.kernel = kernel
        self.fs = fs
        self.status = 0
        """Status of the last command (``$?``)."""
        self.exiting = False
        self.variables = {"HOME": "/root", "PATH": "/bin", "PS1": "# ", "PS2": "> "}
        self.foreground: list[Task] = []
        terminal = SharedFile(OpenFile(SinkFile(sink), O_RDWR, "terminal"))
        self.process = Process(kernel, fs, dict.fromkeys((0, 1, 2), terminal), "/", services)

    async def use_terminal(self, file: OpenFile) -> None:
        """Make an open terminal the standard input, output and error."""
        terminal = SharedFile(file)
        for fd in (0, 1, 2):
            await self.process.replace(fd, terminal)

    async def execute(self, line: str) -> int:
        """Run a line; its exit status (2 for a syntax error, which is printed)."""
        try:
            script = parse(line)
        except ShellSyntaxError as error:
            await self.process.complain(f"sh: {error}\n")
            self.status = SYNTAX_STATUS
            return self.status
        for and_or in script.lists:
            if and_or.background:
                await self._start_background(and_or)
            else:
                await self._and_or(and_or)
            if self.exiting or self.status == KILLED + SIGINT:
                break
        return self.status

    async def interactive(self, tty: Tty) -> int:
        """Serve a terminal until ``exit`` or the end of its input; the last status."""
        return await Console(self, tty).run()

    def interrupt(self) -> None:
        """Ctrl-C: SIGINT for every process of the foreground job."""
        for task in self.foreground:
            self.kernel.send_signal(task)

    def lookup(self, name: str) -> str:
        """Value of a parameter."""
        special = {"?": str(self.status), "#": "0", "PWD": self.process.directory}
        if name == "$":
            return str(self.kernel.current.pid)
        return special.get(name) or self.variables.get(name, "")

    # Lists and pipelines.

    async def _and_or(self, and_or: AndOr) -> None:
        await self._pipeline(and_or.first)
        for operator, pipeline in and_or.rest:
            if self.exiting:
                return
            if (self.status == 0) == (operator == "&&"):
                await self._pipeline(pipeline)

    async def _start_background(self, and_or: AndOr) -> None:
        copy = self._fork()
        await copy.process.replace(0, SharedFile(await self.fs.open("/dev/null")))
        self.kernel.spawn(copy.run_and_exit(and_or), "sh", user=True)
        self.status = 0

    async def run_and_exit(self, and_or: AndOr) -> int:
        """What a forked copy does: run a list, close its files, end with the status."""
        await self._and_or(and_or)
        await self.process.exit()
        return self.status

    async def _pipeline(self, pipeline: Pipeline) -> None:
        commands = pipeline.commands
        if len(commands) == 1:
            self.status = await self._simple(commands[0])
        else:
            self.status = await self._join(await self._start_pipeline(commands))
        if pipeline.negated:
            self.status = int(not self.status)

    async def _start_pipeline(self, commands: Sequence[Command]) -> list[Task]:
        tasks: list[Task] = []
        incoming: SharedFile | None = None
        for index, command in enumerate(commands):
            copy = self._fork()
            if incoming is not None:
                await copy.process.replace(0, incoming)
            if index < len(commands) - 1:
                reader, writer = (SharedFile(file) for file in Pipe(self.kernel).ends())
                await copy.process.replace(1, writer)
                incoming = reader
            coroutine = copy.run_and_exit(AndOr(Pipeline((command,))))
            tasks.append(self.kernel.spawn(coroutine, "sh", user=True))
            self.foreground.append(tasks[-1])
            copy.foreground = self.foreground
        return tasks

    async def _join(self, tasks: list[Task]) -> int:
        status = 0
        for task in tasks:
            result = await self.kernel.join(task)
            self.foreground.remove(task)
            status = KILLED + SIGSEGV if result is None else result
        return status

    def _fork(self) -> Shell:
        copy = Shell(self.kernel, self.fs, services=self.process.services)
        copy.process = Process(
            self.kernel,
            self.fs,
            self.process.files(),
            self.process.directory,
            self.process.services,
        )
        copy.status = self.status
        copy.variables = dict(self.variables)
        return copy

    # Simple commands.

    async def _simple(self, command: Command) -> int:
        argv = expand_words(command.words, self.lookup, self.fs, self.process.directory)
        child = self._fork().process
        try:
            for redirect in command.redirects:
                await self._redirect(child, redirect)
        except RedirectError as error:
            await self.process.complain(f"sh: {error}\n")
            await child.exit()
            return 1
        if not argv:
            for name, word in command.assignments:
                self.variables[name] = expand_text(word, self.lookup)
            await child.exit()
            return 0
        builtin = BUILTINS.get(argv[0])
        if builtin is not None:
            status = await self._run(builtin(self), argv, child, name="sh")
            self.process.directory = child.directory
            return status
        return await self._external(argv, child)

    async def _external(self, argv: list[str], child: Process) -> int:
        path = argv[0] if "/" in argv[0] else f"/bin/{argv[0]}"
        try:
            node: Node | None = self.fs.lookup(child.absolute(path))
        except LinuxError:
            node = None
        if isinstance(node, ProgramFile):
            name = argv[0].rsplit("/", 1)[-1]
            coroutine = self._run(node.main, argv, child, name)
            task = self.kernel.spawn(coroutine, name, user=True)
            self.foreground.append(task)
            return await self._join([task])
        text = "not found" if node is None else "Permission denied"
        await child.complain(f"sh: {argv[0]}: {text}\n")
        await child.exit()
        return NOT_FOUND if node is None else CANNOT_EXECUTE

    async def _run(self, main: Main, argv: list[str], process: Process, name: str) -> int:
        try:
            status = await main(argv, process)
        except Killed as killed:
            status = KILLED + killed.signal
        except LinuxError as error:
            await process.complain(f"{name}: write error: {strerror(error)}\n")
            status = 1
        await process.exit()
        return status

    async def _redirect(self, child: Process, redirect: Redirect) -> None:
        target = expand_text(redirect.target, self.lookup)
        if redirect.mode in (">&", "<&"):
            await self._duplicate(child, redirect.fd, target)
            return
        try:
            fd = await child.open(target, _OPEN_FLAGS[redirect.mode])
        except LinuxError as error:
            missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
            if redirect.mode == "<":
                reason = "no such file" if missing else strerror(error)
                raise RedirectError(f"can't open {target}: {reason}") from None
            reason = "nonexistent directory" if missing else strerror(error)
            raise RedirectError(f"can't create {target}: {reason}") from None
        await child.dup2(fd, redirect.fd)
        await child.close(fd)

    async def _duplicate(self, child: Process, fd: int, target: str) -> None:
        if not (target.isascii() and target.isdigit()):
            raise RedirectError("syntax error: bad fd number")
        try:
            await child.dup2(int(target), fd)
        except LinuxError as error:
            raise RedirectError(f"{target}: {strerror(error)}") from None
