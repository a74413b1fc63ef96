# SPDX-License-Identifier: Apache-2.0
"""The timing profile: complete, with sources, and strict about what a user puts over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.boards import Board, BoardError, load_board, load_profile

RTOS = {
    *("m_trap", "sbi_call", "trap_entry", "trap_exit", "context_switch", "tick", "ipc_call"),
    *("shell_char", "rpmsg_call", "app_loop"),
}
LINUX = {
    *("irq_entry", "irq_exit", "m_trap", "sbi_call", "tick", "tick_softirq_min"),
    *("tick_softirq_max", "ipi_dispatch", "work_wake", "context_switch", "syscall"),
    *("wake_to_run", "copy", "rpmsg_call", "app_loop"),
}

WHOLE = "rtos.tick.ns: expected a whole number of ns, 0 or more, found"


@pytest.fixture(scope="module")
def board() -> Board:
    return load_board("visionfive2")


def user_file(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_cost_of_the_contract_is_there(board: Board):
    profile = load_profile(board)
    assert set(profile.cycles("rtos")) >= RTOS
    assert set(profile.cycles("linux")) >= LINUX
    assert set(profile.cycles("boot")) == {"linux_after"}


def test_every_constant_says_where_it_comes_from(board: Board):
    for name, ns, meaning, source in load_profile(board).explain():
        assert ns >= 0 and meaning, name
        assert source.startswith(("estimate: ", "calibration: ", "choice: ")), name


def test_cycles_are_of_the_bench_clock(board: Board):
    profile = load_profile(board)
    ns = {name: ns for name, ns, _, _ in profile.explain()}
    assert profile.cycles("rtos")["m_trap"] == ns["rtos.m_trap"] // 10


def test_user_file_replaces_one_constant(board: Board, tmp_path: Path):
    path = user_file(tmp_path, "[linux.copy]\nns = 990\n")
    standard, changed = load_profile(board), load_profile(board, path)
    assert changed.cycles("linux") == {**standard.cycles("linux"), "copy": 99}
    (row,) = [row for row in changed.explain() if row[0] == "linux.copy"]
    assert row[3] == "user profile mine.toml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rtos.copy]\nns = 10\n", "rtos.copy: expected one of {rtos}, found 'copy'"),
        (
            "[v821.copy]\n",
            "v821: expected tables [rtos.NAME], [linux.NAME], [boot.NAME], found v821",
        ),
        ("rtos = 1\n", "rtos: expected tables [rtos.NAME], [linux.NAME], [boot.NAME], found rtos"),
        ("rtos.tick = 1\n", "rtos.tick: expected a table with ns, found 1"),
        ("[rtos.tick]\nus = 1\n", "rtos.tick: expected the keys ns, meaning, source, found 'us'"),
        ("[rtos.tick]\n", "rtos.tick: expected the key ns, found none"),
        ("[rtos.tick]\nns = -10\n", f"{WHOLE} -10"),
        ("[rtos.tick]\nns = 1.5\n", f"{WHOLE} 1.5"),
        ("[rtos.tick]\nns = true\n", f"{WHOLE} True"),
        (
            "[rtos.tick]\nns = 15\n",
            "rtos.tick.ns: expected a multiple of the bench clock's 10 ns, found 15",
        ),
        (
            "[linux.tick_softirq_min]\nns = 900\n[linux.tick_softirq_max]\nns = 800\n",
            "linux.tick_softirq_min.ns: expected at most linux.tick_softirq_max, 800, found 900",
        ),
        ("[rtos.tick]\nns = 10\nsource = ''\n", "rtos.tick.source: expected a text, found ''"),
    ],
)
def test_bad_user_file_is_refused(board: Board, tmp_path: Path, text: str, message: str):
    path = user_file(tmp_path, text)
    with pytest.raises(BoardError) as caught:
        load_profile(board, path)
    names = ", ".join(sorted(load_profile(board).cycles("rtos")))
    assert str(caught.value) == f"{path}: {message.format(rtos=names)}"


def test_files_that_are_no_profile_are_refused(board: Board, tmp_path: Path):
    missing = tmp_path / "none.toml"
    with pytest.raises(BoardError) as caught:
        load_profile(board, missing)
    expected = "expected a readable timing profile, found No such file or directory"
    assert str(caught.value) == f"{missing}: {expected}"
    with pytest.raises(BoardError) as caught:
        load_profile(board, user_file(tmp_path, "[rtos\n"))
    assert str(caught.value).startswith(f"{tmp_path / 'mine.toml'}: expected TOML, found: ")
    assert "\n" not in str(caught.value)
