# SPDX-License-Identifier: Apache-2.0
"""The known differences between the model and the real kernel, each with its reason."""

from __future__ import annotations

from sim.conformance.observed import What
from sim.conformance.views import LINUX_ORDER

WAKE_UPS = (
    "time and CPUs, not behaviour: the kernel has one CPU and computes in no time, so its sender "
    "wakes up for each buffer that comes back; the model's sender and receive worker take their "
    "time on the bus, on two harts, and several buffers come back meanwhile"
)
LAST_WAKE_UP = f"{WAKE_UPS}; this index is where the last sleep found the ring"

KNOWN: dict[tuple[str, str], str] = {
    ("burst", What.SUPPRESSION.value): WAKE_UPS,
    ("burst", LINUX_ORDER): WAKE_UPS,
    ("burst", What.USED_EVENT.value): LAST_WAKE_UP,
}
"""Reason by step and observable."""
