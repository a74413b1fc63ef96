# SPDX-License-Identifier: Apache-2.0
"""Why Linux has not brought a remote processor up: what its log says against the firmware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.kernel.printk import ERR, WARNING
from host_side.remoteproc.states import State

if TYPE_CHECKING:
    from host_side.kernel.linux import LinuxKernel
    from host_side.remoteproc.core import Rproc

_BEGINS = ("powering up ", "attaching to ")
_OUTCOME = "Boot failed: "  # its reason stands before it


def remote_refusal(kernel: LinuxKernel) -> str | None:
    """Return why a remote is off that Linux was to start or to attach to; None when none is."""
    for rproc in kernel.remoteproc.rprocs:
        if not rproc.power and rproc.state in (State.OFFLINE, State.DETACHED):
            complaint = _complaint(kernel, rproc)
            if complaint is not None:
                return f"Linux refuses {rproc.firmware}: {complaint}"
    return None


def _complaint(kernel: LinuxKernel, rproc: Rproc) -> str | None:
    """Return the first error of the last attempt, else its last warning."""
    errors: list[str] = []
    warnings: list[str] = []
    begun = False
    for record in kernel.log.records:
        if not record.text.startswith((f"{rproc.prefix}: ", f"{rproc.parent_prefix}: ")):
            continue
        words = record.text.partition(": ")[2]
        if words.startswith(_BEGINS):
            errors, warnings, begun = [], [], True
        elif record.level <= ERR and not words.startswith(_OUTCOME):
            errors.append(record.text)
        elif record.level == WARNING:
            warnings.append(record.text)
    found = [*errors[:1], *warnings[-1:]]
    return found[0] if begun and found else None
