# SPDX-License-Identifier: Apache-2.0
"""The model and the real kernel do the same, but for what is known."""

from pathlib import Path

import pytest

from sim.conformance.__main__ import main

pytestmark = pytest.mark.usefixtures("peer_files")


def compared(tmp_path: Path, capsys: pytest.CaptureFixture[str], board: str, ring: int) -> Path:
    """Compare the hosts; return the folder of both runs."""
    page, out = tmp_path / "page.md", tmp_path / "runs"
    code = main(["--board", board, "--ring", str(ring), "--page", str(page), "--out", str(out)])
    assert code == 0, capsys.readouterr()
    text = page.read_text()
    assert "## Differences\n\nNone.\n" in text
    # What a step must have shown at least: a sender that slept, an announcement, the errors.
    shown = (
        "write(497) -1 Message",
        "rpmsg-raw 0x190 flags",
        "then errno 512",
        "rx used.flags = 1",
    )
    for words in shown:
        assert words in text
    return out / f"{board}-{ring}"


# The smaller the rings, the more often a sender sleeps; other sizes are made by hand for the page.
def test_no_difference_on_visionfive2(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    both = compared(tmp_path, capsys, "visionfive2", 4)
    # Nor is it blind: one bit of the sample's messages in the model's records, and they differ.
    records = both / "model" / "records.bin"
    kept = records.read_bytes()
    records.write_bytes(kept.replace(b"hello world!", b"hello world "))
    words = ["--board", "visionfive2", "--ring", "4", "--kept", "--out", str(both.parent)]
    assert main([*words, "--page", str(tmp_path / "page.md")]) == 1
    told = capsys.readouterr().out
    assert "  client sample, messages of Linux: UNEXPLAINED\n" in told


# Rings of 16 are more than the message box and its queue hold: each refused kick is two lines of
# the log, which took 13 ms each on a serial console that showed them.
def test_no_difference_on_v821_where_kicks_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    model = compared(tmp_path, capsys, "v821", 16) / "model"
    refused = "sunxi-msgbox 49102000.msgbox: Try increasing MBOX_TX_QUEUE_LEN\n"
    assert refused in (model / "dmesg.log").read_text()
    assert "MBOX_TX_QUEUE_LEN" not in (model / "uart0.log").read_text()
