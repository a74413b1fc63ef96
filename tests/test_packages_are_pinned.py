# SPDX-License-Identifier: Apache-2.0
"""Two set-ups are alike: pyproject.toml and constraints.txt pin every package, once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)")


def pyproject() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["dev"]]


def constraints() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def needed(names: Iterable[str]) -> set[str]:
    """Return the packages of the environment that the named ones need, themselves included."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = canonicalize_name(left.pop())
        if name not in found:
            found.add(name)
            parts = map(Requirement, distribution(name).requires or ())
            left += [part.name for part in parts if part.marker is None or part.marker.evaluate()]
    return found


@pytest.mark.parametrize("read", [pyproject, constraints])
def test_line_is_a_name_and_a_version(read):
    """Neither a range nor where to get it from: no address of a registry."""
    assert [line for line in read() if not PIN.fullmatch(line)] == []


def test_what_is_installed_is_what_is_pinned():
    pins = dict(line.split("==") for line in [*pyproject(), *constraints()])
    assert len(pins) == len(pyproject()) + len(constraints())
    installed = {
        n: distribution(n).version for n in needed(line.split("==")[0] for line in pyproject())
    }
    assert installed == pins
