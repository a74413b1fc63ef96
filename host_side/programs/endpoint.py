# SPDX-License-Identifier: Apache-2.0
"""Opening an rpmsg device for a measurement."""

from __future__ import annotations

from host_side.fs.flags import O_RDWR, Poll
from host_side.programs.process import Process

MTU = 496
"""Largest payload of a message."""


async def open_endpoint(process: Process, path: str) -> int:
    """Descriptor of an rpmsg device, with old messages read and dropped.

    A channel's own endpoint keeps what came while nobody had it open, such as the echo that an
    interrupted run did not wait for. Raises LinuxError as open(2) does.
    """
    fd = await process.open(path, O_RDWR)
    while await process.poll(fd, Poll.IN, 0) & Poll.IN:
        await process.read(fd, MTU)
    return fd
