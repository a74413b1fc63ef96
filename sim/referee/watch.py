# SPDX-License-Identifier: Apache-2.0
"""Who looks at an access: single fields by side, address and size, the rest of memory by its page.

Most accesses are to a field in its own size, so one look into a dict decides. Anything else (a
block, a byte of a word) goes to who has the page.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.referee.side import Side

PAGE_BITS = 12

OnField = Callable[[int, int], None]
"""Takes the number that the field was registered with and the value that was loaded or stored."""
OnMemory = Callable[[Side, bool, int, bytes], None]
"""Takes an access: whose, whether a write, address, data."""


def _nothing(_number: int, _value: int) -> None:
    """Take no notice."""


POLLED = (_nothing, 0)
"""Stands where an access to a field tells nothing: whoever polls it costs little."""


Wanted = frozenset[tuple[Side, bool]]
"""Accesses that matter: whose, and whether writes."""
ALL: Wanted = frozenset((side, write) for side in Side for write in (False, True))
FIELDS_ONLY: Wanted = frozenset()


def field_key(address: int, size: int) -> int:
    """Return what a field of 1 to 8 bytes stands under in :attr:`Watch.fields`."""
    return address << 4 | size


class Watch:
    """The register of all who look: `fields[side][write]` by :func:`field_key`, `pages` by number.

    `regions` is what the pages were registered for. `changes` counts up when something is added or
    taken away, for those who keep an extract.
    """

    def __init__(self) -> None:
        self.fields: dict[Side, tuple[dict[int, tuple[OnField, int]], ...]] = {
            side: ({}, {}) for side in Side
        }
        self.pages: dict[int, OnMemory] = {}
        self.regions: list[tuple[range, Wanted]] = []
        self.changes = 0

    def field(
        self, side: Side, write: bool, address: int, size: int, look: tuple[OnField, int]
    ) -> None:
        """Show loads or stores of a side to the function in `look`, with the number beside it."""
        self.changes += 1
        self.fields[side][write][field_key(address, size)] = look

    def forget(self, address: int, size: int) -> None:
        """Show a field to nobody."""
        self.changes += 1
        for tables in self.fields.values():
            for table in tables:
                table.pop(field_key(address, size), None)

    def memory(self, region: range, look: OnMemory, wanted: Wanted = ALL) -> None:
        """Show `look` what is done to the pages of a region and is no access to a field.

        `wanted` says which accesses matter there. Others may be shown as well.
        """
        self.changes += 1
        self.regions.append((region, wanted))
        for page in range(region.start >> PAGE_BITS, (region.stop - 1 >> PAGE_BITS) + 1):
            self.pages[page] = look
