# SPDX-License-Identifier: Apache-2.0
"""Faults are written and read as text; what is none is one line, and altered stores are counted."""

from __future__ import annotations

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import pytest

from sim.boards import load_board
from sim.cli import main
from sim.errors import AmpsimError
from sim.faults.accesses import StoreRule, faulty
from sim.faults.catalog import KINDS, checked_fault, fault_text, has_upsets, parse_fault


@pytest.mark.parametrize("name", KINDS)
def test_a_fault_survives_being_written(name: str):
    board = load_board("v821" if "v821" in KINDS[name].socs else "visionfive2")
    fault = checked_fault({"name": name}, board)
    assert parse_fault(fault_text(fault)) == fault


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gremlin", f"unknown fault 'gremlin': expected one of {', '.join(KINDS)}"),
        ("dropped-kick:", "--fault dropped-kick:: expected key=value, found ''"),
        ("dropped-kick:nth", "--fault dropped-kick:nth: expected key=value, found 'nth'"),
        ("dropped-kick:of=1", "fault dropped-kick: unknown parameter 'of': expected to, nth"),
        ("held-reset:nth=1", "fault held-reset: unknown parameter 'nth': expected none"),
        ("dropped-kick:to=me", "fault dropped-kick: to: expected linux or rtos, found 'me'"),
        ("dropped-kick:nth=-1", "fault dropped-kick: nth: expected a number, found '-1'"),
        ("wrong-id", "fault wrong-id: expected a board with v821, found visionfive2"),
    ],
)
def test_what_is_no_fault_is_one_line(text: str, message: str):
    with pytest.raises(AmpsimError) as caught:
        checked_fault(parse_fault(text), load_board("visionfive2"))
    assert str(caught.value) == message


def test_a_bad_fault_ends_the_command(capsys, tmp_path):
    assert main(["run", "boot", "--fault", "gremlin", "--out", str(tmp_path / "out")]) == 2
    assert "unknown fault 'gremlin'" in capsys.readouterr().err
    assert main(["run", "boot", "--hang-after", "soon"]) == 2
    assert "expected a span like 50ms, 2s or off, found soon" in capsys.readouterr().err


def test_only_upsets_need_a_model_of_their_own():
    assert has_upsets([{"name": "stuck-slave"}]) and not has_upsets([{"name": "held-reset"}])


STORES = [(1, 0x10, 4, value) for value in (1, 0, 1, 1)]


def software() -> Generator[Any, Any, Any]:
    """Makes the stores; what it jumps to makes them again."""
    for store in STORES:
        assert (yield store) is None
    return jumped_to()


def jumped_to() -> Generator[Any, Any, str]:
    try:
        yield (0, 0x10, 4)
    except OSError as error:
        yield (4, 1, 0)
        return str(error)
    return "no error"


def drive(rule: StoreRule) -> tuple[list[Any], Any]:
    """What gets out of the software; its load is refused."""
    hart: Any = SimpleNamespace(lines=bytearray(1), mask=bytearray(1))
    harts, out = faulty(software(), [rule], hart), []
    try:
        request = next(harts)
        while True:
            out.append(request)
            request = harts.throw(OSError("refused")) if request[0] == 0 else harts.send(None)
    except StopIteration as stop:
        return out, stop.value


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (StoreRule({0x10}, 2), [1, 1, 1]),
        (StoreRule({0x10}, 2, bool), [1, 0, 1]),
        (StoreRule({0x10}), []),
        (StoreRule(range(0x10, 0x20), 4, change=lambda value: value + 6), [1, 0, 1, 7]),
        (StoreRule({0x14}), [1, 0, 1, 1]),
    ],
)
def test_the_nth_store_is_lost_or_changed(rule: StoreRule, values: list[int]):
    out, result = drive(rule)
    assert [request[3] for request in out if request[0] == 1] == values
    assert [request[0] for request in out if request[0] != 1] == [0, 4]
    assert result == "refused"
