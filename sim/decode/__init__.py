# SPDX-License-Identifier: Apache-2.0
"""Decodes a finished waveform of any simulator: bus accesses, messages, rings, violations."""

from sim.decode.decoder import Decoded, decode
from sim.decode.waveform import WaveError, WaveFile

__all__ = ("Decoded", "WaveError", "WaveFile", "decode")
