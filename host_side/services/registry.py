# SPDX-License-Identifier: Apache-2.0
"""Calls of services by name: the caller does not know on which core a service runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from host_side.services.errors import NoFunction, NoService, ServerDead, ServiceFailed
from host_side.services.layout import DATA_MAX, NAME_SIZE

TIMEOUT_MS = 1000
"""How long a call may take unless the caller says otherwise."""

Function = Callable[[bytes], Awaitable[bytes]]
"""One function of a service; ValueError means that it failed."""


class RemoteServer(Protocol):
    """The other core's services."""

    async def call(self, name: str, function: int, data: bytes, timeout_ms: int) -> bytes:
        """As ``Services.call``."""


class Services:
    """Services of this core by name; every other name is looked for on the other core."""

    def __init__(self) -> None:
        self._local: dict[str, tuple[Function, ...]] = {}
        self.remote: RemoteServer | None = None
        """The link to the other core while there is one."""

    def register(self, name: str, functions: Sequence[Function]) -> None:
        """Offer a service; ValueError for a name that is too long, not ASCII, or taken."""
        if not 0 < len(name) <= NAME_SIZE or not name.isascii():
            limit = f"expected 1 to {NAME_SIZE} ASCII characters"
            raise ValueError(f"service name: {limit}, found {name!r}")
        if name in self._local:
            raise ValueError(f"service {name!r} is registered already")
        self._local[name] = tuple(functions)

    def unregister(self, name: str) -> None:
        """Take a service back; KeyError when it is not offered."""
        del self._local[name]

    def names(self) -> list[str]:
        """Services of this core, sorted."""
        return sorted(self._local)

    async def call(
        self, name: str, function: int, data: bytes, timeout_ms: int = TIMEOUT_MS
    ) -> bytes:
        """The answer of a function, here or there; a ServiceError says what went wrong.

        ValueError for data or a name that no message holds. A local call has no time-out.
        """
        if len(data) > DATA_MAX:
            raise ValueError(f"call of {name}: at most {DATA_MAX} bytes, found {len(data)}")
        if name in self._local:
            return await self.call_local(name, function, data)
        if not 0 < len(name) <= NAME_SIZE or not name.isascii():
            raise NoService(name, function)
        if self.remote is None:
            raise ServerDead(name, function)
        return await self.remote.call(name, function, data, timeout_ms)

    async def call_local(self, name: str, function: int, data: bytes) -> bytes:
        """What a server does: carry out a function of a service of this core."""
        functions = self._local.get(name)
        if functions is None:
            raise NoService(name, function)
        if not 0 <= function < len(functions):
            raise NoFunction(name, function)
        try:
            result = await functions[function](data)
        except ValueError:
            raise ServiceFailed(name, function) from None
        if len(result) > DATA_MAX:
            raise ServiceFailed(name, function)
        return result
