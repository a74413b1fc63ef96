# SPDX-License-Identifier: Apache-2.0
"""The seed's cyclictest: from a timer's deadline to the thread it wakes (seed 000 §6.1)."""

from __future__ import annotations

from sim.scenarios.scenario import Check, Scenario


class ScheduleLatency(Scenario):
    """The RTOS alone, idle but for one thread of high priority that a timer wakes."""

    name = "schedule-latency"
    summary = "RTOS scheduling delay: timer deadline to running thread, like cyclictest"
    app = "schedule_latency"
    linux = False
    medium = "spi-nor"
    unit = "wake-ups"
    default_count = 200

    def prepare(self) -> None:
        """Take each sample as the app records it."""
        self._measure = self.session.measure("schedule_latency")
        watchers = self.session.rtos_hart.watchers
        watchers["sched_latency"] = lambda _cycle, clocks, _number: self._measure.add(clocks)
        watchers["app_done"] = lambda _cycle, _a, _b: self.session.finish()

    def time_limit_ns(self) -> int:
        """Return a second more than ten ticks for each sample."""
        return 1_000_000_000 + self.count * 10_000_000

    def done(self) -> int:
        """Return the samples so far."""
        return len(self._measure.samples)

    def checks(self) -> dict[str, Check]:
        """All samples were taken."""
        return {"all_samples": Check(self.done() == self.count, f"{self.done()} of {self.count}")}
