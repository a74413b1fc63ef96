# SPDX-License-Identifier: Apache-2.0
"""``repro.json``: all that decides a run, written after it and read to repeat it exactly."""

from sim.repro.record import Repro, ReproError, load_repro, write_repro
from sim.repro.replay import compare, prepare_replay

__all__ = ("Repro", "ReproError", "compare", "load_repro", "prepare_replay", "write_repro")
