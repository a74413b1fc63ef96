# SPDX-License-Identifier: Apache-2.0
"""Names of a board's addresses: registers, fields of the rings, buffers, memories."""

from __future__ import annotations

from bisect import bisect_right

from sim.boards.model import Board, Device, MailboxLink, Region, RemoteprocLink
from sim.decode.link import ring_shapes
from sim.life.message import HEADER_BYTES, Ring
from sim.referee.mailbox import WORDS
from sim.referee.ring_layout import Field, RingShape
from sim.viewers.rdl_names import register_names

_BLOCKS = {
    "sifive,clint0": ("clint.rdl", "clint"),
    "starfive,jh7110-plic": ("plic.rdl", "plic"),
    "snps,dw-apb-uart": ("uart.rdl", "uart"),
    "ampsim,hart-control": ("hart_control.rdl", "hart_control"),
    "ampsim,access-window": ("mpu.rdl", "mpu"),
    "allwinner,sun300iw1-app-ccu": ("ccu.rdl", "ccu"),
    "allwinner,sunxi-hwspinlock": ("hwspinlock.rdl", "hwspinlock"),
    "allwinner,e907-rproc": ("e907_cfg.rdl", "e907_cfg"),
    "allwinner,sun300iw1-msgbox": ("msgbox.rdl", "msgbox"),
    "ampsim,a27-config": ("a27_cfg.rdl", "a27_cfg"),
    "allwinner,sun300iw1-prcm-ccu": ("rtc_data.rdl", "rtc_data"),
}
"""The register description of a device, by what it is compatible with."""
_PARTS = {
    Field.DESC_ADDR: "desc[{}].addr",
    Field.DESC_LEN: "desc[{}].len",
    Field.DESC_FLAGS: "desc[{}].flags",
    Field.DESC_NEXT: "desc[{}].next",
    Field.AVAIL_FLAGS: "avail.flags",
    Field.AVAIL_IDX: "avail.idx",
    Field.AVAIL_ENTRY: "avail.ring[{}]",
    Field.USED_EVENT: "used_event",
    Field.USED_FLAGS: "used.flags",
    Field.USED_IDX: "used.idx",
    Field.USED_ID: "used.ring[{}].id",
    Field.USED_LEN: "used.ring[{}].len",
    Field.AVAIL_EVENT: "avail_event",
}
"""Names of the fields as struct vring has them (Linux, include/uapi/linux/virtio_ring.h)."""


class AddressNames:
    """The names of a board; ``exact`` holds those of single words, by address.

    A real kernel puts its rings and buffers where it likes: they have names from then on.
    """

    def __init__(self, board: Board) -> None:
        self.exact: dict[int, str] = {}
        self._registers(board)
        link = board.rpmsg
        if isinstance(link, MailboxLink):
            for offset, sender in WORDS.items():
                self.exact[link.mailbox.base + offset] = f"mailbox.{sender.name.lower()}_state"
        for ring, shape in zip(Ring, ring_shapes(board), strict=False):
            self.place_ring(ring, shape)
        self._buffers = 2 * link.rings.num
        self._buffer_bytes = link.rings.payload + HEADER_BYTES
        self._pool = range(0)
        pool = link.carveouts["vdev0buffer"] if isinstance(link, RemoteprocLink) else link.buffers
        if not board.real_linux:
            self.place_buffers(pool)
        # Of two areas with one base the smaller comes later, and is found first.
        self._spans = sorted(self._areas(board, pool), key=lambda area: (area[0], -area[1]))
        self._bases = [base for base, _, _ in self._spans]

    def name(self, address: int) -> str:
        """Return the name of an address: the word's own, or its area's with an offset."""
        exact = self.exact.get(address)
        if exact is not None:
            return exact
        if address in self._pool:
            number, rest = divmod(address - self._pool.start, self._buffer_bytes)
            return f"buffer[{number}]+0x{rest:x}"
        place = bisect_right(self._bases, address) - 1
        while place >= 0:
            base, size, name = self._spans[place]
            if base <= address < base + size:
                return f"{name}+0x{address - base:x}"
            place -= 1
        return f"0x{address:08x}"

    def place_ring(self, ring: Ring, shape: RingShape) -> None:
        """Name the fields of a ring that lies there from now on."""
        for address, (field, index, _) in shape.fields().items():
            self.exact[address] = f"vring{ring:d}.{_PARTS[field].format(index)}"

    def place_buffers(self, pool: Region) -> None:
        """Name all buffers, as many as fit in there, from now on."""
        count = min(self._buffers, pool.size // self._buffer_bytes)
        self._pool = range(pool.base, pool.base + count * self._buffer_bytes)

    def _registers(self, board: Board) -> None:
        for device in board.devices:
            for compatible in device.compatible:
                if compatible in _BLOCKS:
                    names = register_names(*_BLOCKS[compatible])
                    for region in device.regions:
                        block = _block_name(board, device, region)
                        for offset, name in names.items():
                            self.exact[region.base + offset] = f"{block}.{name}"

    @staticmethod
    def _areas(board: Board, pool: Region) -> list[tuple[int, int, str]]:
        """Return (base, size, name) of memories and devices."""
        regions = [*board.memory, *board.reserved, pool]
        devices = [region for device in board.devices for region in device.regions]
        return [(region.base, region.size, region.name) for region in (*regions, *devices)]


def _block_name(board: Board, device: Device, region: Region) -> str:
    """Return a register block's name; a message box is called after the side that reads it."""
    link = board.rpmsg
    if isinstance(link, RemoteprocLink) and device.name == link.msgbox.device.name:
        return f"{device.name}_{'linux' if region == link.msgbox.linux else 'rtos'}"
    return device.name
