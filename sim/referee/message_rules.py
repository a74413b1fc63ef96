# SPDX-License-Identifier: Apache-2.0
"""The rulebook of messages: buffers and who owns them, the RPMsg header, end to end."""

from __future__ import annotations

from sim.referee.rule import Severity, chapter

buffer_rule = chapter("buffer")
header_rule = chapter("header")
message_rule = chapter("message")

NOT_OWNER = buffer_rule(
    "written-by-other",
    "VirtIO 1.2, 2.7.13 and 2.7.14",
    "a message buffer is written only by the side that has it",
)
AFTER_PUBLISH = buffer_rule(
    "written-after-publish",
    "VirtIO 1.2, 2.7.13.1 and 2.7.8.2",
    "a message is complete before its buffer is published",
)
DEVICE_READ_ONLY = buffer_rule(
    "read-only",
    "VirtIO 1.2, 2.7.5.2; rpmsg-lite keeps its index in the reserved field",
    "of a buffer to read the device writes nothing but the header's reserved field",
)
READ_BY_OTHER = buffer_rule(
    "read-by-other",
    "VirtIO 1.2, 2.7.14",
    "a message is read only by the side that has its buffer",
)
INCOMPLETE = message_rule(
    "incomplete",
    "VirtIO 1.2, 2.7.13.2 and 2.7.8.2",
    "header and payload have been written when a message is published",
)
STALE = message_rule(
    "duplicated",
    "scoreboard",
    "a buffer is published with a new message, not with the one it had before",
)
ALTERED = message_rule(
    "altered",
    "scoreboard",
    "the receiver reads the bytes that the sender wrote",
)
LOST = message_rule(
    "lost",
    "scoreboard",
    "the receiver reads a message's header before it gives the buffer back",
)
PAYLOAD_UNREAD = message_rule(
    "payload-unread",
    "scoreboard; rpmsg-lite and Linux drop what an endpoint has no room for",
    "the receiver reads all of a message's payload before it gives the buffer back",
    Severity.WARNING,
)
STUCK = message_rule(
    "not-taken",
    "scoreboard",
    "a published message is read within the time that the receiver has",
)
DEAD_ENDPOINT = message_rule(
    "dead-endpoint",
    "Linux virtio_rpmsg_bus.c: 'msg received with no recipient'; rpmsg-lite frees it silently",
    "a message goes to an address that was announced or heard of, and not destroyed since",
)
HEADER_LENGTH = header_rule(
    "length",
    "Linux virtio_rpmsg_bus.c: 'inbound msg too big'; rpmsg-lite does not check",
    "header and payload fit into the length that the ring gives",
)
HEADER_RESERVED = header_rule(
    "reserved",
    "Linux virtio_rpmsg_bus.c: sent as 0; rpmsg-lite leaves a descriptor's index in bytes 10-11",
    "the header's reserved field is 0, or a descriptor's index where the RTOS sends",
)
HEADER_FLAGS = header_rule(
    "flags",
    "Linux virtio_rpmsg_bus.c: struct rpmsg_hdr, sent as 0",
    "the header's flags are 0",
)
HEADER_ANY = header_rule(
    "address-any",
    "Linux virtio_rpmsg_bus.c: 'invalid addr (src 0x%x, dst 0x%x)'",
    "source and destination are addresses, not RPMSG_ADDR_ANY",
)
USED_UNDER_HEADER = header_rule(
    "used-length",
    "Linux virtio_rpmsg_bus.c: below 16 the check of the length underflows",
    "the used length of a message has room for its header",
)
