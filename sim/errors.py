# SPDX-License-Identifier: Apache-2.0
"""Errors that end a command with one clear line instead of a traceback."""

from __future__ import annotations


class AmpsimError(Exception):
    """Bad input or a run that could not be made; its text is the one line the user sees.

    ``exit_code`` is that of the command (design: 1 failed, 2 bad usage or bad input).
    """

    exit_code = 2


class RunError(AmpsimError):
    """A run that came to a bad end (firmware refused, app raised, simulator died)."""

    exit_code = 1


class TimedOut(RunError):
    """Something has not come within its time: the run is explained (see :mod:`sim.hang`)."""
