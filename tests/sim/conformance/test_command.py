# SPDX-License-Identifier: Apache-2.0
"""The command: which cases it makes, and that a kept run is not made again."""

import json
from pathlib import Path

import pytest

from sim.conformance import __main__ as command
from sim.conformance import runs
from sim.conformance.comparing import Row
from sim.errors import RunError


def test_every_size_on_every_board_unless_some_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    made: list[tuple[str, str, int, bool]] = []

    def compared(folder: Path, board: str, ring: int, *, kept: bool) -> list[Row]:
        made.append((folder.name, board, ring, kept))
        return [Row("echo", "order", "a", "a", same=True)]

    monkeypatch.setattr(command, "compare_hosts", compared)
    page = tmp_path / "page.md"
    assert command.main(["--page", str(page)]) == 0
    assert [case[1:] for case in made] == [
        (board, ring, False) for board in ("visionfive2", "v821") for ring in (256, 16, 4, 2)
    ]
    assert "| v821 | 2 | 1 | 0 | 0 |" in page.read_text()
    made.clear()
    words = ["--board", "v821", "--ring", "16", "--out", str(tmp_path), "--kept"]
    assert command.main([*words, "--page", str(page)]) == 0
    assert made == [("v821-16", "v821", 16, True)]
    assert capsys.readouterr().out.splitlines()[-1] == (
        "v821, rings of 16: 1 observables, 0 different"
    )


def test_kept_runs_need_a_folder(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        command.main(["--kept"])
    assert end.value.code == 2
    assert capsys.readouterr().err.endswith("error: --kept: expected --out, too\n")


def test_a_kept_run_is_not_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    made: list[str] = []

    def run(_config: object, folder: Path) -> dict[str, object]:
        made.append(folder.name)
        return {"passed": False, "checks": {"all_steps": {"reason": "3 of 14"}}}

    monkeypatch.setattr(runs.launch, "run", run)
    failed = "conformance, model: expected all steps, found "
    with pytest.raises(RunError, match=f"^{failed}3 of 14$"):
        runs.run_steps(tmp_path / "fresh", "model", "v821", 4, kept=True)
    assert made == ["fresh"]
    result = {"passed": False, "checks": {"all_steps": {"reason": "4 of 14"}}}
    (tmp_path / "old").mkdir()
    (tmp_path / "old/result.json").write_text(json.dumps(result))
    with pytest.raises(RunError, match=f"^{failed}4 of 14$"):
        runs.run_steps(tmp_path / "old", "model", "v821", 4, kept=True)
    assert made == ["fresh"]
    with pytest.raises(RunError, match=f"^{failed}3 of 14$"):
        runs.run_steps(tmp_path / "old", "model", "v821", 4)
    assert made == ["fresh", "old"]
