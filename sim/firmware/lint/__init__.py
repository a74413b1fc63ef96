# SPDX-License-Identifier: Apache-2.0
"""Checks a firmware file as a careful reviewer would; runs and changes nothing of it."""

from __future__ import annotations

from sim.firmware.elf_image import read_image
from sim.firmware.lint.elf_rules import check_elf, check_readable
from sim.firmware.lint.finding import Finding, Severity
from sim.firmware.lint.segment_rules import check_segments
from sim.firmware.lint.table_rules import check_table
from sim.firmware.lint.target import Target

__all__ = ("Finding", "Severity", "Target", "lint")


def lint(data: bytes, target: Target | None = None) -> list[Finding]:
    """Return what is to be said of a firmware file, in the order of the checks."""
    target = target or Target()
    image = read_image(data)
    if image is None:
        return list(check_readable(data))
    return [
        *check_elf(image, target),
        *check_segments(image, target),
        *check_table(image, target),
    ]
