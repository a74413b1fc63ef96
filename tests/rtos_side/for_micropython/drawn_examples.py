# SPDX-License-Identifier: Apache-2.0
"""Draws examples of properties with Hypothesis, as text that MicroPython can read."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hypothesis import seed

EXAMPLES = 25


def drawn_examples(path: Path) -> str:
    """A line for each example: the name of the test, a blank, a dict of its arguments.

    The module is a copy: nothing is changed in the one that runs in CPython.
    """
    spec = importlib.util.spec_from_file_location(f"copy_of_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tests = {name: test for name, test in vars(module).items() if hasattr(test, "hypothesis")}
    return "".join(
        f"{name} {arguments!r}\n" for name in sorted(tests) for arguments in _drawn(tests[name])
    )


def _drawn(test: Any) -> list[dict[str, Any]]:
    """The same ones each time; Hypothesis runs what keeps them in place of the property."""
    drawn: list[dict[str, Any]] = []
    test.hypothesis.inner_test = lambda **arguments: drawn.append(arguments)
    seed(0)(test)()
    return drawn[:EXAMPLES]
