# SPDX-License-Identifier: Apache-2.0
"""Which section of a firmware goes where, on each of the platforms.

StarFive: code and heap; Linux reads no resource table there (rings and features come from the
devicetree). Sunxi: from the top of the code region downwards the trace buffer and a page with
``.resource_table`` and ``.version_table``, so that a larger app moves neither; the heap follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.firmware.elf import PF_R, PF_W, PF_X, Elf, Section, Segment
from sim.firmware.elf_writer import PAGE
from sim.firmware.errors import FirmwareError
from sim.firmware.resource_table import (
    ANY,
    FEATURE_NS,
    VIRTIO_ID_RPMSG,
    Carveout,
    Trace,
    Vdev,
    Vring,
    pack_table,
)

# The vendor's table: rsc_tab.c and rsc_tab.h of sun300iw1, defconfig of perf2 (facts 5.4). Linux
# replaces the notify ids and fills in the addresses before the core starts.
TRACE_BYTES = 0x1000  # CONFIG_AMP_TRACE_BUF_SIZE
_BUFFER_BYTES = 0x40000
_VDEV_NOTIFY_ID = 0
_VRING_NOTIFY_IDS = (1, 2)
_RELEASE = "ampsim-0.1.0"


class Part(NamedTuple):
    """A range of the RTOS's memory: address and length in bytes."""

    base: int
    size: int


class Layout:
    """Where a board's firmware has its parts; ``board`` is what views.rtos_board returns."""

    def __init__(self, board: Mapping[str, Any]) -> None:
        self._board = board
        self._sunxi = board["rpmsg"].get("platform") == "sunxi"
        self.bits = 32 if self._sunxi else 64
        code = Part(board["code"]["base"], board["code"]["size"])
        self.heap = Part(board["heap"]["base"], board["heap"]["size"])
        top = code.base + code.size
        self.trace = Part(top - TRACE_BYTES, TRACE_BYTES)
        self.data = Part(self.trace.base - PAGE, PAGE)
        self.code = Part(code.base, self.data.base - code.base) if self._sunxi else code

    def additions(self) -> dict[str, Any]:
        """Return what the packed board description says of the layout."""
        if not self._sunxi:
            return {}
        rpmsg = {**self._board["rpmsg"], "resource_table": self.data.base}
        return {"rpmsg": rpmsg, "trace": {"base": self.trace.base, "size": self.trace.size}}

    def elf(self, code: bytes) -> Elf:
        """Return the executable around ``code``, the boot header with its archive."""
        self._check_size(code)
        text = Segment("text", self.code.base, code, len(code), PF_R | PF_X)
        if not self._sunxi:
            heap = Segment("heap", self.heap.base, b"", self.heap.size, PF_R | PF_W)
            return Elf(self.code.base, (text, heap), self.bits)
        return Elf(self.code.base, (text, self._tables(), *self._reserved()), self.bits)

    def _check_size(self, code: bytes) -> None:
        if len(code) > self.code.size:
            where = f"RTOS code region at 0x{self.code.base:x}"
            expected = f"an image of at most {self.code.size} bytes"
            raise FirmwareError.at(where, expected, f"{len(code)}")

    def _tables(self) -> Segment:
        table, version = self._resource_table(), self._version()
        at = len(table) + -len(table) % 8
        data = table.ljust(at, b"\0") + version
        sections = (
            Section("resource_table", 0, len(table)),
            Section("version_table", at, len(version)),
        )
        return Segment("data", self.data.base, data, len(data), PF_R | PF_W, sections)

    def _resource_table(self) -> bytes:
        rpmsg = self._board["rpmsg"]
        align, num = rpmsg.get("vring_align", 4096), rpmsg.get("vring_num", 128)
        vrings = tuple(Vring(ANY, align, num, number) for number in _VRING_NOTIFY_IDS)
        return pack_table(
            [
                Carveout("vdev0buffer", _BUFFER_BYTES),
                Vdev(VIRTIO_ID_RPMSG, _VDEV_NOTIFY_ID, FEATURE_NS, vrings),
                Trace("log", self.trace.base, self.trace.size),
            ]
        )

    def _version(self) -> bytes:
        """Return the text that Linux prints after "firmware version: " (rtos_version_msg)."""
        date = self._board.get("build_date", "unknown")
        return f"UTS - {_RELEASE}\nCompile Time - {date}\0".encode()

    def _reserved(self) -> tuple[Segment, ...]:
        """Return what has no bytes in the file; neighbours are one segment."""
        trace, heap = self.trace, self.heap
        whole = heap.base + heap.size - trace.base
        if trace.base + trace.size == heap.base:
            parts = Section("trace", 0, trace.size), Section("heap", trace.size, heap.size)
            return (Segment("bss", trace.base, b"", whole, PF_R | PF_W, parts),)
        return (
            Segment("trace", trace.base, b"", trace.size, PF_R | PF_W),
            Segment("heap", heap.base, b"", heap.size, PF_R | PF_W),
        )
