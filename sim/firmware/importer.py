# SPDX-License-Identifier: Apache-2.0
"""Imports the firmware's modules out of memory, apart from anything the interpreter has loaded."""

from __future__ import annotations

import builtins
import functools
import hashlib
import importlib.util
import marshal
from collections.abc import Mapping, Sequence
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from importlib.util import MAGIC_NUMBER
from types import CodeType, ModuleType
from typing import Any

from sim.cache import cached_bytes

PACKAGE = "rtos_side"

# The house's other packages are no part of a firmware: on the target they do not exist.
_ABSENT = ("sim", "host_side", "hdl_models", "tests", "cocotb")


class FirmwareImporter(InspectLoader):
    """Runs the modules of one firmware in a namespace of their own.

    Each module gets builtins whose `__import__` looks here first, so `sys.modules` is neither read
    nor changed for the firmware's package: two firmwares in one process do not see each other, and
    an import inside a function finds the same modules as one at the top of a file.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.modules: dict[str, ModuleType] = {}
        self._sources = {_module_name(path): path for path in files if path.endswith(".py")}
        self._files = files
        self._builtins = {**vars(builtins), "__import__": self._import}

    def load(self, name: str) -> ModuleType:
        """Return the module `name`, executing it and its parents the first time."""
        module = self.modules.get(name)
        if module is None:
            parent, _, last = name.rpartition(".")
            package = self.load(parent) if parent else None
            module = self.modules.get(name) or self._execute(name)
            if package is not None:
                setattr(package, last, module)
        return module

    def is_package(self, fullname: str) -> bool:
        """Tell whether the module is the __init__.py of a package."""
        return self._path(fullname).endswith("__init__.py")

    def get_source(self, fullname: str) -> str:
        """Return the source text; tracebacks print their lines from it."""
        return self._files[self._path(fullname)].decode()

    def get_code(self, fullname: str) -> CodeType:
        """Return the compiled module; its file name is that in the archive."""
        path = self._path(fullname)
        return _compiled(self._files[path], _file_name(path))

    def _path(self, name: str) -> str:
        try:
            return self._sources[name]
        except KeyError:
            message = f"No module named '{name}' in the firmware"
            raise ModuleNotFoundError(message, name=name) from None

    def _execute(self, name: str) -> ModuleType:
        origin = _file_name(self._path(name))
        spec = ModuleSpec(name, self, origin=origin, is_package=self.is_package(name))
        spec.has_location = True  # gives the module its __file__
        module = importlib.util.module_from_spec(spec)
        module.__dict__["__builtins__"] = self._builtins
        self.modules[name] = module
        try:
            exec(self.get_code(name), module.__dict__)
        except BaseException:
            del self.modules[name]
            raise
        return module

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """Do what the import statement does, with the firmware's own modules for its package."""
        if level:
            package = (globals or {}).get("__package__", "")
            name = importlib.util.resolve_name("." * level + name, package)
        top = name.partition(".")[0]
        if top in _ABSENT:
            raise ModuleNotFoundError(f"No module named '{top}' in the firmware", name=top)
        if top != PACKAGE:
            return builtins.__import__(name, globals, locals, fromlist or (), 0)
        module = self.load(name)
        if not fromlist:
            return self.modules[top]
        for attribute in fromlist:
            submodule = f"{name}.{attribute}"
            if not hasattr(module, attribute) and submodule in self._sources:
                self.load(submodule)
        return module


@functools.cache
def _compiled(source: bytes, name: str) -> CodeType:
    """Compile a module once, however often and in how many runs these bytes are started."""

    def compiled() -> bytes:
        return marshal.dumps(compile(source, name, "exec", dont_inherit=True))

    key = hashlib.sha256(b"\0".join((MAGIC_NUMBER, name.encode(), source))).hexdigest()
    code: CodeType = marshal.loads(cached_bytes("modules", key, compiled))
    return code


def _file_name(path: str) -> str:
    return f"firmware:{path}"


def _module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
