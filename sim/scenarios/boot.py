# SPDX-License-Identifier: Apache-2.0
"""Both systems come up and find each other."""

from __future__ import annotations

from sim.scenarios.loaded_bytes import firmware_in_memory
from sim.scenarios.scenario import Check, Scenario

_DMESG = ("rpmsg host is online", "creating channel rpmsg_chrdev addr 0x4004")
_CONSOLE = ("Thread Operating System", "msh >", "link up! link_id-0x0")


class Boot(Scenario):
    """The RTOS boots first and waits for the first IPI; Linux boots, brings up the link."""

    name = "boot"
    summary = "both systems boot, the RTOS waits for Linux's first IPI, the channel appears"
    app = "rpmsg_linux_test"
    unit = "boots"
    default_count = 1
    medium = "spi-nor"

    def prepare(self) -> None:
        """Note when each of the milestones was reached."""
        self._up_ns = 0
        self._loaded: Check | None = None

    async def script(self) -> None:
        """Wait for the device of the RTOS's channel and for the RTOS's word of it; read it back."""
        linux = self.session.linux
        assert linux is not None
        await linux.link_up()
        self._up_ns = self.session.now_ns()
        await linux.kernel.msleep(20)
        self._loaded = await firmware_in_memory(self.session)

    def done(self) -> int:
        """Return 1 when the link is up."""
        return int(self._up_ns > 0)

    def checks(self) -> dict[str, Check]:
        """The milestones stand in the kernel's log and on the RTOS's serial line."""
        linux = self.session.linux
        assert linux is not None
        dmesg, console = linux.dmesg(), self.session.rtos_console.text()
        cpus = len(self.session.board.linux.hart_ids)
        milestones = (f"smp: Brought up 1 node, {cpus} CPU{'s'[: cpus > 1]}", *_DMESG)
        found = {f"linux_{n}": (text, text in dmesg) for n, text in enumerate(milestones, 1)}
        found |= {f"rtos_{n}": (text, text in console) for n, text in enumerate(_CONSOLE, 1)}
        checks = {
            name: Check(seen, f"{'found' if seen else 'missing'}: {text}")
            for name, (text, seen) in found.items()
        }
        expected, ran = self.session.boot.stages, tuple(self.session.boot.log.stages)
        checks["boot_stages"] = Check(ran == expected, " → ".join(ran))
        checks["channel_device"] = Check(
            self._up_ns > 0, f"/dev/rpmsg0 after {self._up_ns / 1e6:.3f} ms"
        )
        if self._loaded is not None:
            checks["loaded_as_in_file"] = self._loaded
        return checks
