# SPDX-License-Identifier: Apache-2.0
"""The rulebook of the scoreboard: what one application gave, the other one gets."""

from __future__ import annotations

from sim.referee.rule import chapter

rule = chapter("application")
_SOURCE = "scoreboard: software's word (docs/messages.md) against what was observed"

UNPUBLISHED = rule(
    "unpublished",
    _SOURCE,
    "a message that the sender's library calls sent was published on the ring",
)
UNSENT = rule(
    "unsent",
    _SOURCE,
    "a message that is published was sent by the library, once",
)
LENGTH = rule(
    "length",
    _SOURCE,
    "a message is published with the length that its application gave",
)
RECEIVED_LENGTH = rule(
    "received-length",
    _SOURCE,
    "an application gets a message in its whole length",
)
DUPLICATED = rule(
    "duplicated",
    _SOURCE,
    "an application gets each message once, and none that was not sent",
)
REORDERED = rule(
    "reordered",
    _SOURCE,
    "an endpoint's application gets its messages in the order in which they were published",
)
LOST = rule(
    "lost",
    _SOURCE,
    "an application that gets a message has got those to its endpoint before",
)
