# SPDX-License-Identifier: Apache-2.0
"""A core port with a hart without RTL, whose commands end as a test says."""

from __future__ import annotations

import importlib
import os
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

from sim.build.native import build_extension

EXTENSION_VARIABLE = "AMPSIM_TEST_EXTENSION"  # folder of another build of it

HART = 3
OFF = 0  # command word of a hart that is off
NEW_THREAD = 1 << 48  # of a command: the shell asks for the name
RECORD = struct.Struct("<QI4B2IQ")
PAYLOADS = (19, 21)  # kinds with a payload of their length: THREAD, NAME


def load_extension() -> Any:
    """The core port's extension, or the build of it that a variable names."""
    sys.path.insert(0, os.environ.get(EXTENSION_VARIABLE) or str(build_extension()))
    try:
        return importlib.import_module("_coreport")
    finally:
        sys.path.pop(0)


class Machine:
    """A hart without RTL: each command takes ten clocks; ``levels`` has the lines at its end."""

    def __init__(self, port: Any, library: Any, fault: type[BaseException]) -> None:
        self.port = port
        self.library = library
        self.lines = bytearray(1)
        self.mask = bytearray(1)
        self.watchers: dict[str, Callable[[int, int, int], None]] = {}
        self.program: Any = None
        self.ended: list[Any] = []
        self.stream = bytearray()
        self.records: list[tuple[Any, ...]] = []
        self.clock = 0
        port.configure(
            start=lambda _hart, _address: self.program,
            stop=None,
            exit=lambda _hart, error: self.ended.append(error),
            records=self.stream.extend,
            received=None,
            sent=None,
        )
        port.attach(HART, self.lines, self.mask, fault, self.watchers)

    def run(
        self,
        program: Any,
        levels: list[int],
        refused: set[int],
        look: Callable[[int], None] = lambda count: None,
    ) -> list[int]:
        """Run a program to its end; return the commands. The n-th access of ``refused`` is.

        ``look`` is called with the number of each command, before it ends.
        """
        self.program, self.clock = program, self.clock + 1000
        begin, commands, count = self.clock, [], 0
        self.ended.clear()
        self.set_lines(0)
        self.library.core_port_thread(HART, 0)
        self.port.flush()
        self.stream.clear()
        command = self.library.core_port_start(HART, self.clock, 0)
        while command != OFF:
            commands.append(command)
            if command & NEW_THREAD:
                self.library.core_port_thread(HART, 0)
            self.clock += 10
            look(count)
            if count < len(levels):
                self.set_lines(levels[count])
            waits = command >> 61 & 3 == 2
            if not waits and not command >> 61 & 1:
                byte = count + 1 if count < 100 else 255  # what is polled for comes at last
                for _ in range((command >> 50 & 0xFF) + 1):
                    self.library.core_port_rbeat(HART, byte * 0x0101_0101_0101_0101)
            response = 2 if not waits and count in refused else 0
            left = self.lines[0] and 3
            command = self.library.core_port_done(HART, self.clock, response, left if waits else 0)
            count += 1
        commands.append(self.clock - begin)
        self.library.core_port_stop(HART, self.clock)
        self.clock += 10
        self.port.flush()
        self.records = list(self._records_since(begin))
        return commands

    def _records_since(self, begin: int) -> Iterator[tuple[Any, ...]]:
        """Yield what has been recorded, clocks counted from ``begin``, and payloads as bytes."""
        at, stream = 0, bytes(self.stream)
        while at < len(stream):
            clock, *rest = RECORD.unpack_from(stream, at)
            at += RECORD.size
            length = (rest[6] + 7) // 8 * 8 if rest[1] in PAYLOADS else 0
            yield clock - begin, *rest, stream[at : at + length]
            at += length

    def set_lines(self, level: int) -> None:
        if level != self.lines[0]:
            self.library.core_port_lines(HART, self.clock, level)
