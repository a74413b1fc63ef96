# SPDX-License-Identifier: Apache-2.0
"""Rings as bytes, and the bytes that Linux has to lay there for its first messages, by its source.

A dump has a line for each descriptor and for either ring of indices. The one thing replaced in it
is the address of a buffer, whose place is each transport's own: all dumps have them where the
golden dumps of :func:`expected` have theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import pack, unpack_from

from sim.conformance.ring_map import BUFFER_BYTES, RINGS, RingMap
from sim.referee.ring_layout import F_WRITE, RingShape

POOL = 0x4001_0000
"""Where dumps have the first buffer."""
_DESCRIPTOR = "<QIHH"
_BYTES = 16

Read = Callable[[int, int], bytes]


def dump(ring_map: RingMap, read: Read) -> list[str]:
    """Return both rings as ``read(address, length)`` finds them."""
    parts = []
    for shape in ring_map.shapes:
        table = b"".join(_moved(ring_map, raw) for raw in _descriptors(shape, read))
        avail = read(shape.avail, 4 + 2 * shape.num + 2)
        used = read(shape.used, 4 + 8 * shape.num)
        parts.append((table, avail, used))
    return _lines(parts)


def _descriptors(shape: RingShape, read: Read) -> list[bytes]:
    return [read(shape.base + _BYTES * i, _BYTES) for i in range(shape.num)]


def _moved(ring_map: RingMap, raw: bytes) -> bytes:
    (address,) = unpack_from("<Q", raw)
    if not address:
        return raw
    return pack("<Q", POOL + address + ring_map.offset - ring_map.pool) + raw[8:]


def expected(num: int, returned: int = 0, sent: int = 0) -> list[str]:
    """Return the dump of rings of ``num`` once Linux has offered its buffers (rpmsg_probe()).

    ``returned`` messages have come in since, each in a buffer that was offered again at once, and
    with ``sent`` Linux has sent its first message, of so many bytes, which is still under way.
    """
    receive = [
        # detach_buf_split(): what comes back to an empty free list is its end, so its link is 0.
        pack(
            _DESCRIPTOR,
            POOL + BUFFER_BYTES * i,
            BUFFER_BYTES,
            F_WRITE,
            0 if i < returned else (i + 1) % num,
        )
        for i in range(num)
    ]
    entries = b"".join(pack("<H", i) for i in range(num))
    avail = pack("<HH", 0, num + returned) + entries + pack("<H", returned)
    elements = [pack("<II", i, BUFFER_BYTES) if i < returned else bytes(8) for i in range(num)]
    used = pack("<HH", 0, returned) + b"".join(elements)
    send = bytearray(_BYTES * num)
    if sent:
        # The free list of a fresh ring is 0, 1, 2 ...; its links are never cleared.
        send[:_BYTES] = pack(_DESCRIPTOR, POOL + BUFFER_BYTES * num, sent, 0, 1 % num)
    # VRING_AVAIL_F_NO_INTERRUPT: virtqueue_disable_cb() for the ring that sends.
    offered = pack("<HH", 1, bool(sent)) + bytes(2 * num + 2)
    return _lines([(b"".join(receive), avail, used), (bytes(send), offered, bytes(4 + 8 * num))])


def _lines(parts: list[tuple[bytes, bytes, bytes]]) -> list[str]:
    lines = []
    for name, (table, avail, used) in zip(RINGS, parts, strict=True):
        for at in range(0, len(table), _BYTES):
            lines.append(f"{name} desc[{at // _BYTES}]: {table[at : at + _BYTES].hex(' ')}")
        lines += [f"{name} avail: {avail.hex(' ')}", f"{name} used: {used.hex(' ')}"]
    return lines
