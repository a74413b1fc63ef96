# SPDX-License-Identifier: Apache-2.0
"""How BOOT0 and U-Boot start V821's E907: hold it, load its ELF, set the address, let it go.

Order of register accesses as in the vendor's boot_e907, sunxi_e907_clock_reset and
sunxi_e907_clock_init (SPL, board/sun300iw1p1).
"""

from __future__ import annotations

from sim.boards.model import RegisterBit
from sim.boot.elf_loader import Place, load_elf_image
from sim.boot.requests import Steps, load32, store32
from sim.boot.v821_map import E907_START, V821Map


def boot_e907(places: V821Map, length: int, where: str) -> Steps[int]:
    """Start the E907 from the ELF file of ``length`` bytes in e907_mem_fw; return its entry."""
    yield from _hold(places)
    place = Place(places.firmware.base, length, where)
    entry = yield from load_elf_image(place, places.windows)
    yield from _release(places, entry)
    return entry


def _hold(places: V821Map) -> Steps[None]:
    yield from _set(places, places.clocks["core"], 0)
    yield from _set(places, places.resets["cfg"], 0)
    yield from _set(places, places.resets["sys"], 0)
    yield from _set(places, places.resets["core"], 0)


def _release(places: V821Map, entry: int) -> Steps[None]:
    yield from _set(places, places.resets["cfg"], 1)
    yield from _set(places, places.resets["sys"], 1)
    yield from _set(places, places.clocks["core"], 1)
    yield from store32(places.e907 + E907_START, entry)
    yield from _set(places, places.resets["core"], 1)


def _set(places: V821Map, line: RegisterBit, value: int) -> Steps[None]:
    """Change a reset line or clock gate; a register with a key is written with it, unread."""
    key = places.keys.get(line.address)
    if key is not None:
        yield from store32(line.address, key | value << line.bit)
        return
    present = yield from load32(line.address)
    yield from store32(line.address, present & ~(1 << line.bit) | value << line.bit)
