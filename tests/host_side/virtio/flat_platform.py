# SPDX-License-Identifier: Apache-2.0
"""A platform without time: requests are carried out at once on a flat memory."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from host_side.kernel.requests import LOAD, READ, SERIES, STORE, HartBus


class FlatPlatform:
    """Memory from ``base`` on; ``accesses`` lists (operation, address, value)."""

    def __init__(self, base: int, size: int) -> None:
        self.bus = HartBus()
        self.base = base
        self.memory = bytearray(size)
        self.accesses: list[tuple[str, int, int]] = []
        self.log: list[str] = []

    def printk(self, prefix: str, text: str, level: int = 6) -> None:
        self.log.append(f"{prefix}: {text}")

    def run(self, work: Awaitable[Any]) -> Any:
        """Drive an awaitable to its end; its result."""

        async def wait_for_it() -> Any:
            return await work

        steps = wait_for_it()
        reply: Any = None
        while True:
            try:
                request = steps.send(reply)
            except StopIteration as stop:
                return stop.value
            reply = self._execute(request)

    def _execute(self, request: Any) -> Any:
        if request[0] == SERIES:
            return [self._execute(one) for one in request[1]]
        operation, address, what = request[:3]
        offset = address - self.base
        if operation == LOAD:
            value = int.from_bytes(self.memory[offset : offset + what], "little")
            self.accesses.append((f"load{what}", address, value))
            return value
        if operation == STORE:
            self.memory[offset : offset + what] = request[3].to_bytes(what, "little")
            self.accesses.append((f"store{what}", address, request[3]))
            return None
        if operation == READ:
            return bytes(self.memory[offset : offset + what])
        self.memory[offset : offset + len(what)] = what
        return None

    def get(self, address: int, size: int) -> int:
        """What the device reads."""
        offset = address - self.base
        return int.from_bytes(self.memory[offset : offset + size], "little")

    def put(self, address: int, size: int, value: int) -> None:
        """What the device writes."""
        offset = address - self.base
        self.memory[offset : offset + size] = value.to_bytes(size, "little")
