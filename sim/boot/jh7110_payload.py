# SPDX-License-Identifier: Apache-2.0
"""``visionfive2_fw_payload.img``: OpenSBI, U-Boot and the RTOS in one image for the SPL.

Offsets are distances from the start of DRAM, as the vendor's AMP release has them: U-Boot 2 MiB and
``rtthread.bin`` 4 MiB behind OpenSBI. So the image is larger than the 4 MiB that the partition had
before (seed 000 §4: "exceeds 4M ... pay attention to the size"); the partition is larger here.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.boot.code import make_code
from sim.boot.storage import Kind, Medium, Storage
from sim.firmware import Elf, FirmwareError

FILE = "visionfive2_fw_payload.img"
U_BOOT_AT, RTOS_AT = 0x200000, 0x400000
RTOS_BYTES = 0x64000  # what the SPL moves at most
DEFAULT_PARTITION = 0x400000  # before the AMP system
PARTITION = 0x500000

# SPI-NOR: SPL at 0, the payload's partition at 1 MiB. SD card: the kernel.
PAYLOAD_OFFSET = 0x100000
_SPL_BYTES, _OPENSBI_BYTES, _U_BOOT_BYTES, _KERNEL_BYTES = 0x2000, 0x2000, 0x4000, 0x8000


class Part(NamedTuple):
    """A piece of the payload: name, offset and length in bytes."""

    name: str
    offset: int
    size: int


def flat_binary(elf: Elf) -> bytes:
    """Return ``rtthread.bin``: the segments' bytes from the entry on, as objcopy -O binary."""
    pieces = sorted((item.address, item.data) for item in elf.segments if item.data)
    if not pieces:
        raise FirmwareError.at("rtthread.bin", "segments with contents", "none")
    first = pieces[0][0]
    end = max(address + len(data) for address, data in pieces)
    if first != elf.entry or end - first > RTOS_BYTES:
        expected = f"at most {RTOS_BYTES} bytes from the entry 0x{elf.entry:x} on"
        raise FirmwareError.at("rtthread.bin", expected, f"{end - first} from 0x{first:x} on")
    image = bytearray(end - first)
    for address, data in pieces:
        image[address - first : address - first + len(data)] = data
    return bytes(image)


def make_payload(elf: Elf, partition: int = PARTITION) -> bytes:
    """Return the payload around a firmware; FirmwareError when it outgrows its partition."""
    pieces = {
        0: make_code("opensbi", _OPENSBI_BYTES),
        U_BOOT_AT: make_code("u-boot", _U_BOOT_BYTES),
        RTOS_AT: flat_binary(elf),
    }
    payload = bytearray(max(at + len(piece) for at, piece in pieces.items()))
    for at, piece in pieces.items():
        payload[at : at + len(piece)] = piece
    if len(payload) > partition:
        found = f"{len(payload)}, {len(payload) - partition} too many"
        raise FirmwareError.at(FILE, f"at most {partition} bytes, the size of its partition", found)
    return bytes(payload)


def parts(payload: bytes) -> list[Part]:
    """Return what is in a payload, in order."""
    return [
        Part("opensbi", 0, _OPENSBI_BYTES),
        Part("u-boot.bin", U_BOOT_AT, _U_BOOT_BYTES),
        Part("rtthread.bin", RTOS_AT, len(payload) - RTOS_AT),
    ]


def make_storage(elf: Elf) -> Storage:
    """Return the board's media: SPI-NOR with SPL and payload, an SD card with the kernel."""
    spl = make_code("spl", _SPL_BYTES)
    nor = spl.ljust(PAYLOAD_OFFSET, b"\xff") + make_payload(elf)
    card = make_code("linux", _KERNEL_BYTES)
    return Storage({Kind.SPI_NOR: Medium(Kind.SPI_NOR, nor), Kind.SD: Medium(Kind.SD, card)})
