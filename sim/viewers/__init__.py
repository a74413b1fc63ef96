# SPDX-License-Identifier: Apache-2.0
"""What GTKWave and Surfer need to open a waveform readably: save files, names of values, lanes."""

from sim.viewers.prepare import prepare_recorded, prepare_undecoded, prepare_waveform

__all__ = ("prepare_recorded", "prepare_undecoded", "prepare_waveform")
