# SPDX-License-Identifier: Apache-2.0
"""insmod and rmmod, and the loader behind them: kernel modules are rpmsg drivers made on demand."""

from __future__ import annotations

import errno
from collections.abc import Callable

from host_side.fs.node import RegularFile
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import ERR, WARNING
from host_side.programs.process import Process, strerror
from host_side.rpmsg.core import RpmsgBus, RpmsgDriver

MODULE_DIRECTORY = "/lib/modules"

ModuleMaker = Callable[[dict[str, int]], RpmsgDriver]
"""Parameter values to a driver."""


class ModuleFile(RegularFile):
    """A ``.ko`` file: the module's name and its parameters with their defaults."""

    def __init__(self, name: str, parameters: dict[str, int], make: ModuleMaker) -> None:
        super().__init__(b"\x7fELF")
        self.name = name
        self.parameters = parameters
        self.make = make


class ModuleLoader:
    """init_module(2) and delete_module(2)."""

    def __init__(self, platform: Platform, bus: RpmsgBus, fs: FileSystem) -> None:
        self._platform = platform
        self._bus = bus
        self._fs = fs
        self._loaded: dict[str, RpmsgDriver] = {}

    def offer(self, name: str, parameters: dict[str, int], make: ModuleMaker) -> None:
        """Put a module's file into the module directory."""
        self._fs.add(f"{MODULE_DIRECTORY}/{name}.ko", ModuleFile(name, parameters, make))

    async def init_module(self, path: str, arguments: list[str]) -> None:
        """Load a file with ``name=value`` arguments.

        LinuxError: ENOENT no file, ENOEXEC no module, EEXIST loaded already, EINVAL bad value.
        """
        module = self._fs.lookup(path)
        if not isinstance(module, ModuleFile):
            raise LinuxError(errno.ENOEXEC)
        if module.name in self._loaded:
            raise LinuxError(errno.EEXIST)
        driver = module.make(self._values(module, arguments))
        self._loaded[module.name] = driver
        await self._bus.register_driver(driver)

    async def delete_module(self, name: str) -> None:
        """Unload a module; LinuxError ENOENT when it is not loaded."""
        if name not in self._loaded:
            raise LinuxError(errno.ENOENT)
        await self._bus.unregister_driver(self._loaded.pop(name))

    def listing(self) -> str:
        """/proc/modules: name, size, users and state of what is loaded, latest first."""
        names = reversed(self._loaded)
        return "".join(f"{name} 16384 0 - Live 0x0000000000000000\n" for name in names)

    def _values(self, module: ModuleFile, arguments: list[str]) -> dict[str, int]:
        """parse_args(): an unknown parameter is only logged, a bad value is refused."""
        values = dict(module.parameters)
        for argument in arguments:
            name, _, text = argument.partition("=")
            if name not in values:
                ignored = f"unknown parameter '{name}' ignored"
                self._platform.printk(module.name, ignored, WARNING)
                continue
            try:
                values[name] = int(text, 0)
            except ValueError:
                invalid = f"`{text}' invalid for parameter `{name}'"
                self._platform.printk(module.name, invalid, ERR)
                raise LinuxError(errno.EINVAL) from None
        return values


def _loader(process: Process) -> ModuleLoader:
    loader = process.services["modules"]
    assert isinstance(loader, ModuleLoader)
    return loader


async def insmod(argv: list[str], process: Process) -> int:
    """Load a module file; the exit status is the error number."""
    if len(argv) < 2:
        await process.complain("\nUsage: insmod FILE [SYMBOL=VALUE]...\n")
        return 1
    try:
        await _loader(process).init_module(process.absolute(argv[1]), argv[2:])
    except LinuxError as error:
        await process.complain(f"insmod: can't insert '{argv[1]}': {strerror(error)}\n")
        # busybox returns -errno when the file cannot be opened and errno from the system call.
        return -error.errno & 0xFF if error.errno == errno.ENOENT else error.errno
    return 0


async def rmmod(argv: list[str], process: Process) -> int:
    """Unload modules by name, with or without ``.ko`` and a directory."""
    if len(argv) < 2:
        await process.complain("\nUsage: rmmod [MODULE]...\n")
        return 1
    status = 0
    for argument in argv[1:]:
        name = argument.rsplit("/", 1)[-1].removesuffix(".ko").replace("-", "_")
        try:
            await _loader(process).delete_module(name)
        except LinuxError as error:
            text = f"rmmod: can't unload module '{name}': {strerror(error)}\n"
            await process.complain(text)
            status = 1
    return status
