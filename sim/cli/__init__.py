# SPDX-License-Identifier: Apache-2.0
"""The command line ``ampsim``."""

from __future__ import annotations

from sim.cli.main import main

__all__ = ("main",)
