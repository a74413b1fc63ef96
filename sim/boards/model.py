# SPDX-License-Identifier: Apache-2.0
"""A board as values: regions, harts, devices, domains and the RPMsg link, without devicetree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

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
    """A core with a core shell; `index` is the number of its master port on the interconnect.

    `plic_context` is the PLIC context of the mode its system runs in, None when it has none.
    """

    index: int
    hart_id: int
    path: str
    compatible: tuple[str, ...]
    clock_hz: int
    plic_context: int | None


@dataclass(frozen=True, slots=True)
class Device:
    """A peripheral: its register blocks, PLIC sources and plain properties."""

    name: str
    path: str
    compatible: tuple[str, ...]
    regions: tuple[Region, ...]
    irqs: tuple[int, ...]
    properties: Mapping[str, PropertyValue]

    @property
    def region(self) -> Region:
        """Return the first register block."""
        return self.regions[0]

    @property
    def irq(self) -> int | None:
        """Return the first PLIC source, None without one."""
        return self.irqs[0] if self.irqs else None


@dataclass(frozen=True, slots=True)
class Domain:
    """The harts that run one system, the memory they may touch and its console.

    An OpenSBI domain where the board has them; `privilege` is the mode the system is entered in.
    """

    name: str
    path: str
    hart_ids: tuple[int, ...]
    boot_hart: int
    privilege: str
    regions: tuple[Region, ...]
    next_region: Region
    console: Device
    baud: int
    tick_hz: int


@dataclass(frozen=True, slots=True)
class Vrings:
    """The layout of a link's two rings; `payload` is the largest message in bytes."""

    num: int
    align: int
    avail_aligned: bool
    payload: int
    consumed_notify: bool


@dataclass(frozen=True, slots=True)
class MailboxLink:
    """RPMsg over rings at fixed places, with a software mailbox in shared memory and IPIs."""

    path: str
    compatible: tuple[str, ...]
    shared: Region
    mailbox: Region
    vrings: Region
    buffers: Region
    rings: Vrings
    link_id: int
    rtos_hart: int
    properties: Mapping[str, PropertyValue]

    @property
    def shared_regions(self) -> tuple[Region, ...]:
        """Return the memory that both sides use."""
        return (self.shared,)


class RegisterBit(NamedTuple):
    """One bit of a register: a reset line or a clock gate."""

    address: int
    bit: int


@dataclass(frozen=True, slots=True)
class Msgbox:
    """The two ends of a message box; each end's block is written by the other side."""

    device: Device
    linux: Region
    rtos: Region
    linux_irq: int
    rtos_irq: int
    slot: int


@dataclass(frozen=True, slots=True)
class Rpbuf:
    """An RPBuf controller and the memory its buffers come from."""

    path: str
    name: str
    compatible: tuple[str, ...]
    region: Region
    properties: Mapping[str, PropertyValue]


@dataclass(frozen=True, slots=True)
class RemoteprocLink:
    """A remote processor that Linux starts; RPMsg over rings that its resource table asks for."""

    device: Device
    msgbox: Msgbox
    channel: int
    carveouts: Mapping[str, Region]
    firmware_region: Region
    stop_record: int
    resets: Mapping[str, RegisterBit]
    clocks: Mapping[str, RegisterBit]
    keys: Mapping[int, int]
    rings: Vrings
    link_id: int
    heartbeat_ticks: int
    rpbuf: Rpbuf | None

    @property
    def path(self) -> str:
        """Return the path of the remote processor's node."""
        return self.device.path

    @property
    def shared_regions(self) -> tuple[Region, ...]:
        """Return the memory that both sides use: the rings, the message buffers, the RPBuf pool."""
        regions = [self.carveouts[name] for name in VDEV_CARVEOUTS]
        return (*regions, *([self.rpbuf.region] if self.rpbuf else []))


VDEV_CARVEOUTS = ("vdev0buffer", "vdev0vring0", "vdev0vring1")

Link = MailboxLink | RemoteprocLink


@dataclass(frozen=True, slots=True)
class Board:
    """A whole board. `clock_hz` is the bench clock; cycles in every cost and log are of it.

    `soc` names the RTL top; `harts` are those with a core shell, in the order of their ports;
    `kernel` is Linux's release and machine as uname says them. `linux_ram` is where the RAM of a
    real kernel appears, if one runs (see :mod:`sim.linux_peer.board`).
    """

    name: str
    title: str
    source: str
    soc: str
    clock_hz: int
    timebase_hz: int
    harts: tuple[Hart, ...]
    memory: tuple[Region, ...]
    reserved: tuple[Region, ...]
    devices: tuple[Device, ...]
    linux: Domain
    rtos: Domain
    heap: Region
    rpmsg: Link
    kernel: tuple[str, str]
    linux_ram: Region | None = None

    @property
    def real_linux(self) -> bool:
        """Tell whether a real kernel is the master: its RAM is part of Linux's domain then."""
        return self.linux_ram in self.linux.regions

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
