# SPDX-License-Identifier: Apache-2.0
"""A board as values: regions, harts, devices, domains and the RPMsg link, without devicetree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PropertyValue = int | str | bool | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A range of physical addresses, in bytes; `path` is the devicetree node that says so."""

    name: str
    base: int
    size: int
    path: str

    @property
    def end(self) -> int:
        """Return the address after the last byte."""
        return self.base + self.size

    def contains(self, base: int, size: int = 1) -> bool:
        """Tell whether all of `size` bytes from `base` lie inside."""
        return self.base <= base and base + size <= self.end

    def overlaps(self, other: Region) -> bool:
        """Tell whether any byte belongs to both regions."""
        return self.base < other.end and other.base < self.end

    def __str__(self) -> str:
        return f"0x{self.base:x}-0x{self.end - 1:x}"


@dataclass(frozen=True, slots=True)
class Hart:
    """A core; `plic_context` is the PLIC context of its S-mode, None when it has none."""

    hart_id: int
    path: str
    compatible: tuple[str, ...]
    clock_hz: int
    plic_context: int | None

    @property
    def index(self) -> int:
        """Return the number of this hart's master port on the interconnect (hart id - 1)."""
        return self.hart_id - 1


@dataclass(frozen=True, slots=True)
class Device:
    """A peripheral: its first register block, PLIC source (None without) and its properties."""

    name: str
    path: str
    compatible: tuple[str, ...]
    region: Region
    irq: int | None
    properties: Mapping[str, PropertyValue]


@dataclass(frozen=True, slots=True)
class Domain:
    """An OpenSBI domain: the harts that run one system and the memory they may touch."""

    name: str
    path: str
    hart_ids: tuple[int, ...]
    boot_hart: int
    regions: tuple[Region, ...]
    next_region: Region
    console: Device
    baud: int
    tick_hz: int


@dataclass(frozen=True, slots=True)
class Rpmsg:
    """The RPMsg link: where the software mailbox, rings and buffers are, and the rings' layout."""

    path: str
    compatible: tuple[str, ...]
    mailbox: Region
    vrings: Region
    buffers: Region
    vring_num: int
    vring_align: int
    avail_aligned: bool
    payload: int
    consumed_notify: bool
    link_id: int
    rtos_hart: int
    properties: Mapping[str, PropertyValue]


@dataclass(frozen=True, slots=True)
class Board:
    """A whole board. `clock_hz` is the bench clock; cycles in every cost and log are of it."""

    name: str
    title: str
    source: str
    clock_hz: int
    timebase_hz: int
    harts: tuple[Hart, ...]
    memory: tuple[Region, ...]
    reserved: tuple[Region, ...]
    devices: tuple[Device, ...]
    linux: Domain
    rtos: Domain
    heap: Region
    shared: Region
    rpmsg: Rpmsg

    def hart(self, hart_id: int) -> Hart:
        """Return the hart with that RISC-V hart id; KeyError when the board has none."""
        for hart in self.harts:
            if hart.hart_id == hart_id:
                return hart
        raise KeyError(hart_id)

    def compatible(self, name: str) -> Device:
        """Return the first device compatible with `name`; KeyError when the board has none."""
        for device in self.devices:
            if name in device.compatible:
                return device
        raise KeyError(name)
