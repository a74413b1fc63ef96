# SPDX-License-Identifier: Apache-2.0
"""A small Linux execution model: tasks, interrupts, timers and work queues on simulated harts."""
