# SPDX-License-Identifier: Apache-2.0
"""OpenSBI and U-Boot of V821, on the A27: with secure boot the E907 first, then Linux."""

from __future__ import annotations

from sim.boards.model import Region
from sim.boot import certificate
from sim.boot.code import find_code
from sim.boot.e907 import boot_e907
from sim.boot.log import BootLog
from sim.boot.requests import Steps, read, write
from sim.boot.storage import Medium, Storage, read_partition
from sim.boot.v821_boot0 import STARTED_BY_BOOT0, Say, read_back_package, trusted_key
from sim.boot.v821_brom import medium_of
from sim.boot.v821_images import KERNEL_PARTITION, MCU_PARTITION
from sim.boot.v821_map import STAGE_LIMIT, V821Map
from sim.core import WAIT, Hart
from sim.firmware.errors import BootError


class UBoot:
    """U-Boot with its commands ``bootrv`` and the kernel's start."""

    def __init__(self, places: V821Map, storage: Storage, log: BootLog) -> None:
        self._places = places
        self._storage = storage
        self._log = log

    def run(self, hart: Hart, name: str, pause: int) -> Steps[None]:
        """Start the E907 if it is U-Boot's to start, load Linux; ``pause`` is in clocks."""
        say = self._log.of(hart, name)
        medium = yield from medium_of(self._places, self._storage)
        keys: dict[str, bytes] = {}
        if self._storage.secure:
            package = yield from read_back_package(self._places, name)
            keys = package.keys(self._storage.rotpk)
            yield from self._bootrv(medium, name, keys, say)
        elif medium.kind not in STARTED_BY_BOOT0:
            say(f"{medium.kind}: the E907 is left to Linux")
        yield (WAIT, pause, 0)
        yield from self._load_kernel(medium, name, keys, say)

    def _bootrv(self, medium: Medium, name: str, keys: dict[str, bytes], say: Say) -> Steps[None]:
        """Bring the E907's firmware into memory, verify it there, start the E907 from it."""
        region = self._places.firmware
        say(f"bootrv: temporary mem: 0x{region.base:x}+0x{region.size:x}")
        length = yield from self._load_signed(medium, MCU_PARTITION, name, region, keys)
        entry = yield from boot_e907(self._places, length, f"{name}: {MCU_PARTITION}")
        say(f"{MCU_PARTITION} verified, E907 started at 0x{entry:08x}")

    def _load_kernel(
        self, medium: Medium, name: str, keys: dict[str, bytes], say: Say
    ) -> Steps[None]:
        region = Region("kernel", self._places.kernel, STAGE_LIMIT, "")
        if self._storage.secure:
            yield from self._load_signed(medium, KERNEL_PARTITION, name, region, keys)
        else:
            yield from self._load(medium, KERNEL_PARTITION, name, region)
        yield from find_code(region.base, region.size, "linux")
        checked = " verified" if self._storage.secure else ""
        say(f"{KERNEL_PARTITION}{checked}, Starting kernel at 0x{region.base:08x}")

    def _load(self, medium: Medium, partition: str, name: str, region: Region) -> Steps[int]:
        image = read_partition(medium, partition, name)
        if len(image) > region.size:
            where = f"{name}: {partition}"
            raise BootError.at(where, f"at most {region.size} bytes", str(len(image)))
        yield from write(region.base, image)
        return len(image)

    def _load_signed(
        self, medium: Medium, partition: str, name: str, region: Region, keys: dict[str, bytes]
    ) -> Steps[int]:
        """Load a partition's image, verify it as it stands in memory; return its length."""
        where = f"{name}: {partition}"
        contents = read_partition(medium, partition, name)
        block = certificate.BLOCK
        limit = min(region.size, len(contents) - block)
        signed = certificate.parse(contents[:block], where, limit)
        yield from write(region.base, contents[block : block + signed.length])
        image = yield from read(region.base, signed.length)
        trusted = trusted_key(keys, partition, where)
        certificate.verify(signed, image, partition, trusted, where)
        return signed.length
