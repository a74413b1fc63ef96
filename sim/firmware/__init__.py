# SPDX-License-Identifier: Apache-2.0
"""Firmware of the RTOS hart: an ELF that is built, loaded through the bus, checked and run."""

from __future__ import annotations

from sim.firmware.build import build_firmware
from sim.firmware.describe import Description, describe
from sim.firmware.elf import Elf, Segment, read_elf
from sim.firmware.errors import BootError, BusFault, FirmwareError
from sim.firmware.image import Image, Program, fetch_image, load_modules

__all__ = (
    "BootError",
    "BusFault",
    "Description",
    "Elf",
    "FirmwareError",
    "Image",
    "Program",
    "Segment",
    "build_firmware",
    "describe",
    "fetch_image",
    "load_modules",
    "read_elf",
)
