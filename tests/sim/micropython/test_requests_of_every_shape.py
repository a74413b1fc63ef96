# SPDX-License-Identifier: Apache-2.0
"""Requests of every kind and length, alone or in rows, get in MicroPython what CPython gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main

# A thread of low priority that ticks interrupt, and that puts every reply into a sum. Its memory is
# the end of the region that holds the RTOS's code. It draws numbers by itself, as the interpreters'
# generators differ (Numerical Recipes, 2nd edition, 7.1: "quick and dirty").
APP = r"""
from rtos_side.apps import rpmsg_linux_test
from rtos_side.hal import LOAD, POLL, READ, SERIES, STORE, WAIT, WRITE, coroutine
from rtos_side.kernel.thread import Thread

COMMAND = rpmsg_linux_test.COMMAND

BASE = 0x6EF00000


class Numbers:
    def __init__(self):
        self.state = 1

    def below(self, limit):
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self.state >> 8) % limit


def request(draw, block):
    kind = draw.below(8)
    size = 1 << draw.below(4)
    address = BASE + draw.below(512) * 8
    if kind < 2:
        return (LOAD, address, size)
    if kind < 4:
        value = (draw.below(1 << 24) << 40 | draw.below(1 << 24) << 16) + draw.below(1 << 16)
        return (STORE, address, size, value & (1 << 8 * size) - 1)
    if kind == 4:
        return (READ, address + draw.below(8), 1 + draw.below(block))
    if kind == 5:
        data = bytes([draw.below(256)]) * (1 + draw.below(block))
        return (WRITE, address + draw.below(8), data)
    return (WAIT, draw.below(60), draw.below(2) * 7)


def mixed(total, reply):
    if isinstance(reply, list):
        for one in reply:
            total = mixed(total, one)
        return total
    if isinstance(reply, bytes):
        for at in range(0, len(reply), 37):
            total = (total * 31 + reply[at]) & 0xFFFFFFFF
        return (total * 31 + len(reply)) & 0xFFFFFFFF
    return (total * 31 + (7 if reply is None else reply)) & 0xFFFFFFFF


async def start(kernel, console):
    draw = Numbers()
    event = kernel.hart.event

    @coroutine
    def ask(request):
        return (yield request)

    async def entry():
        total = 0
        for turn in range(TURNS):
            shape = draw.below(16)
            if shape < 8:
                asked = request(draw, 20000)
            elif shape < 15:
                asked = (SERIES, tuple([request(draw, 40) for _ in range(draw.below(12))]))
            else:
                await ask((STORE, BASE, 4, 1 << draw.below(32)))
                asked = (POLL, ((LOAD, BASE, 4), (WAIT, 5, 0)), 0xFFFFFFFF)
            total = mixed(total, await ask(asked))
            event("shape", total, turn)
        loads = [(LOAD, BASE + 8 * at, 8) for at in range(100)]
        total = mixed(total, await ask((SERIES, tuple(loads))))
        total = mixed(total, await ask((SERIES, tuple([request(draw, 40) for _ in range(500)]))))
        for number in range(600):
            event("many", number, total)
        await ask((WAIT, 1, 0))
        for number in range(223):
            event("many", number, total)
        total = mixed(total, await ask((SERIES, tuple(loads[:5]))))
        await console.write("sum %d\\\\n" % total)
        event("sum", total, 0)
        if MALFORMED:
            await ask((STORE, BASE, 4, 77))
            try:
                await ask((SERIES, ((LOAD, BASE, 4), (WAIT, 10))))
            except Exception as error:
                assert await ask((LOAD, BASE, 4)) == 77
                event("refused", 0, 0)

    await Thread(kernel, "shapes", entry, 4096, 25, 20).startup()
    await rpmsg_linux_test.start(kernel, console)
"""

TURNS = 150


def outcome(folder: Path, app: Path, *arguments: str) -> tuple[str, bytes]:
    result = folder / "result.json"
    command = ["run", "boot", "--no-exports", "--app", str(app), "--out", str(folder)]
    assert main([*command, "--json", str(result), *arguments]) == 0
    found = json.loads(result.read_text())
    return found["event_log_sha256"], (folder / found["artifacts"]["uart1"]).read_bytes()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("app") / "shapes.py"
    path.write_text(APP.replace("TURNS", str(TURNS)).replace("MALFORMED", "False"))
    return path


@pytest.fixture(scope="module")
def expected(app: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    return outcome(tmp_path_factory.mktemp("cpython"), app)


@pytest.mark.parametrize("emitter", ["native", "bytecode"])
def test_in_native_code_and_in_byte_code(
    app: Path, expected: tuple[str, bytes], emitter: str, tmp_path: Path
):
    assert b"sum " in expected[1]
    options = ("--rtos", "micropython", "--rtos-emit", emitter)
    assert outcome(tmp_path, app, *options) == expected


@pytest.mark.usefixtures("named_interpreter")
def test_in_native_code_with_pipes(app: Path, expected: tuple[str, bytes], tmp_path: Path):
    assert outcome(tmp_path, app, "--rtos", "micropython") == expected


def test_row_that_cannot_be_asked_for_leaves_nothing_behind(tmp_path: Path):
    app = tmp_path / "malformed.py"
    app.write_text(APP.replace("TURNS", "0").replace("MALFORMED", "True"))
    folder = tmp_path / "out"
    outcome(folder, app, "--rtos", "micropython", "--record")
    assert b"refused" in (folder / "records.bin").read_bytes()
