# SPDX-License-Identifier: Apache-2.0
"""Composes what V821 boots from: BOOT0, boot package, partitions, with signatures when secure.

Place on the medium: BOOT0 at 8 KiB on SD card and eMMC and at 0 on the SPI memories; the boot
package and the partition table at places of the bench, the same on each.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.boot.boot_head import make_boot_image
from sim.boot.boot_package import BINARY, KEY_CERTIFICATE, MAX_BYTES, SIGNATURE, pack_package
from sim.boot.certificate import BLOCK, load_key, pack_key_list, public_hash, sign
from sim.boot.code import make_code
from sim.boot.storage import MBR_OFFSET, SECTOR, Kind, Partition, pack_partitions
from sim.boot.v821_map import V821Map
from sim.firmware.errors import FirmwareError

BOOT0_OFFSET = {Kind.SD: 0x2000, Kind.EMMC: 0x2000, Kind.SPI_NOR: 0, Kind.SPI_NAND: 0}
PACKAGE_OFFSET = MBR_OFFSET - MAX_BYTES
MCU_PARTITION, KERNEL_PARTITION = "riscv0", "boot"

# E907_BOOT finds BOOT0 at its own first instruction + 0xa0.
E907_BOOT_BYTES = 0xA0
_BOOT0_BYTES, _OPENSBI_BYTES, _U_BOOT_BYTES, _KERNEL_BYTES = 0x2000, 0x2000, 0x4000, 0x8000
_RISCV0_BYTES = 0x280000  # at most, as e907_mem_fw
_ERASE_BLOCK = 0x10000


class Signed(NamedTuple):
    """Names in certificates, one for each image that a stage verifies."""

    boot0: str = "sboot"
    package: str = "rootkey"
    opensbi: str = "opensbi"
    u_boot: str = "u-boot"
    mcu: str = MCU_PARTITION
    kernel: str = KERNEL_PARTITION


NAMES = Signed()


def make_medium(places: V821Map, kind: Kind, firmware: bytes, secure: bool) -> bytes:
    """Return a medium's contents up to the end of its last partition's data.

    FirmwareError when the firmware is too large.
    """
    if len(firmware) + BLOCK > _RISCV0_BYTES:
        expected = f"a firmware of at most {_RISCV0_BYTES - BLOCK} bytes"
        raise FirmwareError.at(f"partition {MCU_PARTITION}", expected, str(len(firmware)))
    kernel = make_code("linux", _KERNEL_BYTES)
    riscv0 = _signed(NAMES.mcu, firmware) if secure else firmware
    boot = _signed(NAMES.kernel, kernel) if secure else kernel
    first = MBR_OFFSET + 0x8000
    partitions = [
        Partition(KERNEL_PARTITION, first, _sectors(len(boot))),
        Partition(MCU_PARTITION, first + _sectors(len(boot)), _blocks(len(riscv0))),
    ]
    pieces = {
        BOOT0_OFFSET[kind]: _boot0(places, secure),
        PACKAGE_OFFSET: _package(places, secure),
        MBR_OFFSET: pack_partitions(partitions),
        partitions[0].offset: boot,
        partitions[1].offset: riscv0,
    }
    medium = bytearray(b"\xff" * (partitions[1].offset + len(riscv0)))
    for offset, piece in pieces.items():
        medium[offset : offset + len(piece)] = piece
    return bytes(medium)


def _sectors(length: int) -> int:
    return -(-length // SECTOR) * SECTOR


def _blocks(length: int) -> int:
    return -(-length // _ERASE_BLOCK) * _ERASE_BLOCK


def _signed(name: str, image: bytes) -> bytes:
    """Return certificate and image, as a partition holds them."""
    return sign(name, image, load_key("content")) + image


def _boot0(places: V821Map, secure: bool) -> bytes:
    """Return head, E907_BOOT and BOOT0 (SBOOT); signed, the certificate stands in front."""
    second = make_code("sboot" if secure else "boot0", _BOOT0_BYTES)
    body = make_code("e907_boot", E907_BOOT_BYTES) + second
    image = make_boot_image(body, places.sram.base)
    return sign(NAMES.boot0, image, load_key("root")) + image if secure else image


def _package(places: V821Map, secure: bool) -> bytes:
    images = {
        NAMES.opensbi: (places.opensbi.base, make_code("opensbi", _OPENSBI_BYTES)),
        NAMES.u_boot: (places.u_boot, make_code("u-boot", _U_BOOT_BYTES)),
    }
    items = [(name, BINARY, address, image) for name, (address, image) in images.items()]
    if secure:
        content = load_key("content")
        names = (NAMES.opensbi, NAMES.u_boot, NAMES.mcu, NAMES.kernel)
        keys = pack_key_list({name: public_hash(content) for name in names})
        root = sign(NAMES.package, keys, load_key("root")) + keys
        items.insert(0, (NAMES.package, KEY_CERTIFICATE, 0, root))
        for name, (_, image) in images.items():
            items.append((f"{name}cert", SIGNATURE, 0, sign(name, image, content)))
    return pack_package(items)
