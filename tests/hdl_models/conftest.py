# SPDX-License-Identifier: Apache-2.0
"""Fixtures shared by the RTL block tests."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture(params=["verilator", "icarus"])
def simulator(request: pytest.FixtureRequest) -> str:
    """Each simulator in turn; Icarus is left out, and said to be, where it is not installed."""
    if request.param == "icarus" and shutil.which("iverilog") is None:
        pytest.skip("iverilog is not installed (Debian package: iverilog)")
    return request.param
