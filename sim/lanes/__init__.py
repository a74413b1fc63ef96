# SPDX-License-Identifier: Apache-2.0
"""Lanes: signals that are decoded from a waveform, put into the same file next to the others."""

from sim.lanes.add import add_lanes
from sim.lanes.lane import SCOPE, Lane

__all__ = ("SCOPE", "Lane", "add_lanes")
