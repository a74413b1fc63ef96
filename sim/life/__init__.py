# SPDX-License-Identifier: Apache-2.0
"""The life of a message: its steps on both sides and in the RTL, from a recorded run."""

from sim.life.follow import follow
from sim.life.message import Exchange, Message, Ring, Step
from sim.life.run import Life, read_life

__all__ = ("Exchange", "Life", "Message", "Ring", "Step", "follow", "read_life")
