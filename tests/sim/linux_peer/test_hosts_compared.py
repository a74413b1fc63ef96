# SPDX-License-Identifier: Apache-2.0
"""The model and the real kernel do the same, but for what is known."""

from pathlib import Path

import pytest

from sim.conformance.__main__ import main
from sim.conformance.boards import BOARDS

pytestmark = pytest.mark.usefixtures("peer_files")


# The smaller the rings, the more often a sender sleeps; other sizes are made by hand for the page.
@pytest.mark.parametrize("board", BOARDS)
def test_no_difference_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str], board: str):
    page = tmp_path / "page.md"
    out = str(tmp_path / "runs")
    code = main(["--board", board, "--ring", "4", "--page", str(page), "--out", out])
    assert code == 0, capsys.readouterr()
    assert "## Differences\n\nNone.\n" in page.read_text()
    # What a step must have shown at least: a sender that slept, an announcement, the errors.
    text = page.read_text()
    for words in ("write(497) -1 Message too long", "rpmsg-raw 0x190 flags", "errno 512 after the"):
        assert words in text
