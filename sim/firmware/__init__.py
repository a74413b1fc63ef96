# SPDX-License-Identifier: Apache-2.0
"""Firmware of the RTOS hart: an ELF that is built, loaded through the bus, checked and run.

A name is imported when it is first used: a run needs only some of the modules, in each of its two
processes others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.firmware.build import build_firmware
    from sim.firmware.elf import Elf, Segment, read_elf
    from sim.firmware.errors import BootError, BusFault, FirmwareError
    from sim.firmware.image import Image, Program, fetch_image, load_modules

__all__ = (
    "BootError",
    "BusFault",
    "Elf",
    "FirmwareError",
    "Image",
    "Program",
    "Segment",
    "build_firmware",
    "fetch_image",
    "load_modules",
    "read_elf",
)

_MODULES = {
    "build": ("build_firmware",),
    "elf": ("Elf", "Segment", "read_elf"),
    "errors": ("BootError", "BusFault", "FirmwareError"),
    "image": ("Image", "Program", "fetch_image", "load_modules"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value
