# SPDX-License-Identifier: Apache-2.0
"""Alters the accesses of a hart between its software and the core shell: lost or changed stores.

The bus, the RTL and all who watch them never see what was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any

from sim.core import STORE, Hart, Software
from sim.plain_software import plain_software

Request = tuple[Any, ...]


@dataclass
class StoreRule:
    """What happens to the ``nth`` store (0: to every one) into one of ``addresses``.

    ``wanted`` tells by its value whether a store counts. ``change`` gives the value that is written
    in its place, None: nothing is written.
    """

    addresses: Container[int]
    nth: int = 0
    wanted: Callable[[int], bool] = lambda value: True
    change: Callable[[int], int] | None = None
    seen: int = 0

    def apply(self, request: Request) -> Request | None:
        """Return the request that goes out in place of this one, None for none."""
        if request[0] != STORE or request[1] not in self.addresses or not self.wanted(request[3]):
            return request
        self.seen += 1
        if self.nth and self.seen != self.nth:
            return request
        return None if self.change is None else (*request[:3], self.change(request[3]))


def faulty(software: Software, rules: Sequence[StoreRule], hart: Hart) -> Software:
    """Return the software of ``hart`` with stores that meet the rules, whatever it jumps to."""
    software = plain_software(software, hart.lines, hart.mask)
    reply: Any = None
    error: BaseException | None = None
    try:
        while True:
            try:
                request = software.send(reply) if error is None else software.throw(error)
            except StopIteration as stop:
                return stop.value
            reply, error = None, None
            for rule in rules:
                request = None if request is None else rule.apply(request)
            if request is None:
                continue
            try:
                reply = yield request
            except Exception as refused:
                error = refused
    finally:
        software.close()
