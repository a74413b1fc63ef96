# SPDX-License-Identifier: Apache-2.0
"""The steps of the comparison, run by the model of Linux."""

from __future__ import annotations

from typing import Any

from host_side.programs.modules import MODULE_DIRECTORY
from host_side.programs.registry import ProgramFile
from sim.conformance.steps import (
    MARK,
    MODULE,
    NAME,
    PAUSE_MS,
    RAW_DEVICE,
    RTOS_OPTIONS,
    STEPS,
    TTY_DEVICE,
)
from sim.conformance.tool import main
from sim.linux_peer.scenarios.peer_scenario import RESULT, PeerScenario
from sim.scenarios.scenario import Check, Scenario

LOG = "steps.log"


class WithModel(Scenario):
    """Types the line of each step at a shell."""

    name = NAME
    summary = "the steps of the comparison with a real kernel"
    app = "channels"
    unit = "steps"
    default_count = len(STEPS)
    medium = PeerScenario.medium
    mainline = True
    look_every_us = 1000
    hang_after_ns = 0
    rtos_options = RTOS_OPTIONS

    def prepare(self) -> None:
        """Nothing has been printed yet."""
        self._printed = ""
        self._done = 0
        session = self.session
        assert session.linux is not None
        session.linux.kernel.scheduler.preemptive = False  # as is User-Mode Linux

    async def script(self) -> None:
        """Run the steps, with a rest after each."""
        linux = self.session.linux
        assert linux is not None
        files = linux.userspace.fs
        files.add("/bin/rpmsg_tool", ProgramFile(main))
        files.add(MODULE, files.lookup(f"{MODULE_DIRECTORY}{MODULE}"))
        for device in (RAW_DEVICE, TTY_DEVICE):
            await linux.wait_for(device)
        await linux.run("dmesg -n 1")  # a line on a serial console takes its time: none there
        for step in STEPS:
            self._printed += f"bench: {MARK} {step.name}\n"
            if step.line:
                self._printed += (await linux.run(step.line))[1]
            self._done += 1
            await linux.kernel.msleep(PAUSE_MS)

    def done(self) -> int:
        """Return the steps that are over."""
        return self._done

    def time_limit_ns(self) -> int:
        """Return more than one time-out of a sender."""
        return 40_000_000_000

    def checks(self) -> dict[str, Check]:
        """All steps were run: what they showed is compared afterwards."""
        return {"all_steps": Check(self._done == len(STEPS), f"{self._done} of {len(STEPS)}")}

    def details(self) -> dict[str, Any]:
        """Return what the programs printed as an artifact."""
        lines = "".join(f"{line}\n" for line in RESULT.findall(self._printed))
        return self.session.text_artifact("steps", LOG, lines)
