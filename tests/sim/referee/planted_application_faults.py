# SPDX-License-Identifier: Apache-2.0
"""Faults between the two applications, by the rule that has to see them."""

from __future__ import annotations

from planted_ring_faults import PING, PONG, Fault
from referee_driver import LINUX_ADDRESS, RTOS_ADDRESS, Driver, message

PAYLOAD = 4
LONG = message(RTOS_ADDRESS, LINUX_ADDRESS, b"a longer pong")


def linux_application_sends(d: Driver, begun: int = PAYLOAD, *, said: int = 1) -> None:
    """Linux's application sends a ping; its library says so `said` times."""
    d.say(d.linux, "msg_begin", 1, begun)
    d.linux_sends(PING)
    for _ in range(said):
        d.say(d.linux, "msg_send", 1, 0)


def rtos_application_gets(d: Driver, length: int = PAYLOAD, *, times: int = 1) -> None:
    """The RTOS's application gets that ping, `times` times."""
    for _ in range(times):
        d.say(d.rtos, "msg_recv", d.tx + 16, length)
    d.rtos_receives(PING)


def rtos_application_sends(d: Driver, content: bytes) -> None:
    """The RTOS's application sends a message, Linux's driver takes it."""
    head = d.used[0] & 1
    d.rtos_sends(content, head)
    d.linux_receives(content, head)


def linux_application_gets(d: Driver, length: int = PAYLOAD) -> None:
    """Linux's application gets the next one."""
    d.say(d.linux, "msg_recv", LINUX_ADDRESS, length)


def clean_applications(d: Driver) -> None:
    """Two messages each way, after the pong of the exchange."""
    linux_application_gets(d)
    for _ in range(2):
        linux_application_sends(d)
        rtos_application_gets(d)
        rtos_application_sends(d, PONG)
        linux_application_gets(d)


def unpublished(d: Driver) -> None:
    clean_applications(d)
    d.say(d.linux, "msg_begin", 1, PAYLOAD)
    d.say(d.linux, "msg_send", 1, 0)


def unsent(d: Driver) -> None:
    clean_applications(d)
    linux_application_sends(d, said=0)
    rtos_application_gets(d)
    d.wait(2)


def length(d: Driver) -> None:
    linux_application_sends(d, PAYLOAD + 1)


def received_length(d: Driver) -> None:
    clean_applications(d)
    rtos_application_sends(d, PONG)
    linux_application_gets(d, PAYLOAD - 1)


def duplicated(d: Driver) -> None:
    linux_application_sends(d)
    rtos_application_gets(d, times=2)


def lost(d: Driver) -> None:
    clean_applications(d)
    rtos_application_sends(d, PONG)
    rtos_application_sends(d, LONG)
    linux_application_gets(d, len(LONG) - 16)
    d.wait(1)


def reordered(d: Driver) -> None:
    lost(d)
    linux_application_gets(d)


APPLICATION_FAULTS: dict[str, Fault] = {
    "application-unpublished": unpublished,
    "application-unsent": unsent,
    "application-length": length,
    "application-received-length": received_length,
    "application-duplicated": duplicated,
    "application-lost": lost,
    "application-reordered": reordered,
}
