# SPDX-License-Identifier: Apache-2.0
"""BOOT0 and SBOOT of V821, on the A27: OpenSBI and U-Boot into DRAM, and who starts the E907.

Without secure boot BOOT0 starts the E907 from SPI-NOR, SD card and eMMC, and leaves it to Linux on
SPI-NAND. SBOOT cannot verify the E907's certificate: it verifies and loads only the boot package's
items, and U-Boot does the rest (seed 002).
"""

from __future__ import annotations

from collections.abc import Callable

from sim.boot import certificate
from sim.boot.boot_package import HEAD_BYTES, Item, find_item, package_length, read_package
from sim.boot.e907 import boot_e907
from sim.boot.log import BootLog
from sim.boot.requests import Steps, copy, read, write
from sim.boot.storage import Kind, Medium, Storage, read_partition
from sim.boot.v821_brom import medium_of
from sim.boot.v821_images import MCU_PARTITION, NAMES, PACKAGE_OFFSET
from sim.boot.v821_map import V821Map
from sim.core import Hart
from sim.firmware.errors import BootError

Say = Callable[[str], None]

STARTED_BY_BOOT0 = (Kind.SD, Kind.EMMC, Kind.SPI_NOR)


class Package:
    """A boot package in memory: its items, and who may have signed what."""

    def __init__(self, places: V821Map, base: int, data: bytes, stage: str) -> None:
        self._places = places
        self._base = base
        self._data = data
        self._stage = stage
        self._items = read_package(data, f"{stage}: boot package")

    def item(self, name: str) -> Item:
        """Return the item of a name; BootError without one."""
        return find_item(self._items, name, f"{self._stage}: boot package")

    def keys(self, rotpk: bytes) -> dict[str, bytes]:
        """Return name -> SHA-256 of the key that signs it, out of the list the root key signed."""
        where = f"{self._stage}: {NAMES.package}"
        item = self.item(NAMES.package)
        raw = self._data[item.offset : item.offset + item.length]
        block, keys = raw[: certificate.BLOCK], raw[certificate.BLOCK :]
        signed = certificate.parse(block, where, len(keys))
        certificate.verify(signed, keys, NAMES.package, rotpk, where)
        return certificate.read_key_list(keys)

    def load(self, name: str) -> Steps[int]:
        """Copy a binary to the address it runs at; return that."""
        item, dram = self.item(name), self._places.dram
        if not dram.contains(item.run_address, item.length):
            where = f"{self._stage}: {name}"
            raise BootError.at(where, f"a run address in {dram}", f"0x{item.run_address:x}")
        yield from copy(item.run_address, self._base + item.offset, item.length)
        return item.run_address

    def verify(self, name: str, keys: dict[str, bytes]) -> Steps[None]:
        """Verify a loaded binary, as it stands where it will run."""
        where = f"{self._stage}: {name}"
        item, proof = self.item(name), self.item(f"{name}cert")
        block = self._data[proof.offset : proof.offset + proof.length]
        signed = certificate.parse(block, where, item.length)
        image = yield from read(item.run_address, item.length)
        certificate.verify(signed, image, name, trusted_key(keys, name, where), where)


def trusted_key(keys: dict[str, bytes], name: str, where: str) -> bytes:
    """Return the key that may sign an image; BootError when the list has none."""
    if name not in keys:
        raise BootError.at(where, "a key in the root certificate", "none")
    return keys[name]


def read_back_package(places: V821Map, stage: str) -> Steps[Package]:
    """Return the boot package that lies in memory."""
    base, where = places.package, f"{stage}: boot package"
    head = yield from read(base, HEAD_BYTES)
    data = yield from read(base, package_length(head, where))
    return Package(places, base, data, stage)


class Boot0:
    """The second part of the boot image, on the A27."""

    def __init__(self, places: V821Map, storage: Storage, log: BootLog) -> None:
        self._places = places
        self._storage = storage
        self._log = log

    def run(self, hart: Hart, name: str) -> Steps[int]:
        """Load what comes next; return the address of OpenSBI."""
        say = self._log.of(hart, name)
        say(f"HELLO! {name.upper()} is starting!")
        say(f"dram size ={self._places.dram.size >> 20}")
        medium = yield from medium_of(self._places, self._storage)
        package = yield from self._package(medium, name)
        opensbi = yield from package.load(NAMES.opensbi)
        u_boot = yield from package.load(NAMES.u_boot)
        if self._storage.secure:
            keys = package.keys(self._storage.rotpk)
            for item in (NAMES.opensbi, NAMES.u_boot):
                yield from package.verify(item, keys)
                say(f"{item} verified")
        elif medium.kind in STARTED_BY_BOOT0:
            yield from self._start_e907(medium, name, say)
        say(f"Jump to OpenSBI: opensbi_base = 0x{opensbi:x}, uboot_base = 0x{u_boot:x}")
        return opensbi

    def _package(self, medium: Medium, name: str) -> Steps[Package]:
        """Bring the boot package into DRAM and look at what has arrived there."""
        where = f"{name}: boot package"
        length = package_length(medium.read(PACKAGE_OFFSET, HEAD_BYTES), where)
        yield from write(self._places.package, medium.read(PACKAGE_OFFSET, length))
        return (yield from read_back_package(self._places, name))

    def _start_e907(self, medium: Medium, name: str, say: Say) -> Steps[None]:
        """Bring the firmware into e907_mem_fw and start the E907 from there."""
        image = read_partition(medium, MCU_PARTITION, name)
        region, where = self._places.firmware, f"{name}: {MCU_PARTITION}"
        if len(image) > region.size:
            raise BootError.at(where, f"at most {region.size} bytes", str(len(image)))
        yield from write(region.base, image)
        entry = yield from boot_e907(self._places, len(image), where)
        say(f"E907 started at 0x{entry:08x}")
