# SPDX-License-Identifier: Apache-2.0
"""Every access of the RTOS to rings and buffers, as text, and those of an echo by rpmsg-lite.

What the RTOS reads is all that it can tell one master from another by.
"""

from __future__ import annotations

from sim.conformance.ring_map import BUFFER_BYTES, RINGS, RingMap
from sim.records import Kind, Record
from sim.referee.ring_layout import Field

KICK = "interrupt"
_WAYS = {Kind.MEMORY_READ: "read", Kind.MEMORY_WRITE: "write"}


class RtosAccesses:
    """Puts observed accesses of the RTOS into words.

    How far Linux is ahead of it is left out of what it reads of an available index: it looks
    whether there is more than it has taken, and the index itself is compared as Linux's. Left out
    are further looks, too, when there was nothing new before: whether two interrupts are close
    enough to become one is a matter of ns.
    """

    def __init__(self, ring_map: RingMap) -> None:
        self._map = ring_map
        self._taken = [0] * len(RINGS)
        self._empty = [False] * len(RINGS)

    def text(self, record: Record) -> str | None:
        """Return what an access does, None where it is to something else than rings and buffers."""
        way = _WAYS.get(record.kind)
        if way is None:
            return None
        field = self._map.fields.get(record.address)
        if field is not None:
            ring, name, number, size = field
            value = int.from_bytes(record.data[:size], "little")
            at = f"{RINGS[ring]} {name.name.lower()}"
            if name == Field.AVAIL_IDX:
                again, self._empty[ring] = self._empty[ring], value == self._taken[ring]
                if not self._empty[ring]:
                    return f"{way} {at}: more"
                return None if again else f"{way} {at}: nothing new"
            if name == Field.AVAIL_ENTRY:
                self._taken[ring] = self._taken[ring] + 1 & 0xFFFF
            return f"{way} {at}[{number}] = {self._shown(name, value)}"
        if record.address not in self._map.pool_span:
            return None
        inside = (record.address - self._map.pool) % BUFFER_BYTES
        return f"{way} {self._map.buffer(record.address - inside)} +{inside}: {record.data.hex()}"

    def _shown(self, name: Field, value: int) -> str:
        return self._map.buffer(value + self._map.offset) if name == Field.DESC_ADDR else str(value)


def expected_echo(num: int, returned: int, source: int, destination: int, data: bytes) -> list[str]:
    """Return rpmsg-lite's accesses for its first echo, through a queue, on rings of ``num``.

    ``returned`` of Linux's receive buffers were used and offered again before. RPMsg-Lite:
    rpmsg_lite_rx_callback(), rpmsg_queue_rx_cb(), rpmsg_queue_recv(), and with
    RL_ALLOW_CONSUMED_BUFFERS_NOTIFICATION rpmsg_lite_release_rx_buffer(), then rpmsg_lite_send().
    """
    length, came = len(data), "tx buffer 0"
    bus = data.ljust(-(-length // 8) * 8, b"\0")
    return [
        "read tx avail_idx: more",
        "read tx avail_entry[0] = 0",
        "read tx desc_addr[0] = tx buffer 0",
        f"read tx desc_len[0] = {16 + length}",
        f"read {came} +4: {_u32(destination)}",
        f"read {came} +12: {_u16(length)}",
        f"read {came} +0: {_u32(source)}",
        f"write {came} +10: {_u16(0)}",
        "read tx avail_idx: nothing new",
        f"read {came} +16: {bus.hex()}",
        f"read {came} +10: {_u16(0)}",
        f"read tx desc_len[0] = {16 + length}",
        *_published("tx", 0, 0, 16 + length),
        *expected_send(num, returned, destination, source, data),
    ]


def expected_send(num: int, returned: int, source: int, destination: int, data: bytes) -> list[str]:
    """Return rpmsg-lite's accesses for a message of its own (rpmsg_lite_format_message())."""
    slot = returned % num
    goes = f"rx buffer {slot}"
    return [
        "read rx avail_idx: more",
        f"read rx avail_entry[{slot}] = {slot}",
        f"read rx desc_addr[{slot}] = {goes}",
        f"read rx desc_len[{slot}] = {BUFFER_BYTES}",
        f"write {goes} +4: {_u32(destination)}",
        f"write {goes} +0: {_u32(source)}",
        f"write {goes} +12: {_u16(len(data))}",
        f"write {goes} +14: {_u16(0)}",
        f"write {goes} +16: {data.hex()}",
        *_published("rx", slot, returned, BUFFER_BYTES),
    ]


def _published(ring: str, slot: int, index: int, length: int) -> list[str]:
    """Return the accesses of virtqueue_add_consumed_buffer(), the look at the flags, the kick."""
    return [
        f"read {ring} used_idx[0] = {index}",
        f"write {ring} used_id[{slot}] = {slot}",
        f"write {ring} used_len[{slot}] = {length}",
        f"read {ring} used_idx[0] = {index}",
        f"write {ring} used_idx[0] = {index + 1}",
        f"read {ring} used_flags[0] = 0",
        KICK,
    ]


def _u16(value: int) -> str:
    return value.to_bytes(2, "little").hex()


def _u32(value: int) -> str:
    return value.to_bytes(4, "little").hex()
