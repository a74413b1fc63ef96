# SPDX-License-Identifier: Apache-2.0
"""Keeps Python's garbage collector out of a waveform's decoding."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Leave the collector off meanwhile, as context or decorator.

    Of the millions of changes and accesses that are made none is part of a cycle; to look through
    them again and again took a quarter of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
