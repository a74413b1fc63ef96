# SPDX-License-Identifier: Apache-2.0
"""The /proc files of the model: interrupts, uptime, version, cmdline and modules.

/proc/interrupts follows kernel/irq/proc.c and arch/riscv/kernel/smp.c of the vendor's 5.15 tree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from host_side.fs.node import ProcNode
from host_side.fs.tree import FileSystem
from host_side.kernel.interrupts import IPI_NAMES, Interrupts
from host_side.kernel.platform import Clock

PRECISION = 3
"""Width of an interrupt number: 3 below 1000 interrupts (RISC-V starts with NR_IRQS 64)."""

SYSNAME = "Linux"
HOSTNAME = "buildroot"
KERNEL_VERSION = "#1 SMP"
CMDLINE = "console=ttyS0,115200 earlycon rootwait"


class ProcSource(Protocol):
    """What /proc reads from the kernel."""

    @property
    def clock(self) -> Clock:
        """Simulated time."""

    @property
    def interrupts(self) -> Interrupts:
        """The interrupt counts."""


def interrupts_text(interrupts: Interrupts) -> str:
    """The whole of /proc/interrupts: device rows by number, then one row for each IPI."""
    lines = [" " * (PRECISION + 8) + "".join(f"CPU{cpu:<8d}" for cpu in range(interrupts.cpus))]
    for row in interrupts.irqs:
        counts = "".join(f"{count:10d} " for count in row.counts)
        source = f" {row.chip:>8s} {row.hwirq:{PRECISION}d} {row.trigger:<8s}"
        action = f"  {row.action}" if row.action else ""
        lines.append(f"{row.irq:{PRECISION}d}: {counts}{source}{action}")
    for ipi, (counts_of, name) in enumerate(zip(interrupts.ipis, IPI_NAMES, strict=True)):
        counts = "".join(f"{count:10d} " for count in counts_of)
        lines.append(f"{'IPI':>{PRECISION - 1}s}{ipi}:{counts} {name}")
    return "".join(f"{line}\n" for line in lines)


def uptime_text(now_ns: int, idle_ns: int) -> str:
    """/proc/uptime: seconds since boot and idle seconds of all CPUs, in hundredths."""
    return f"{_hundredths(now_ns)} {_hundredths(idle_ns)}\n"


def version_text(release: str) -> str:
    """/proc/version; the compiler's name stands where the vendor's build has one."""
    return f"{SYSNAME} version {release} (ampsim@{HOSTNAME}) (Python) {KERNEL_VERSION}\n"


def add_proc(fs: FileSystem, kernel: ProcSource, release: str, cmdline: str = CMDLINE) -> None:
    """Add the files to a tree. The kernel keeps no idle time: /proc/uptime shows 0.00 for it."""
    files: dict[str, Callable[[], str]] = {
        "interrupts": lambda: interrupts_text(kernel.interrupts),
        "uptime": lambda: uptime_text(kernel.clock.now_ns(), 0),
        "version": lambda: version_text(release),
        "cmdline": lambda: f"{cmdline}\n",
    }
    for name, show in files.items():
        fs.add(f"/proc/{name}", ProcNode(show))


def _hundredths(ns: int) -> str:
    seconds, rest = divmod(ns, 1_000_000_000)
    return f"{seconds}.{rest // 10_000_000:02d}"
