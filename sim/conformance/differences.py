# SPDX-License-Identifier: Apache-2.0
"""The known differences between the model and the real kernel, each with its reason."""

from __future__ import annotations

KNOWN: dict[tuple[str, str], str] = {}
"""Reason by step and observable. None is known: what is found is a mistake on one side."""
