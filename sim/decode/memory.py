# SPDX-License-Identifier: Apache-2.0
"""What is known of some memory: bytes that were seen on the bus, written or read."""

from __future__ import annotations

from collections.abc import Iterable


class Memory:
    """Regions of (base, size); a byte is unknown until an access has shown it."""

    def __init__(self, regions: Iterable[tuple[int, int]]) -> None:
        self._regions = [(base, bytearray(size), bytearray(size)) for base, size in regions]

    def learn(self, address: int, data: bytes | None, length: int) -> None:
        """Take the bytes of an access; without ``data`` they are unknown from now on."""
        for base, content, known in self._regions:
            first, last = max(address, base), min(address + length, base + len(content))
            if first < last:
                span = slice(first - base, last - base)
                known[span] = (b"\1" if data is not None else b"\0") * (last - first)
                if data is not None:
                    content[span] = data[first - address : last - address]

    def read(self, address: int, length: int) -> tuple[bytearray, bytearray]:
        """Return the bytes from ``address``, and for each 1 when it is known."""
        for base, content, known in self._regions:
            if base <= address and address + length <= base + len(content):
                span = slice(address - base, address - base + length)
                return content[span], known[span]
        return bytearray(length), bytearray(length)

    def integer(self, address: int, length: int) -> int | None:
        """Return a little-endian number, None when a byte of it is unknown."""
        content, known = self.read(address, length)
        return int.from_bytes(content, "little") if all(known) else None
