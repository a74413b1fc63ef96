# SPDX-License-Identifier: Apache-2.0
"""The report as one page."""

from __future__ import annotations

from sim.report.facts import Facts


def page(facts: Facts) -> str:
    """Return the page."""
    return f"<!doctype html><title>{facts.outcome['scenario']}</title>"
