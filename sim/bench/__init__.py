# SPDX-License-Identifier: Apache-2.0
"""Measures the bench itself: all ways to drive the same RTL with the same traffic, side by side."""
