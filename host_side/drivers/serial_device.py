# SPDX-License-Identifier: Apache-2.0
"""Serial ports in the file tree: /dev/ttySn, /dev/console and /proc/tty/driver/serial."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable

from host_side.drivers.dw8250_port import Dw8250Port
from host_side.fs.file import FileOperations, OpenFile
from host_side.fs.flags import POLL_ALWAYS, Poll
from host_side.fs.node import CharDevice, ProcNode
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.platform import WaitQueue
from host_side.shell.terminal import Terminal

TTY_MAJOR, FIRST_MINOR = 4, 64
CONSOLE_MAJOR, CONSOLE_MINOR = 5, 1
PORTS = 4
"""Lines the driver has room for (CONFIG_SERIAL_8250_RUNTIME_UARTS)."""

_RTS, _DTR = (0x02, "|RTS"), (0x01, "|DTR")
_CTS, _DSR, _DCD, _RI = (0x10, "|CTS"), (0x20, "|DSR"), (0x80, "|CD"), (0x40, "|RI")


class SerialDevice(FileOperations):
    """A port behind a device node: edited and echoed lines in, ``\\n`` as ``\\r\\n`` out.

    It shares what is received with an interactive shell on the same port: who reads first has it.
    """

    is_terminal = True

    def __init__(self, kernel: LinuxKernel, port: Dw8250Port) -> None:
        self._port = port
        # The controlling terminal of no process: Ctrl-C only drops the line.
        self._terminal = Terminal(kernel, port.tty, lambda: None)

    async def open(self, file: OpenFile) -> None:
        """Start the port with its first user."""
        await self._port.open()

    async def release(self, file: OpenFile) -> None:
        """Stop it with the last one."""
        await self._port.close()

    async def read(self, file: OpenFile, count: int) -> bytes:
        """At most one line; nothing is end of file (Ctrl-D, or a hangup)."""
        while not self._terminal.poll(file) & Poll.IN:
            data = await self._port.tty.read(interruptible=True)
            if not data:
                return b""
            for byte in data:
                await self._terminal.type(byte)
        return await self._terminal.read(file, count)

    async def write(self, file: OpenFile, data: bytes) -> int:
        """All of it. EIO after a hangup."""
        if self._port.tty.hung_up:
            raise LinuxError(errno.EIO)
        return await self._terminal.write(file, data)

    def poll(self, file: OpenFile) -> Poll:
        """IN as soon as anything was typed, though a read waits for the whole line."""
        tty = self._port.tty
        if tty.hung_up:
            return POLL_ALWAYS | Poll.ERR | Poll.HUP
        events = self._terminal.poll(file)
        return events | Poll.IN | Poll.RDNORM if tty.readable else events

    def poll_queue(self, file: OpenFile) -> WaitQueue:
        """Woken by received bytes and by a hangup."""
        return self._port.tty.readers


def add_port(kernel: LinuxKernel, fs: FileSystem, port: Dw8250Port) -> None:
    """The nodes of one port: /dev/ttySn, and /dev/console if it is that."""
    device = SerialDevice(kernel, port)
    fs.add(f"/dev/{port.name}", CharDevice(device, TTY_MAJOR, FIRST_MINOR + port.line))
    if port.is_console:
        fs.add("/dev/console", CharDevice(device, CONSOLE_MAJOR, CONSOLE_MINOR))


def add_proc(fs: FileSystem, ports: Callable[[], Iterable[Dw8250Port]]) -> None:
    """/proc/tty/driver/serial."""
    fs.add("/proc/tty/driver/serial", ProcNode(lambda: ports_text(ports())))


def ports_text(ports: Iterable[Dw8250Port]) -> str:
    """The whole of /proc/tty/driver/serial (uart_proc_show)."""
    by_line = {port.line: port for port in ports}
    lines = ["serinfo:1.0 driver revision:"]
    for line in range(PORTS):
        port = by_line.get(line)
        known = f"{line}: uart:unknown port:00000000 irq:0" if port is None else _port_text(port)
        lines.append(known)
    return "".join(f"{line}\n" for line in lines)


def _port_text(port: Dw8250Port) -> str:
    """uart_line_info; the modem's own lines are those of the last interrupt."""
    shown = (
        (_RTS, port.mctrl),
        (_CTS, port.modem_status),
        (_DTR, port.mctrl),
        (_DSR, port.modem_status),
        (_DCD, port.modem_status),
        (_RI, port.modem_status),
    )
    modem = "".join(name for (bit, name), value in shown if value & bit)
    modem = f" {modem[1:]}" if modem else ""
    where = f"uart:{port.type.name} mmio:0x{port.registers.base:08X} irq:{port.irq}"
    return f"{port.line}: {where} {port.counters}{modem}"
