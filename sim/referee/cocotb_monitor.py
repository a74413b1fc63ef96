# SPDX-License-Identifier: Apache-2.0
"""The referee as a component of any cocotb bench: on its own memory bus and interrupt lines.

It drives nothing. docs/referee.md has a whole bench.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge, ValueChange
from cocotb.utils import get_sim_time

from sim.referee.axi_bus import AxiBusWatcher, Burst, Transfer
from sim.referee.message import Message
from sim.referee.referee import Referee
from sim.referee.rule import Severity
from sim.referee.setup import LinkSetup
from sim.referee.violations import Violation

_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING}


class ProtocolError(AssertionError):
    """Rules of severity error have fired; the message has one line for each violation."""


class RefereeMonitor:
    """Follows the link of `setup` on what it is attached to; logs messages and violations.

    Attach it before the first access. `messages` are all that passed, in their order.
    """

    def __init__(self, setup: LinkSetup, name: str = "ampsim.referee") -> None:
        self.log = logging.getLogger(name)
        self.referee = Referee(setup)
        self.messages: list[Message] = []
        self.referee.link.on_message = self._message
        self.referee.report.on_violation = self._violation

    # What it is attached to.

    def axi(
        self,
        scope: Any,
        prefix: str,
        clock: Any,
        *,
        reset: Any = None,
        reset_active_level: bool = False,
        master: int | Callable[[int], int] | None = None,
    ) -> None:
        """Watch the AXI4 or AXI4-Lite bus with pins `<prefix>_awvalid` and so on of `scope`.

        Whose an access is says its AXI ID, or `master`: a number, or a function of the ID. What is
        under way while `reset` is active is forgotten.
        """
        pins = _Pins(scope, prefix)

        def on_access(axi_id: int, write: bool, address: int, data: bytes, response: int) -> None:
            who = master(axi_id) if callable(master) else axi_id if master is None else master
            self.access(_now_ns(), who, write, address, data, response=response)

        watcher = AxiBusWatcher(pins.width, on_access)
        cocotb.start_soon(_watch_bus(pins, watcher, clock, reset, reset_active_level))

    def line(self, name: Hashable, signal: Any, *, active_level: bool = True) -> None:
        """Watch the interrupt line that the set-up calls `name`: a signal of one bit."""
        cocotb.start_soon(self._watch_line(name, signal, active_level))

    async def _watch_line(self, name: Hashable, signal: Any, active_level: bool) -> None:
        level = False
        while True:
            high = bool(_value(signal)) == active_level
            if high != level:
                level = high
                self.referee.line(_now_ns(), name, high)
            await ValueChange(signal)

    def access(
        self,
        time_ns: int,
        master: int,
        write: bool,
        address: int,
        data: bytes,
        *,
        response: int = 0,
    ) -> None:
        """Take an access that another monitor has seen end, on whatever bus."""
        self.referee.bus(time_ns, master, write, address, data, response=response)

    def reset(self, master: int, running: bool) -> None:
        """Tell that a master is held in reset, or leaves it."""
        self.referee.reset(_now_ns(), master, running)

    # What it has found.

    def _message(self, message: Message) -> None:
        self.messages.append(message)
        self.log.info("%s", message)

    def _violation(self, violation: Violation) -> None:
        self.log.log(_LEVELS[violation.rule.severity], "%s", violation)

    @property
    def violations(self) -> list[Violation]:
        """What was found up to now."""
        return self.referee.report.violations

    def finish(self) -> list[Violation]:
        """End the observation here: what is late is a violation as well. -> all violations."""
        self.referee.finish(_now_ns())
        return self.violations

    def check(self) -> None:
        """End the observation; ProtocolError if a rule of severity error has fired."""
        self.finish()
        if self.referee.report.failed:
            raise ProtocolError("\n".join(str(item) for item in self.violations))


def _now_ns() -> int:
    return int(get_sim_time("ns"))


def _value(signal: Any) -> int:
    """Return what a signal says, unknown bits as 0."""
    return int(signal.value.resolve("zeros"))


class _Pins:
    """The pins of a bus; those that AXI4-Lite or a simple master lacks read as their defaults."""

    def __init__(self, scope: Any, prefix: str) -> None:
        self._scope = scope
        self._prefix = prefix
        self._handles: dict[str, Any] = {}
        self.width = len(self._pin("wdata").value) // 8

    def _pin(self, name: str) -> Any:
        if name not in self._handles:
            self._handles[name] = getattr(self._scope, f"{self._prefix}_{name}", None)
        return self._handles[name]

    def read(self, name: str, default: int = 0) -> int:
        """Return the value of a pin."""
        pin = self._pin(name)
        return default if pin is None else _value(pin)

    def handshake(self, channel: str) -> bool:
        """Tell whether a channel hands over something at this edge."""
        return bool(self.read(f"{channel}valid") and self.read(f"{channel}ready"))

    def address(self, channel: str) -> Transfer:
        """Return what an address channel hands over."""
        size = self.read(f"{channel}size", self.width.bit_length() - 1)
        return Transfer(
            axi_id=self.read(f"{channel}id"),
            address=self.read(f"{channel}addr"),
            beats=self.read(f"{channel}len") + 1,
            size=1 << size,
            burst=self.read(f"{channel}burst", Burst.INCR),
        )


async def _watch_bus(
    pins: _Pins, watcher: AxiBusWatcher, clock: Any, reset: Any, reset_active_level: bool
) -> None:
    while True:
        await RisingEdge(clock)
        if reset is not None and bool(_value(reset)) == reset_active_level:
            watcher.reset()
        else:
            _look(pins, watcher)


def _look(pins: _Pins, watcher: AxiBusWatcher) -> None:
    """Take what the five channels hand over at one clock edge."""
    if pins.handshake("aw"):
        watcher.write_address(pins.address("aw"))
    if pins.handshake("w"):
        strobes = pins.read("wstrb", (1 << pins.width) - 1)
        watcher.write_data(pins.read("wdata"), strobes, bool(pins.read("wlast", 1)))
    if pins.handshake("b"):
        watcher.write_response(pins.read("bid"), pins.read("bresp"))
    if pins.handshake("ar"):
        watcher.read_address(pins.address("ar"))
    if pins.handshake("r"):
        last = bool(pins.read("rlast", 1))
        watcher.read_data(pins.read("rid"), pins.read("rdata"), pins.read("rresp"), last)
