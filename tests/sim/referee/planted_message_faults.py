# SPDX-License-Identifier: Apache-2.0
"""Faults in messages, their headers and the name service, by the rule that has to see them."""

from __future__ import annotations

from planted_ring_faults import PING, PONG, Fault
from referee_driver import (
    GFEATURES,
    LINUX_ADDRESS,
    NAME_SERVICE,
    RTOS_ADDRESS,
    Driver,
    announcement,
    message,
)


def sent(content: bytes) -> Fault:
    """Linux sends `content`, the RTOS reads it."""

    def fault(d: Driver) -> None:
        d.linux_sends(content)
        d.rtos_receives(content)

    return fault


def announced(payload: bytes, source: int = RTOS_ADDRESS) -> Fault:
    """The RTOS sends `payload` to the name service."""
    return lambda d: d.announces(payload, source)


def written_by_other(d: Driver) -> None:
    d.linux.store(d.pool, 4, 1)


def after_publish(d: Driver) -> None:
    d.linux_sends(PING)
    d.linux.store(d.tx + 16, 4, 1)


def read_only(d: Driver) -> None:
    d.linux_sends(PING)
    d.rtos.store(d.tx + 16, 4, 1)


def read_by_other(d: Driver) -> None:
    d.linux.read(d.pool, bytes(16))


def incomplete(d: Driver) -> None:
    d.linux.write(d.tx, PING)
    d.post(1, 0, d.tx, len(PING), 0)
    d.rtos_receives(PING)
    d.linux.write(d.tx, PING[:18])
    d.post(1, 0, d.tx, len(PING), 0)


def duplicated(d: Driver) -> None:
    d.linux_sends(PING)
    d.rtos_receives(PING)
    d.post(1, 0, d.tx, len(PING), 0)


def altered(d: Driver) -> None:
    d.linux_sends(PING)
    d.rtos_receives(PING[:-1] + b"!")


def lost(d: Driver) -> None:
    d.linux_sends(PING)
    d.take(1, 0)
    d.give_back(1, 0, len(PING))


def unread(d: Driver) -> None:
    d.linux_sends(PING)
    d.take(1, 0)
    d.rtos.read(d.tx, PING[:16])
    d.give_back(1, 0, len(PING))


def not_taken(d: Driver) -> None:
    d.linux_sends(PING)
    d.wait(101)


def short_used(d: Driver) -> None:
    d.rtos_sends(PONG, d.used[0] & 1, length=15)


def long_header(d: Driver) -> None:
    d.rtos_sends(PONG, d.used[0] & 1, length=19)


def flagged(d: Driver) -> None:
    sent(PING[:14] + b"\1\0" + PING[16:])(d)


def not_negotiated(d: Driver) -> None:
    d.linux.store(GFEATURES, 4, 0)
    d.announces(announcement(b"other", 0x10), 0x10)


def destroyed(d: Driver) -> None:
    d.announces(announcement(flags=1))
    sent(PING)(d)


MESSAGE_FAULTS: dict[str, Fault] = {
    "buffer-written-by-other": written_by_other,
    "buffer-written-after-publish": after_publish,
    "buffer-read-only": read_only,
    "buffer-read-by-other": read_by_other,
    "message-incomplete": incomplete,
    "message-duplicated": duplicated,
    "message-altered": altered,
    "message-lost": lost,
    "message-payload-unread": unread,
    "message-not-taken": not_taken,
    "message-dead-endpoint": destroyed,
    "header-length": long_header,
    "header-reserved": sent(message(LINUX_ADDRESS, RTOS_ADDRESS, b"ping", reserved=1 << 16)),
    "header-flags": flagged,
    "header-address-any": sent(message(LINUX_ADDRESS, 0xFFFFFFFF, b"ping")),
    "header-used-length": short_used,
    "name-length": announced(announcement()[:39]),
    "name-unterminated": announced(announcement(b"n" * 32, 0x10), 0x10),
    "name-empty": announced(announcement(b"", 0x10), 0x10),
    "name-flags": announced(announcement(b"other", 0x10, 2), 0x10),
    "name-exists": announced(announcement()),
    "name-address-in-use": announced(announcement(b"other")),
    "name-unknown": announced(announcement(b"other", 0x10, 1), 0x10),
    "name-address": announced(announcement(b"other", NAME_SERVICE), NAME_SERVICE),
    "name-source": announced(announcement(b"other", 0x10), 0x11),
}

V821_NAME_FAULTS: dict[str, Fault] = {"name-not-negotiated": not_negotiated}
