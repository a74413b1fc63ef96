# SPDX-License-Identifier: Apache-2.0
"""Faults that a run can be given: lost and altered accesses of a side, upsets of the RTL."""
