# SPDX-License-Identifier: Apache-2.0
"""The faults of one run: which accesses of which hart they alter, and which upsets they start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.boards.model import Board, MailboxLink, RemoteprocLink
from sim.core import Hart, Software
from sim.faults.accesses import StoreRule, faulty
from sim.faults.catalog import Fault, checked_fault
from sim.faults.ring_fields import addresses
from sim.hang.places import Msgbox, doorbell_address, ring_shapes

_HART_CONTROL_RUN = 1
# The status byte of a vdev whose driver is ready: ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK.
_WITH_DRIVER_OK = (0x7, 0xF)


class FaultPlan:
    """What ``faults`` do on ``board``."""

    def __init__(self, board: Board, faults: Iterable[Mapping[str, Any]]) -> None:
        self._board = board
        self._faults = [checked_fault(fault, board) for fault in faults]
        self._rules = {side: self._rules_of(side) for side in ("linux", "rtos")}

    def start(self) -> None:
        """Begin with the faults of the RTL: before the first clock."""
        from sim.faults.upsets import start_upset  # it runs inside the simulator only

        for fault in self._faults:
            start_upset(fault, self._board)

    def software(self, hart: Hart, software: Software | None) -> Software | None:
        """Return the software that a hart runs in place of this."""
        side = "rtos" if hart.hart_id == self._board.rtos.boot_hart else "linux"
        rules = self._rules[side]
        return faulty(software, rules, hart) if software is not None and rules else software

    def _rules_of(self, side: str) -> list[StoreRule]:
        return [rule for fault in self._faults for rule in self._rules_for(fault, side)]

    def _rules_for(self, fault: Fault, side: str) -> Iterable[StoreRule]:
        """Yield what a fault does to the stores of a side."""
        board, name = self._board, fault["name"]
        if name in ("dropped-kick", "wrong-id") and side != fault["to"]:
            address = frozenset({doorbell_address(board, fault["to"])})
            change = (lambda _: int(fault["id"])) if name == "wrong-id" else None
            wanted = bool if isinstance(board.rpmsg, MailboxLink) else (lambda _: True)
            yield StoreRule(address, fault["nth"], wanted, change)
        elif name == "unpublished" and side == fault["by"]:
            to_rtos, to_linux = ring_shapes(board)[1], ring_shapes(board)[0]
            index = to_rtos.avail + 2 if side == "linux" else to_linux.used + 2
            yield StoreRule(frozenset({index}), fault["nth"])
        elif name == "altered-store" and side == fault["by"]:
            where = addresses(ring_shapes(board)[fault["ring"]], fault["field"])
            yield StoreRule(where, fault["nth"], change=lambda _: int(fault["value"]))
        elif name == "masked-interrupt" and side == fault["of"]:
            yield self._never_enabled(side, fault["at"])
        elif name == "held-reset":
            yield from self._held(side)
        elif name == "link-down" and side == "linux":
            yield self._no_driver()

    def _never_enabled(self, side: str, where: str) -> StoreRule:
        """Keep the bit of the receive interrupt out of the register that lets it through."""
        link = self._board.rpmsg
        assert isinstance(link, RemoteprocLink)
        box = Msgbox(link, side)
        if where == "msgbox":
            return StoreRule(frozenset({box.read_enable}), change=lambda v: v & ~box.read_bit)
        word, bit = box.plic_enable(self._board)
        return StoreRule(frozenset({word}), change=lambda value: value & ~bit)

    def _held(self, side: str) -> Iterable[StoreRule]:
        """Lose the store that releases the RTOS's hart, whoever makes it."""
        link = self._board.rpmsg
        if isinstance(link, MailboxLink):
            control = self._board.compatible("ampsim,hart-control").region.base
            yield StoreRule(frozenset({control}), wanted=lambda v: bool(v & _HART_CONTROL_RUN))
            return
        reset = link.resets["core"]
        mask = 1 << reset.bit
        yield StoreRule(frozenset({reset.address}), change=lambda value: value & ~mask)

    def _no_driver(self) -> StoreRule:
        """Lose the news of Linux's driver: the first kick, or DRIVER_OK in the resource table."""
        board, link = self._board, self._board.rpmsg
        if isinstance(link, MailboxLink):
            return StoreRule(frozenset({doorbell_address(board, "rtos")}), 1, bool)
        image = link.carveouts["rv_ddr_reserved"]
        return StoreRule(range(image.base, image.end), wanted=lambda v: v in _WITH_DRIVER_OK)
