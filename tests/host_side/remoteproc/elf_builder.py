# SPDX-License-Identifier: Apache-2.0
"""Firmware files for the tests, written byte by byte: ELF of both classes and resource tables."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack
from typing import NamedTuple

ANY = 0xFFFF_FFFF


class Load(NamedTuple):
    """A PT_LOAD segment; ``memsz`` None: as long as its data."""

    address: int
    data: bytes
    memsz: int | None = None
    kind: int = 1


def carveout(name: bytes, length: int, da: int = ANY, pa: int = ANY, reserved: int = 0) -> bytes:
    return pack("<IIIIII32s", 0, da, pa, length, 7, reserved, name)


def devmem(da: int = 0x1000, pa: int = 0x2000, length: int = 0x100) -> bytes:
    return pack("<IIIIII32s", 1, da, pa, length, 0, 0, b"regs")


def trace(da: int, length: int, name: bytes = b"log", kind: int = 2, reserved: int = 0) -> bytes:
    return pack("<IIII32s", kind, da, length, reserved, name)


def vdev(
    vrings: Sequence[tuple[int, int]] = ((4, 16), (4, 16)),
    features: int = 1,
    config: bytes = b"",
    *,
    das: Sequence[int] | None = None,
    reserved: int = 0,
    status: int = 0,
    device: int = 7,
) -> bytes:
    """``vrings`` as (num, align)."""
    raw = pack("<IIIIII", 3, device, 0, features, 0, len(config))
    raw += pack("<BBH", status, len(vrings), reserved)
    for index, (num, align) in enumerate(vrings):
        raw += pack("<IIIII", das[index] if das else ANY, align, num, index + 1, 0)
    return raw + config


def table(
    *entries: bytes,
    version: int = 1,
    reserved: tuple[int, int] = (0, 0),
    num: int | None = None,
    offsets: Sequence[int] | None = None,
) -> bytes:
    """A resource table of these entries, one after the other."""
    at = 16 + 4 * len(entries)
    found = []
    for entry in entries:
        found.append(at)
        at += len(entry)
    offsets = found if offsets is None else offsets
    header = pack("<IIII", version, len(entries) if num is None else num, *reserved)
    return header + b"".join(pack("<I", offset) for offset in offsets) + b"".join(entries)


def elf(
    loads: Sequence[Load],
    sections: Sequence[tuple[bytes, int, bytes]] = (),
    entry: int = 0,
    bits: int = 32,
    machine: int = 243,
) -> bytes:
    """An executable; ``sections`` as (name, address, content), the content stored on its own."""
    wide = bits == 64
    ehsize, phsize, shsize = (64, 56, 64) if wide else (52, 32, 40)
    names = b"\0" + b"".join(name + b"\0" for name, _, _ in sections) + b".shstrtab\0"
    body = b""
    start = ehsize + phsize * len(loads)
    phdrs = b""
    for load in loads:
        memsz = len(load.data) if load.memsz is None else load.memsz
        offset = start + len(body)
        body += load.data
        if wide:
            phdrs += pack(
                "<IIQQQQQQ", load.kind, 7, offset, 0xDEAD, load.address, len(load.data), memsz, 4
            )
        else:
            phdrs += pack(
                "<IIIIIIII", load.kind, offset, 0xDEAD, load.address, len(load.data), memsz, 7, 4
            )
    shdrs = bytes(shsize)
    layout = "<IIQQQQIIQQ" if wide else "<IIIIIIIIII"
    at = 1
    for name, address, content in sections:
        shdrs += pack(layout, at, 1, 2, address, start + len(body), len(content), 0, 0, 4, 0)
        body += content
        at += len(name) + 1
    shdrs += pack(layout, at, 3, 0, 0, start + len(body), len(names), 0, 0, 1, 0)
    body += names
    shnum = len(sections) + 2
    ident = (b"\x7fELF" + bytes((2 if wide else 1, 1, 1))).ljust(16, b"\0")
    header = pack(
        "<16sHHIQQQIHHHHHH" if wide else "<16sHHIIIIIHHHHHH",
        ident, 2, machine, 1, entry, ehsize, start + len(body), 0, ehsize, phsize, len(loads),
        shsize, shnum, shnum - 1,
    )  # fmt: skip
    return header + phdrs + body + shdrs
