# SPDX-License-Identifier: Apache-2.0
"""Runs the programs of one case on the V821's harts, inside the simulator."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from pathlib import Path

import cocotb
from cocotb.triggers import Timer
from v821_map import BROM
from v821_programs import A27_BOOT, CASES, FIRMWARE

from sim.core import Hart, core_port

A27, E907 = 0, 1
LIMIT_US = 20_000
TYPED = (b"linux ok", b"rtos :-)")


class Bench:
    """The two harts with the programs of a case."""

    def __init__(self, e907, a27) -> None:
        self.port = core_port()
        self.harts = [Hart(index, index) for index in (A27, E907)]
        self.e907, self.a27 = e907, a27
        self.started: list[tuple[int, int]] = []
        self.stopped: list[int] = []
        self.ended: dict[int, BaseException | None] = {}
        self.received = (bytearray(), bytearray())
        self.digest = hashlib.sha256()
        self.port.set_skipping(os.environ["SKIPPING"] == "1")
        self.port.configure(
            start=self._start,
            stop=self.stopped.append,
            exit=self.ended.setdefault,
            records=self.digest.update,
            received=lambda terminal, byte: self.received[terminal].append(byte),
            sent=None,
        )
        for hart in self.harts:
            hart.watchers["type"] = functools.partial(self._type, hart.index)

    def _start(self, index: int, address: int):
        self.started.append((index, address))
        return self.a27(self.harts[A27]) if index == A27 else self.e907(self.harts[E907], address)

    def _type(self, terminal: int, *_) -> None:
        self.port.terminal_send(terminal, TYPED[terminal])

    async def run(self) -> dict:
        """Until the A27 has ended; an error of either hart is raised."""
        for _ in range(LIMIT_US // 10):
            if A27 in self.ended or self.ended.get(E907):
                break
            await Timer(10, "us")
        self.port.halt()
        self.port.flush()
        for error in self.ended.values():
            if error is not None:
                raise error
        assert A27 in self.ended, "the A27 has not come to an end"
        return {"digest": self.digest.hexdigest(), "statistics": self.port.statistics()}


@cocotb.test()
async def run_case(_dut) -> None:
    name = os.environ["CASE"]
    bench = Bench(*CASES[name])
    result = await bench.run()
    assert bench.started[:2] == [(E907, BROM), (A27, A27_BOOT)]
    if name == "stop_handshake":
        assert bench.started[2:] == [(E907, FIRMWARE)]
    if name == "serial_lines":
        assert tuple(map(bytes, bench.received)) == TYPED
    if name == "resets":
        released = [address for hart, address in bench.started[2:]]
        assert released == [FIRMWARE + delay for delay in range(400)]
        assert bench.stopped == [E907] * len(released)
    Path(os.environ["RESULT"]).write_text(json.dumps(result))
