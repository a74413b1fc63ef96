# SPDX-License-Identifier: Apache-2.0
"""Error returns of the kernel: a negative errno in C is a raised LinuxError here."""

from __future__ import annotations

import errno

ERESTARTSYS = 512
"""Kernel-internal errno (include/linux/errno.h); rpmsg leaks it to user space on a tx timeout."""

_KERNEL_ONLY = {ERESTARTSYS: "ERESTARTSYS", 515: "ENOIOCTLCMD", 517: "EPROBE_DEFER"}


class KernelOops(Exception):
    """The kernel touched what it must not: the message, as the oops prints it. Ends the task."""


class LinuxError(Exception):
    """What a kernel function returns as ``-errno``; ``errno`` is positive, ``name`` its macro."""

    def __init__(self, number: int, name: str | None = None) -> None:
        self.errno = number
        self.name = name or _KERNEL_ONLY.get(number) or errno.errorcode.get(number, "E?")
        super().__init__(f"{self.name} ({-number})")
