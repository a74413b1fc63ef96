# SPDX-License-Identifier: Apache-2.0
"""The kernel log on a serial port.

Linux 5.15 writes a line to the console in whatever context calls printk(). Here a kernel thread
does it, as in the PREEMPT_RT tree: a line holds up the CPU for as long as it takes to send.
"""

from __future__ import annotations

from collections import deque

from host_side.drivers.dw8250_port import Dw8250Port
from host_side.drivers.serial_options import ConsoleOptions
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.printk import INFO, Record


class SerialConsole:
    """A registered console; ``options.loglevel`` is the kernel's console level from then on."""

    def __init__(self, kernel: LinuxKernel, port: Dw8250Port, options: ConsoleOptions) -> None:
        self._kernel = kernel
        self._port = port
        self._options = options
        self._lines: deque[Record] = deque()
        self._wanted = kernel.wait_queue("input", "printk")
        self._stopped = False

    async def register(self) -> None:
        """Set the line up, then show the log so far and what is to come (register_console)."""
        kernel = self._kernel
        await self._port.setup_console(self._options.settings)
        kernel.log.console_loglevel = self._options.loglevel
        for record in kernel.log.records:
            self._take(record)
        kernel.log.listeners.append(self._take)
        kernel.spawn(self._run(), f"pr/{self._port.name}")
        kernel.printk("printk", f"console [{self._port.name}] enabled", INFO)

    def unregister(self) -> None:
        """Show nothing more (unregister_console)."""
        self._kernel.printk("printk", f"console [{self._port.name}] disabled", INFO)
        self._kernel.log.listeners.remove(self._take)
        self._lines.clear()
        self._stopped = True
        self._wanted.wake_up()

    def _take(self, record: Record) -> None:
        if record.level < self._kernel.log.console_loglevel:
            self._lines.append(record)
            self._wanted.wake_up()

    async def _run(self) -> None:
        while not self._stopped:
            while self._lines:
                text = f"{self._lines.popleft()}\n".replace("\n", "\r\n")
                await self._port.console_write(text.encode("utf-8", "replace"))
            await self._wanted.wait(lambda: self._lines or self._stopped)
