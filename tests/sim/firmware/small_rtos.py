# SPDX-License-Identifier: Apache-2.0
"""A small tree in the place of rtos_side: enough to boot, import late and start an app."""

from __future__ import annotations

from pathlib import Path

TREE = {
    "__init__.py": "",
    "state.py": "runs = []\n",
    "boot.py": (
        "from rtos_side import state\n"
        "from .apps import load as load_app\n\n\n"
        "def boot(hart, board):\n"
        "    state.runs.append(hart)\n"
        "    import rtos_side.late\n"
        "    return load_app(board['app']).main(), rtos_side.late.NAME, len(state.runs)\n"
    ),
    "late.py": "NAME = __name__\n",
    "apps/__init__.py": (
        "def load(name):\n    return __import__('rtos_side.apps.' + name, None, None, (name,))\n"
    ),
    "apps/hello.py": "def main():\n    return 'hello'\n",
}


def write_tree(folder: Path, changes: dict[str, str] | None = None) -> Path:
    """Write the tree with `changes` over it; return its folder."""
    for name, text in {**TREE, **(changes or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
