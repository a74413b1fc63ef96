# SPDX-License-Identifier: Apache-2.0
"""V821's first two stages, on the E907: the BROM finds a medium, E907_BOOT lets the A27 go."""

from __future__ import annotations

from sim.boot import certificate
from sim.boot.boot_head import HEAD_BYTES, image_sum, parse_head
from sim.boot.code import find_code
from sim.boot.log import BootLog
from sim.boot.requests import Steps, change32, load32, read, sleep_for_ever, store32, write
from sim.boot.storage import Kind, Medium, Storage
from sim.boot.v821_images import BOOT0_OFFSET, E907_BOOT_BYTES, NAMES
from sim.boot.v821_map import (
    A27_POWER_ENABLE,
    A27_START,
    A27_WFI_MODE,
    AON_A27_CLOCK,
    AON_E907_CLOCK,
    AON_POWER,
    CCU_A27_TIMER_CLOCK,
    CCU_GATES,
    CCU_RESETS,
    CLOCK_ENABLE,
    GATES_CONFIG_MSGBOX,
    GATES_DIVIDER_2,
    GATES_DIVIDER_MASK,
    RESET_A27,
    RESETS_CONFIG_MSGBOX,
    V821Map,
)
from sim.core import Hart, Software
from sim.firmware.errors import BootError

_MEDIUM_AT = 40  # platform[0] of the head: the BROM leaves there which medium it was
_MEDIA = tuple(Kind)


def medium_of(places: V821Map, storage: Storage) -> Steps[Medium]:
    """Return the medium that the BROM has booted from, as it stands in the head in SRAM."""
    number = yield from load32(places.sram.base + _MEDIUM_AT)
    if number >= len(_MEDIA) or _MEDIA[number] not in storage.media:
        expected = f"the number of a medium that is there, below {len(_MEDIA)}"
        where = f"boot head at 0x{places.sram.base:08x}"
        raise BootError.at(where, expected, str(number))
    return storage.media[_MEDIA[number]]


class Brom:
    """The code in ROM and what it loads for the E907."""

    def __init__(self, places: V821Map, storage: Storage, log: BootLog) -> None:
        self._places = places
        self._storage = storage
        self._log = log

    def run(self, hart: Hart) -> Software:
        """Return the E907's software from reset on; it ends asleep, until it is reset."""
        say = self._log.of(hart, "brom")
        failure: BootError | None = None
        for kind in Kind:
            medium = self._storage.media.get(kind)
            if medium is None:
                say(f"{kind}: no medium")
                continue
            try:
                yield from self._load(medium)
            except BootError as error:
                say(str(error))
                failure = error
                continue
            say(f"{kind}: {'signed ' if self._storage.secure else ''}boot image loaded")
            yield from store32(self._places.sram.base + _MEDIUM_AT, _MEDIA.index(kind))
            yield from self._e907_boot(hart)
            return
        order = ", ".join(Kind)
        raise failure or BootError.at("brom", f"a medium among {order}", "none")

    def _load(self, medium: Medium) -> Steps[None]:
        """Bring the boot image into SRAM and check what has arrived there."""
        where = f"brom: {NAMES.boot0 if self._storage.secure else 'boot0'} on {medium.kind}"
        base, room = self._places.sram.base, self._places.sram.size
        at = BOOT0_OFFSET[medium.kind]
        if self._storage.secure:
            yield from self._load_signed(medium, at, where)
            return
        head = parse_head(medium.read(at, HEAD_BYTES))
        if head is None:
            raise BootError.at(where, "a head with magic eGON.BT0", "none")
        if not HEAD_BYTES < head.length <= room:
            raise BootError.at(where, f"an image of at most {room} bytes", str(head.length))
        yield from write(base, medium.read(at, head.length))
        found = image_sum((yield from read(base, head.length)))
        if found != head.check_sum:
            raise BootError.at(where, f"check sum {head.check_sum:08x}", f"{found:08x}")

    def _load_signed(self, medium: Medium, at: int, where: str) -> Steps[None]:
        base, block = self._places.sram.base, certificate.BLOCK
        room = self._places.sram.size - block
        yield from write(base + room, medium.read(at, block))
        raw = yield from read(base + room, block)
        signed = certificate.parse(raw, where, room)
        yield from write(base, medium.read(at + block, signed.length))
        image = yield from read(base, signed.length)
        certificate.verify(signed, image, NAMES.boot0, self._storage.rotpk, where)

    def _e907_boot(self, hart: Hart) -> Steps[None]:
        """Do what the code behind the head does: start the A27 at BOOT0, then sleep lightly."""
        places, pc = self._places, self._places.sram.base + HEAD_BYTES
        name = yield from find_code(pc, E907_BOOT_BYTES, "e907_boot")
        say = self._log.of(hart, name)
        yield from self._aon(AON_POWER, A27_POWER_ENABLE, keep=True)
        yield from self._aon(AON_A27_CLOCK, CLOCK_ENABLE)
        yield from store32(places.ccu + CCU_A27_TIMER_CLOCK, CLOCK_ENABLE)
        gates = GATES_DIVIDER_2 | GATES_CONFIG_MSGBOX
        yield from change32(places.ccu + CCU_GATES, GATES_DIVIDER_MASK, gates)
        yield from self._aon(AON_E907_CLOCK, 0)
        yield from change32(places.ccu + CCU_RESETS, 0, RESETS_CONFIG_MSGBOX)
        yield from store32(places.a27 + A27_START, pc + E907_BOOT_BYTES)
        yield from store32(places.a27 + A27_WFI_MODE, 0)
        while not (yield from load32(places.a27 + A27_START)):
            pass
        yield from change32(places.ccu + CCU_RESETS, 0, RESET_A27)
        say(f"A27 released at 0x{pc + E907_BOOT_BYTES:08x}, light sleep")
        yield from sleep_for_ever()

    def _aon(self, address: int, value: int, keep: bool = False) -> Steps[None]:
        """Write an always-on register, where the bench's SoC has it."""
        if self._places.simulated(address):
            yield from change32(address, 0 if keep else 0xFFFFFFFF, value)
