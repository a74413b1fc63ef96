# SPDX-License-Identifier: Apache-2.0
"""The model and the real kernel do the same, but for what is known."""

from pathlib import Path

import pytest

from sim.conformance.__main__ import main

pytestmark = pytest.mark.usefixtures("peer_files")


def test_no_difference_is_without_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    page = tmp_path / "page.md"
    code = main(["--ring", "4", "--page", str(page), "--out", str(tmp_path / "runs")])
    shown = capsys.readouterr().out
    assert code == 0, shown
    assert "0 of them without a reason." in page.read_text()
    # What a step must have shown at least: a sender that slept, an announcement, the errors.
    text = page.read_text()
    for words in ("write(497) -1 Message too long", "rpmsg-raw 0x190 flags", "errno 512 after the"):
        assert words in text
