# SPDX-License-Identifier: Apache-2.0
"""What a run's start puts in place of slow imports behaves as the real thing when it is used."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

PREPARE = "from sim.inside.quick_start import prepare; prepare(); "


def python(code: str) -> str:
    command = [sys.executable, "-c", PREPARE + code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("code", "output"),
    [
        ("import sys; print('ssl' in sys.modules)", "False"),
        (
            "from asyncio import CancelledError; print(CancelledError.__module__)",
            "asyncio.exceptions",
        ),
        ("import asyncio.queues; print(asyncio.queues.QueueFull.__name__)", "QueueFull"),
        ("import asyncio\nasync def f(): return 7\nprint(asyncio.run(f()))", "7"),
        (
            "from asyncio import CancelledError\nimport asyncio\n"
            "print(asyncio.Task.__name__, asyncio.CancelledError is CancelledError)",
            "Task True",
        ),
        ("import pdb; print(pdb.Pdb.__name__)", "Pdb"),
        ("import cocotb; print(cocotb.__version__)", version("cocotb")),
    ],
)
def test_prepared_modules(code: str, output: str):
    assert python(code) == output


def test_missing_attribute_is_an_attribute_error():
    code = "import asyncio\ntry: asyncio.nothing\nexcept AttributeError as error: print(error)"
    assert python(code) == "module 'asyncio' has no attribute 'nothing'"
