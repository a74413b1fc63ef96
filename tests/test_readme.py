# SPDX-License-Identifier: Apache-2.0
"""What the README shows is true."""

from __future__ import annotations

import re
from pathlib import Path

from sim.cli import main
from sim.linux_peer.scenarios import PEER_SCENARIOS
from sim.scenarios import SCENARIOS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DOCS = ROOT / "docs"


def test_app_of_the_readme_says_hello(tmp_path: Path):
    (source,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    app = tmp_path / "hello.py"
    app.write_text(source)
    out = tmp_path / "out"
    assert main(["run", "boot", "--app", str(app), "--out", str(out)]) == 1  # it makes no channel
    assert "hello from hart 4" in (out / "uart1.log").read_text()


def test_scenarios_of_the_readme_exist():
    shown = set(re.findall(r"`ampsim run ([a-z-]+)", README))
    assert shown == {*SCENARIOS, *PEER_SCENARIOS}


def test_make_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make ([a-z]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_readme_leads_to_every_document():
    linked = set(re.findall(r"\]\((docs/[^)#]+)\)", README))
    there = {f"docs/{path.relative_to(DOCS)}" for path in DOCS.rglob("*") if path.is_file()}
    assert linked == there
