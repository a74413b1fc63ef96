# SPDX-License-Identifier: Apache-2.0
"""What the bench knows of a real kernel without asking it: its wait, its rings, its last words."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sim.linux_peer.vhost_device import Memory, Vring

_TAIL_BYTES = 4096


class PeerRing(NamedTuple):
    """A ring that the kernel has made; the addresses of its parts are those of the bus."""

    number: int
    entries: int
    desc: int
    avail: int
    used: int


class PeerState(NamedTuple):
    """A kernel that stands still. What its tasks wait for is known to nobody but the kernel.

    ``waits``: it is in its time-travel wait since ``since_ns`` (of the bench), with nothing to run
    before ``next_ns`` (None: not before an interrupt). Otherwise it is in the middle of a kick.
    ``bound``: its driver has the device. ``kicks`` and ``calls`` count how often it has rung for a
    ring and was told of one.
    """

    waits: bool
    since_ns: int
    next_ns: int | None
    bound: bool
    kicks: tuple[int, ...]
    calls: tuple[int, ...]
    last_line: str
    rings: tuple[PeerRing, ...]


def peer_rings(vrings: list[Vring], base: int) -> tuple[PeerRing, ...]:
    """Return the rings that a kernel whose RAM begins at ``base`` has told of."""
    return tuple(
        PeerRing(ring.index, ring.num, base + ring.desc, base + ring.avail, base + ring.used)
        for ring in vrings
        if ring.desc is not None
    )


def ram_bytes(memory: Memory, base: int, address: int, length: int) -> bytes:
    """Return what is at a bus address in the kernel's RAM; nothing where that is not."""
    start = address - base - memory.first
    return bytes(memory.data[start : start + length]) if start >= 0 else b""


def last_line(console: Path) -> str:
    """Return the last line that a kernel has printed, "" for none."""
    if not console.exists():
        return ""
    with console.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _TAIL_BYTES, 0))
        lines = file.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
