# SPDX-License-Identifier: Apache-2.0
"""The command line that makes a run."""

from __future__ import annotations

import shlex
from dataclasses import MISSING, fields

from sim.faults.catalog import fault_text
from sim.runs.config import RunConfig
from sim.scenarios import find_scenario

_OPTIONS = {"simulator": "--sim", "skipping": "--every-clock", "hang_after_ns": "--hang-after"}
"""Options that are not called as their fields are."""
_DEFAULTS = {"board": "visionfive2", "simulator": "verilator", "seed": 1, "referee": True}
_NO_OPTION = frozenset(
    (
        *("scenario", "firmware", "console", "record", "time_limit_ns", "port"),
        *("kernel", "initramfs"),
    )
)


def command_line(config: RunConfig, firmware: str | None) -> str:
    """Return the command; ``firmware`` is a given one, None when the run's was built for it."""
    words = ["ampsim", "run", config.scenario]
    defaults = {**_DEFAULTS, "medium": find_scenario(config.scenario, config.host).medium}
    for item in fields(config):
        value = getattr(config, item.name)
        default = defaults.get(item.name, None if item.default is MISSING else item.default)
        if item.name in _NO_OPTION or value in (default, []):
            continue
        if item.name == "faults":
            words += [word for fault in value for word in ("--fault", fault_text(fault))]
            continue
        option = _OPTIONS.get(item.name, f"--{item.name.replace('_', '-')}")
        words.append(f"--no-{option[2:]}" if default is True else option)
        if item.name == "hang_after_ns":
            words.append("off" if value < 0 else f"{value // 1000}us")
        elif not isinstance(value, bool):
            words.append(str(value))
    if firmware is not None:
        words += ["--firmware", firmware]
    return shlex.join(words)
