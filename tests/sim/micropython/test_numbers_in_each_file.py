# SPDX-License-Identifier: Apache-2.0
"""const() wants its numbers in each file of MicroPython's: they are those of the files for all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim import core, plain_software
from sim.micropython import frames

FOLDER = Path(frames.__file__).parent
FILES = ("events", "exchange", "hart", "pipes", "rows", "shared")
# Those that have another name where they come from.
RENAMED = {"VALUE": frames.REPLY + 2, "CLOCK": frames.REPLY + 4, "BEHIND": frames.REPLY + 6}


def numbers(name: str) -> dict[str, int]:
    text = (FOLDER / f"{name}.py").read_text()
    return {
        found: int(value, 0) for found, value in re.findall(r"^_(\w+) = const\((\w+)\)", text, re.M)
    }


@pytest.mark.parametrize("name", FILES)
def test_numbers_are_those_of_frames_and_requests(name: str):
    found = numbers(name)
    known = {**vars(frames), **vars(plain_software), **vars(core), **RENAMED}
    compared = {
        number: value for number, value in found.items() if isinstance(known.get(number), int)
    }
    assert len(compared) >= 2
    assert compared == {number: known[number] for number in compared}
