# SPDX-License-Identifier: Apache-2.0
"""Faults in the rings, each by the id of the rule that has to see it."""

from __future__ import annotations

from collections.abc import Callable

from referee_driver import LINUX_ADDRESS, RTOS_ADDRESS, Driver, message

from sim.records import Kind

Fault = Callable[[Driver], None]
PING = message(LINUX_ADDRESS, RTOS_ADDRESS, b"ping")
PONG = message(RTOS_ADDRESS, LINUX_ADDRESS, b"pong")


def offered(flags: int = 0, length: int = 20, address: int | None = None) -> Fault:
    """Linux offers a transmit descriptor like that."""

    def fault(d: Driver) -> None:
        d.linux.write(d.tx, PING)
        d.post(1, 0, d.tx if address is None else address, length, flags)

    return fault


def avail_index(step: int) -> Fault:
    """Linux moves the available index of ring 1 by `step`, with one entry written."""

    def fault(d: Driver) -> None:
        d.linux.write(d.tx, PING)
        d.describe(1, 0, d.tx, len(PING), 0)
        d.entry(1, 0)
        d.avail_index(1, step)

    return fault


def used_element(head: int, length: int = 20, step: int = 1) -> Fault:
    """The RTOS returns descriptor `head` of ring 1 while it has descriptor 0."""

    def fault(d: Driver) -> None:
        d.linux_sends(PING)
        d.take(1, 0)
        d.rtos.read(d.tx, PING)
        d.element(1, head, length)
        d.used_index(1, step)

    return fault


def no_entry(d: Driver) -> None:
    d.linux.write(d.tx, PING)
    d.describe(1, 0, d.tx, len(PING), 0)
    d.avail_index(1)


def far_head(d: Driver) -> None:
    d.entry(1, d.rings[1].num)
    d.avail_index(1)


def offered_twice(d: Driver) -> None:
    d.linux_sends(PING)
    d.entry(1, 0)
    d.avail_index(1)


def changed_in_use(d: Driver) -> None:
    d.linux_sends(PING)
    d.linux.store(d.rings[1].base + 8, 4, 99)


def chain(following: int) -> Fault:
    def fault(d: Driver) -> None:
        desc = d.rings[1].base
        d.linux.write(d.tx, PING)
        d.describe(1, 1, d.tx, len(PING), 1)
        d.describe(1, 0, d.tx, len(PING), 1)
        d.linux.store(desc + 14, 2, following)
        d.linux.store(desc + 16 + 14, 2, 0)
        d.entry(1, 0)
        d.avail_index(1)

    return fault


def outside(d: Driver) -> None:
    offered(address=d.pool - 512)(d)


def overlap(d: Driver) -> None:
    d.linux_sends(PING)
    d.post(1, 1, d.tx, len(PING), 0)


def no_element(d: Driver) -> None:
    d.linux_sends(PING)
    d.take(1, 0)
    d.rtos.read(d.tx, PING)
    d.used_index(1)


def not_taken(d: Driver) -> None:
    d.linux_sends(PING)
    d.rtos.read(d.tx, PING)
    d.give_back(1, 0, 20)


def device_writes_desc(d: Driver) -> None:
    d.rtos.store(d.rings[0].base + 8, 4, 1024)


def driver_writes_used(d: Driver) -> None:
    d.linux.store(d.rings[0].used + 2, 2, 1)


def cleared(d: Driver) -> None:
    d.linux.write(d.rings[0].base, bytes(256))


def early(d: Driver) -> None:
    if not d.mailbox:
        d.linux.store(d.rings[0].base, 8, 0)
        d.feed_reset(Kind.STOP, d.rtos.hart)
        d.probe()
    else:
        d.feed_reset(Kind.STOP, d.rtos.hart)
    d.rtos.store(d.rings[0].used + 4, 4, 0)


def taken_out_of_order(d: Driver) -> None:
    d.linux_sends(PING)
    d.take(1, 0)
    d.rtos.read(d.tx, PING)
    d.take(1, 0, (d.used[1]) & (d.rings[1].num - 1))


def consumed_out_of_order(d: Driver) -> None:
    d.rtos_sends(PONG, d.used[0] & 1)
    slot = (d.used[0]) & (d.rings[0].num - 1)
    d.linux.load(d.rings[0].used + 4 + 8 * slot, 4, 0)


def taken_unpublished(d: Driver) -> None:
    d.take(1, 0)


def consumed_unpublished(d: Driver) -> None:
    slot = d.used[0] & (d.rings[0].num - 1)
    d.linux.load(d.rings[0].used + 4 + 8 * slot, 4, 0)


def flags(part: str) -> Fault:
    def fault(d: Driver) -> None:
        side = d.linux if part == "avail" else d.rtos
        side.store(getattr(d.rings[0], part), 2, 2)

    return fault


RING_FAULTS: dict[str, Fault] = {
    "ring-avail-index-back": avail_index(-1),
    "ring-avail-index-jump": avail_index(200),
    "ring-avail-entry-stale": no_entry,
    "ring-avail-head-range": far_head,
    "ring-avail-head-in-use": offered_twice,
    "ring-desc-changed-in-use": changed_in_use,
    "ring-desc-chain-loop": chain(1),
    "ring-desc-next-range": chain(300),
    "ring-desc-chained": chain(1),
    "ring-desc-indirect": offered(flags=4),
    "ring-desc-flags": offered(flags=8),
    "ring-desc-direction": offered(flags=2),
    "ring-desc-outside-buffers": outside,
    "ring-desc-too-long": offered(length=513),
    "ring-desc-too-short": offered(length=15),
    "ring-desc-overlap": overlap,
    "ring-desc-address-32bit": offered(address=1 << 32),
    "ring-used-index-back": used_element(0, step=-1),
    "ring-used-index-jump": used_element(0, step=3),
    "ring-used-entry-stale": no_element,
    "ring-used-id-range": used_element(500),
    "ring-used-id-not-posted": used_element(1),
    "ring-used-not-taken": not_taken,
    "ring-used-length": used_element(0, length=21),
    "ring-avail-flags": flags("avail"),
    "ring-used-flags": flags("used"),
    "ring-driver-part-written-by-device": device_writes_desc,
    "ring-device-part-written-by-driver": driver_writes_used,
    "ring-cleared-while-live": cleared,
    "ring-device-early": early,
    "ring-device-take-order": taken_out_of_order,
    "ring-driver-take-order": consumed_out_of_order,
    "ring-device-take-unpublished": taken_unpublished,
    "ring-driver-take-unpublished": consumed_unpublished,
    "ring-avail-index-same": lambda d: d.avail_index(0, 0),
}
