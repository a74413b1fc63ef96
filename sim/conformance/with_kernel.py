# SPDX-License-Identifier: Apache-2.0
"""The steps of the comparison, run by a real kernel."""

from __future__ import annotations

from typing import Any

from sim.conformance.steps import (
    MARK,
    NAME,
    PAUSE_MS,
    RAW_DEVICE,
    RTOS_OPTIONS,
    STEPS,
    TTY_DEVICE,
)
from sim.conformance.with_model import LOG
from sim.linux_peer.scenarios.peer_scenario import PeerScenario
from sim.scenarios.scenario import Check

END = "steps over"


class WithKernel(PeerScenario):
    """The init process runs the line of each step."""

    name = NAME
    summary = "the steps of the comparison with the model"
    unit = "steps"
    default_count = len(STEPS)
    hang_after_ns = 0
    rtos_options = RTOS_OPTIONS

    def kernel_script(self) -> str:
        """Run the steps, with a rest after each."""
        waits = [f"wait_for {RAW_DEVICE}", f"wait_for {TTY_DEVICE}"]
        rest = f"usleep {PAUSE_MS * 1000}"
        steps = [f"say {MARK} {step.name}\n{step.line}\n{rest}" for step in STEPS]
        return "\n".join((*waits, *steps, f"say {END}", ""))

    def done(self) -> int:
        """Return all steps once they are over."""
        return len(STEPS) if END in self.results() else 0

    def time_limit_ns(self) -> int:
        """Return more than one time-out of a sender."""
        return 40_000_000_000

    def checks(self) -> dict[str, Check]:
        """All steps were run: what they showed is compared afterwards."""
        done = self.done()
        return {"all_steps": Check(done == len(STEPS), f"{done} of {len(STEPS)}")}

    def details(self) -> dict[str, Any]:
        """Return what the programs printed as an artifact."""
        lines = "".join(f"{line}\n" for line in self.results() if line != END)
        return self.session.text_artifact("steps", LOG, lines)
