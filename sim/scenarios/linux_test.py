# SPDX-License-Identifier: Apache-2.0
"""The seed's acceptance test: rpmsg_linux_test on the RTOS, looked at from Linux (seed 000 §5)."""

from __future__ import annotations

import re
from typing import Any

from sim.boards.model import Link, MailboxLink
from sim.scenarios.scenario import Check, Scenario


def interrupt_row(link: Link) -> re.Pattern[str]:
    """Return what to look for in /proc/interrupts: the row that counts what the RTOS kicked."""
    if isinstance(link, MailboxLink):
        return re.compile(r"^ *IPI5:? +(\d+)(?: +0)*  AMP rpmsg interrupts$", re.MULTILINE)
    source = link.msgbox.linux_irq
    return re.compile(rf"^ *\d+: +(\d+)(?: +0)*  SiFive PLIC +{source} .*msgbox$", re.MULTILINE)


def shell_answered(console: str) -> Check:
    """Look for list_thread's table on the RTOS's console, with the app's thread and the shell's."""
    _, typed, answer = console.partition("msh >list_thread\n")
    threads = [line.split(" ", 1)[0] for line in answer.splitlines()]
    if "rpmsg_linux_test" in threads and "tshell" in threads:
        return Check(True, "list_thread typed while messages ran")
    found = f"{len(threads)} lines after it" if typed else f"{console[-20:]!r} at the end"
    return Check(False, f"list_thread: expected rpmsg_linux_test and tshell, found {found}")


class LinuxTest(Scenario):
    """Boots, echoes a few messages, counts the RTOS's kicks, and types at finsh meanwhile."""

    name = "linux-test"
    summary = "rpmsg_linux_test: link-up, echo, kicks in /proc/interrupts, finsh usable"
    app = "rpmsg_linux_test"
    default_count = 20

    def prepare(self) -> None:
        """Watch the echoes."""
        self._echoes = 0
        self._outputs: dict[str, tuple[int, str]] = {}
        self.session.linux_boot_hart.watchers["echo_done"] = self._came_back

    def _came_back(self, _cycle: int, _number: int, _clocks: int) -> None:
        self._echoes += 1

    async def script(self) -> None:
        """Do what the seed does at the Linux shell; type at finsh while messages run."""
        linux = self.session.linux
        assert linux is not None
        await linux.link_up()
        self.session.rtos_console.send(b"list_thread\r")
        for command in (
            f"rpmsg_echo -n {self.count}",
            "cat /proc/interrupts",
            "ls /sys/bus/rpmsg/devices",
            "ls /dev",
            "dmesg",
        ):
            self._outputs[command] = await linux.run(command)
        await linux.kernel.msleep(150)

    def done(self) -> int:
        """Return the echoed messages."""
        return self._echoes

    def checks(self) -> dict[str, Check]:
        """Each command succeeded and shows what the seed shows."""
        interrupts = self._outputs.get("cat /proc/interrupts", (1, ""))[1]
        row = interrupt_row(self.session.board.rpmsg).search(interrupts)
        devices = self._outputs.get("ls /sys/bus/rpmsg/devices", (1, ""))[1]
        failed = [name for name, (status, _) in self._outputs.items() if status]
        channel = "virtio0.rpmsg_chrdev.-1.16388"
        return {
            "commands_succeeded": Check(
                not failed and len(self._outputs) == 5, f"failed: {', '.join(failed) or 'none'}"
            ),
            "all_messages_echoed": Check(
                self._echoes == self.count, f"{self._echoes} of {self.count}"
            ),
            "amp_interrupts_counted": Check(
                row is not None and int(row[1]) >= self.count,
                row[0].strip() if row else "no row of the RTOS's interrupts",
            ),
            "channel_in_sysfs": Check(channel in devices, " ".join(devices.split()) or "empty"),
            "finsh_usable": shell_answered(self.session.rtos_console.text()),
        }

    def details(self) -> dict[str, Any]:
        """Return the terminal session as an artifact."""
        text = "".join(f"# {name}\n{output}" for name, (_, output) in self._outputs.items())
        return self.session.text_artifact("log", "linux.log", text)
