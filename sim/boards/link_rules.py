# SPDX-License-Identifier: Apache-2.0
"""Rules that an RPMsg link has to keep: shared memory, rings that fit, a remote that can start."""

from __future__ import annotations

from sim.boards.errors import BoardError
from sim.boards.model import Board, MailboxLink, Region, RemoteprocLink, Vrings

VRING_COUNT = 2
RPMSG_HEADER = 16  # bytes of struct rpmsg_hdr before the payload
CHANNELS = 4  # of a message box, in each direction
_RESETS, _CLOCKS = ("cfg", "sys", "core"), ("core",)


def check_link(board: Board) -> None:
    """Raise BoardError at the first rule that the board's link breaks."""
    _ring_numbers(board)
    link = board.rpmsg
    if isinstance(link, MailboxLink):
        _mailbox_is_shared(board, link)
        _fixed_rings_fit(board, link)
    else:
        _carveouts_fit(board, link)
        _carveouts_are_mapped(board, link)
        _remote_can_start(board, link)


def _fail(board: Board, where: str, expected: str, found: str) -> BoardError:
    return BoardError.at(f"{board.source}: {where}", expected, found)


def _ring_numbers(board: Board) -> None:
    rings, path = board.rpmsg.rings, board.rpmsg.path
    for name, value in (("num", rings.num), ("align", rings.align)):
        if value == 0 or value & (value - 1):
            raise _fail(board, f"{path}/ampsim,vring-{name}", "a power of two", str(value))


def _mailbox_is_shared(board: Board, link: MailboxLink) -> None:
    for region in (link.mailbox, link.vrings, link.buffers):
        if not link.shared.contains(region.base, region.size):
            expected = f"a region inside {link.shared} of {link.shared.path}"
            raise _fail(board, region.path, expected, str(region))
    if link.rtos_hart != board.rtos.boot_hart:
        expected = f"the boot hart of the RTOS domain, {board.rtos.boot_hart}"
        raise _fail(board, f"{link.path}/rtos-hart-id", expected, str(link.rtos_hart))


def _fixed_rings_fit(board: Board, link: MailboxLink) -> None:
    rings = link.rings
    needed = VRING_COUNT * ring_bytes(rings)
    _holds(board, link.vrings, needed, f"{VRING_COUNT} rings of {rings.num}")
    _buffers_fit(board, link.buffers, rings)


def _carveouts_fit(board: Board, link: RemoteprocLink) -> None:
    for name in ("vdev0vring0", "vdev0vring1"):
        region = link.carveouts[name]
        _holds(board, region, ring_bytes(link.rings), f"a ring of {link.rings.num}")
    _buffers_fit(board, link.carveouts["vdev0buffer"], link.rings)
    code = link.carveouts["rv_ddr_reserved"]
    for region in (board.rtos.next_region, board.heap):
        if not code.contains(region.base, region.size):
            expected = f"a region inside {code} of {code.path}"
            raise _fail(board, region.path, expected, str(region))


def _buffers_fit(board: Board, region: Region, rings: Vrings) -> None:
    count = VRING_COUNT * rings.num
    _holds(board, region, count * (rings.payload + RPMSG_HEADER), f"{count} buffers")


def _holds(board: Board, region: Region, needed: int, what: str) -> None:
    if needed > region.size:
        raise _fail(board, region.path, f"0x{needed:x} bytes for {what}", f"0x{region.size:x}")


def _carveouts_are_mapped(board: Board, link: RemoteprocLink) -> None:
    """Each carveout has a device address: it lies in one of the (da, len, pa) triples."""
    where = f"{link.path}/memory-mappings"
    numbers = link.device.properties.get("memory-mappings")
    if not isinstance(numbers, tuple) or len(numbers) % 3:
        raise _fail(board, where, "<device-address length physical-address> triples", str(numbers))
    words = [int(number) for number in numbers]
    spans = [Region("", pa, size, where) for size, pa in zip(words[1::3], words[2::3], strict=True)]
    for region in link.carveouts.values():
        if not any(span.contains(region.base, region.size) for span in spans):
            raise _fail(board, where, f"a mapping with {region.path} in it", "none")


def _remote_can_start(board: Board, link: RemoteprocLink) -> None:
    for what, needed, lines in (
        ("reset", _RESETS, link.resets),
        ("clock", _CLOCKS, link.clocks),
    ):
        if not set(needed) <= set(lines):
            where = f"{link.path}/{what}-names"
            raise _fail(board, where, f"the lines {', '.join(needed)}", ", ".join(lines) or "none")
    if link.channel >= CHANNELS:
        expected = f"a channel of 0 to {CHANNELS - 1}"
        raise _fail(board, f"{link.path}/mboxes", expected, str(link.channel))
    blocks = [region for device in board.devices for region in device.regions]
    if link.stop_record % 4 or not any(block.contains(link.stop_record, 4) for block in blocks):
        where = f"{link.path}/stop-record-reg"
        raise _fail(board, where, "a word of a device's registers", f"0x{link.stop_record:x}")


def ring_bytes(rings: Vrings) -> int:
    """Return the bytes that one ring of a link takes."""
    return vring_bytes(rings.num, rings.align, rings.avail_aligned)


def vring_bytes(num: int, align: int, avail_aligned: bool) -> int:
    """Return the bytes one ring takes: descriptors, avail, used, each part rounded up to `align`.

    A standard virtio ring rounds only before the used ring; StarFive's port rounds before the avail
    ring too (`avail_aligned`).
    """
    descriptors = 16 * num
    avail = _up(descriptors, align) if avail_aligned else descriptors
    used = _up(avail + 2 * (3 + num), align)
    return _up(used + 2 * 3 + 8 * num, align)


def _up(value: int, align: int) -> int:
    return (value + align - 1) // align * align
