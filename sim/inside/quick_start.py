# SPDX-License-Identifier: Apache-2.0
"""Runs before cocotb is loaded, and spares a run imports of cocotb's that it has no use for.

cocotb imports pytest for its exception matchers and to rewrite ``assert`` in test modules. The one
test of a run (:mod:`sim.inside.entry`) uses neither, and both together were half of the time up to
the first bus transaction. Of asyncio cocotb takes two exceptions, pdb waits for a failure, and
importlib.metadata finds out cocotb's version: these are loaded when more of them is asked for.
The environment variables that go with it are in :data:`ENVIRONMENT`.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from sim import kept_modules
from sim.inside.parent import FIRST_USER

ENVIRONMENT = {
    # What the simulator's Python runs at start: cocotb's own list behind ours, less its coverage.
    "PYGPI_USERS": ",".join(
        (
            FIRST_USER,
            "sim.inside.quick_start:prepare",
            "cocotb.logging:_configure",
            "cocotb._init:init_package_from_simulation",
            "cocotb.regression:_run_regression",
        )
    ),
    "COCOTB_REWRITE_ASSERTION_FILES": "",
}


class _Never(Exception):
    """In place of the exceptions of ``pytest.raises`` and others, which nobody raises here."""


def prepare() -> None:
    """Do all of it; cocotb is imported next."""
    kept_modules.install("simulator")
    without_pytest()
    asyncio = on_demand("asyncio")
    if asyncio is not None:
        from asyncio.exceptions import CancelledError, InvalidStateError

        vars(asyncio).update(CancelledError=CancelledError, InvalidStateError=InvalidStateError)
    on_demand("pdb")
    with_version()


def on_demand(name: str) -> ModuleType | None:
    """Make ``import name`` cheap: the module is run when it is first asked for an attribute.

    What it is given before, it has without that. Its submodules can be imported as ever. None when
    it has been imported already, or is not there.
    """
    spec = find_spec(name) if name not in sys.modules else None
    if spec is None or spec.loader is None:
        return None
    loader, module = spec.loader, module_from_spec(spec)

    def load(attribute: str) -> Any:
        del vars(module)["__getattr__"]
        loader.exec_module(module)
        return getattr(module, attribute)

    vars(module)["__getattr__"] = load
    sys.modules[name] = module
    return module


def with_version() -> None:
    """Give ``cocotb._version`` what it would look up, from the name of the folder that says so."""
    spec = find_spec("cocotb")
    if spec is None or spec.origin is None:
        return
    found = list(Path(spec.origin).parents[1].glob("cocotb-*.dist-info"))
    if len(found) == 1:
        module = ModuleType("cocotb._version")
        vars(module)["__version__"] = found[0].name.removesuffix(".dist-info").partition("-")[2]
        sys.modules[module.__name__] = module


def without_pytest() -> None:
    """Give cocotb modules that have the names it looks up, and nothing else.

    There is no ``RaisesExc`` and no ``RaisesGroup``, as in pytest before 8.4: cocotb allows for it.
    """
    outcome = type("Outcome", (), {"Exception": _Never})
    contents: dict[str, dict[str, object]] = {
        "pytest": {"raises": outcome, "skip": outcome, "xfail": outcome},
        "_pytest": {},
        "_pytest.assertion": {"install_importhook": None},
        "_pytest.config": {"Config": None},
    }
    for name, attributes in contents.items():
        module = ModuleType(name)
        vars(module).update(attributes)
        sys.modules[name] = module
