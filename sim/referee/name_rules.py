# SPDX-License-Identifier: Apache-2.0
"""The rulebook of the name service (endpoint 53)."""

from __future__ import annotations

from sim.referee.rule import Severity, chapter

rule = chapter("name")

LENGTH = rule(
    "length",
    "Linux rpmsg_ns.c: 'malformed ns msg (%d)'",
    "a name service message has 40 bytes",
)
UNTERMINATED = rule(
    "unterminated",
    "Linux rpmsg_ns.c forces byte 31 to 0",
    "a service's name ends with a NUL inside its 32 bytes",
)
EMPTY = rule("empty", "Linux rpmsg_core.c matches by name", "a service has a name")
FLAGS = rule(
    "flags",
    "Linux include/linux/rpmsg/ns.h: RPMSG_NS_CREATE 0, RPMSG_NS_DESTROY 1",
    "the flags of a name service message are 0 or 1",
)
DUPLICATE = rule(
    "exists",
    "Linux virtio_rpmsg_bus.c: 'channel %s:%x:%x already exist'",
    "a service is announced once at one address",
)
ADDRESS_IN_USE = rule(
    "address-in-use",
    "RPMsg: an endpoint's address is unique on its side",
    "two services that exist do not have the same address",
)
UNKNOWN = rule(
    "unknown",
    "Linux rpmsg_ns.c: 'rpmsg_destroy_channel failed: -22'",
    "a service that is destroyed was announced",
)
ADDRESS = rule(
    "address",
    "Linux: sending to RPMSG_ADDR_ANY fails; 53 is the name service's own",
    "a service's address is neither RPMSG_ADDR_ANY nor 53",
)
SOURCE = rule(
    "source",
    "rpmsg-lite rpmsg_ns.c: an endpoint announces itself",
    "an announcement comes from the endpoint that it announces",
    Severity.WARNING,
)
NOT_NEGOTIATED = rule(
    "not-negotiated",
    "Linux virtio_rpmsg_bus.c: without VIRTIO_RPMSG_F_NS there is no endpoint 53",
    "name service messages are sent where VIRTIO_RPMSG_F_NS was negotiated",
)
