# SPDX-License-Identifier: Apache-2.0
"""Runs before cocotb is loaded, and spares a run what only cocotb's pytest support needs.

cocotb imports pytest for its exception matchers and to rewrite ``assert`` in test modules. The one
test of a run (:mod:`sim.inside.entry`) uses neither, and both together were half of the time up to
the first bus transaction. The environment variables that go with it are in :data:`ENVIRONMENT`.
"""

from __future__ import annotations

import sys
from types import ModuleType

ENVIRONMENT = {
    # What the simulator's Python runs at start: cocotb's own list behind ours, less its coverage.
    "PYGPI_USERS": ",".join(
        (
            "sim.inside.quick_start:without_pytest",
            "cocotb.logging:_configure",
            "cocotb._init:init_package_from_simulation",
            "cocotb.regression:_run_regression",
        )
    ),
    "COCOTB_REWRITE_ASSERTION_FILES": "",
}


class _Never(Exception):
    """In place of the exceptions of ``pytest.raises`` and others, which nobody raises here."""


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
