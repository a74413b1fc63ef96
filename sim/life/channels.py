# SPDX-License-Identifier: Apache-2.0
"""Names of channels, learnt from the name-service messages that pass."""

from __future__ import annotations

from sim.life.message import NAME_SERVICE, Message, Ring

NAME_BYTES = 32
_NS_BYTES = NAME_BYTES + 8
NAME_SERVICE_CHANNEL = "name service"


class Channels:
    """Endpoint addresses of either side and the names they were announced with."""

    def __init__(self) -> None:
        self._names: tuple[dict[int, str], dict[int, str]] = ({}, {})

    def name(self, message: Message) -> None:
        """Set the message's channel; learn from it if it is an announcement."""
        payload = message.payload
        if message.dst == NAME_SERVICE and len(payload) >= _NS_BYTES:
            name = payload[:NAME_BYTES].split(b"\0")[0].decode("ascii", "replace")
            address = int.from_bytes(payload[NAME_BYTES : NAME_BYTES + 4], "little")
            self._names[message.ring][address] = name
            message.channel = NAME_SERVICE_CHANNEL
            return
        # Addresses of one side are those that its own messages have announced.
        own, other = self._names[message.ring], self._names[1 - message.ring]
        message.channel = own.get(message.src) or other.get(message.dst) or ""


def is_announcement(message: Message) -> bool:
    """Tell whether this is a name-service message."""
    return message.channel == NAME_SERVICE_CHANNEL


def direction(message: Message) -> str:
    """Return who sends, as the capture's interfaces are called."""
    return "rtos" if message.ring is Ring.TO_LINUX else "linux"
