# SPDX-License-Identifier: Apache-2.0
"""Which endpoints there are on both sides, from name service messages and from sources."""

from __future__ import annotations

from struct import Struct

from sim.referee import message_rules, name_rules
from sim.referee.message import ADDRESS_ANY, Message
from sim.referee.side import Side
from sim.referee.violations import Report

NAME_SERVICE = 53
F_NS = 1
_ANNOUNCEMENT = Struct("<32sII")


class Endpoints:
    """The addresses that a side may send to, and the services that exist."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.clear()

    def clear(self) -> None:
        """A new link: nobody has announced anything."""
        self._known = {Side.LINUX: {NAME_SERVICE}, Side.RTOS: {NAME_SERVICE}}
        self._services: dict[Side, dict[int, str]] = {Side.LINUX: {}, Side.RTOS: {}}

    def service_at(self, side: Side, address: int) -> str | None:
        """Return the name of the service that `side` has announced at an address."""
        return self._services[side].get(address)

    def alive(self, message: Message) -> bool:
        """Tell whether the receiver has the endpoint that a message goes to."""
        return message.destination in self._known[message.sender.other]

    def sent(self, message: Message, features: int | None) -> None:
        """A message was published; `features` is None where nobody can see them."""
        self._known[message.sender].add(message.source)
        if message.destination == NAME_SERVICE:
            self._name_service(message, features)
        elif not self.alive(message) and message.destination != ADDRESS_ANY:
            self._report.add(
                message_rules.DEAD_ENDPOINT,
                message.address + 4,
                f"an endpoint of {message.sender.other.name}",
                f"0x{message.destination:x}",
            )

    def _name_service(self, message: Message, features: int | None) -> None:
        report, at = self._report, message.address
        if features is not None and not features & F_NS:
            report.add(name_rules.NOT_NEGOTIATED, at, "no announcement", "one")
        if message.length != _ANNOUNCEMENT.size:
            found = f"{message.length}"
            report.add(name_rules.LENGTH, at + 12, f"{_ANNOUNCEMENT.size}", found)
            return
        field, address, flags = _ANNOUNCEMENT.unpack(message.payload)
        if b"\0" not in field:
            report.add(name_rules.UNTERMINATED, at + 16, "a NUL in 32 bytes", "none")
        name = field.split(b"\0", 1)[0].decode("latin-1")
        if not name:
            report.add(name_rules.EMPTY, at + 16, "a name", "none")
        if flags > 1:
            report.add(name_rules.FLAGS, at + 52, "0 or 1", f"0x{flags:x}")
        if address in (ADDRESS_ANY, NAME_SERVICE):
            report.add(name_rules.ADDRESS, at + 48, "another address", f"0x{address:x}")
        if flags & 1:
            self._destroyed(message, name, address)
        else:
            self._created(message, name, address)

    def _created(self, message: Message, name: str, address: int) -> None:
        services, report, at = self._services[message.sender], self._report, message.address
        if message.source != address:
            found = f"0x{message.source:x}"
            report.add(name_rules.SOURCE, at, f"0x{address:x}", found)
        existing = services.get(address)
        if existing == name:
            report.add(name_rules.DUPLICATE, at + 16, "a new service", f"{name} again")
        elif existing is not None:
            found = f"0x{address:x} of {existing}"
            report.add(name_rules.ADDRESS_IN_USE, at + 48, f"a free address for {name}", found)
        services[address] = name
        self._known[message.sender].add(address)

    def _destroyed(self, message: Message, name: str, address: int) -> None:
        services = self._services[message.sender]
        if services.get(address) != name:
            found = f"{name} at 0x{address:x}"
            self._report.add(
                name_rules.UNKNOWN, message.address + 16, "a service that exists", found
            )
            return
        del services[address]
        self._known[message.sender].discard(address)
