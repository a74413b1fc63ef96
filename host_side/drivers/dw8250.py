# SPDX-License-Identifier: Apache-2.0
"""The platform driver ``dw-apb-uart``: DesignWare 8250 UARTs as ttyS0, ttyS1 ...

Node properties: ``clock-frequency``, ``reg-shift``, ``reg-io-width``,
``snps,uart-16550-compatible`` (a flag). Lines are numbered in the order of the devicetree.

``init`` (or what ``initcall`` makes of a kernel command line) finds the ports and opens the
console; from then on ``serial_tty(kernel)`` is the line that ``Shell.interactive`` can serve.
"""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable

from host_side.devicetree import DeviceNode, DeviceTreeError
from host_side.drivers import serial_device
from host_side.drivers.dw8250_port import Dw8250Port
from host_side.drivers.dw8250_registers import Registers
from host_side.drivers.dw8250_types import PORT_UNKNOWN, autoconfig, read_parameters
from host_side.drivers.serial_console import SerialConsole
from host_side.drivers.serial_options import ConsoleOptions
from host_side.drivers.serial_tty import SerialTty
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.interrupts import IrqRow
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.platform_bus import PlatformDevice
from host_side.kernel.printk import ERR, INFO

CMDLINE = "console=ttyS0,115200 quiet"


class Dw8250:
    """A bound device: its port, its interrupt, and the console if the log goes there."""

    def __init__(self, port: Dw8250Port, row: IrqRow) -> None:
        self.port = port
        self.row = row
        self.console: SerialConsole | None = None


class Dw8250Driver:
    """The platform driver. Its interrupt is requested with the device, not with the first open."""

    name = "dw-apb-uart"
    of_match_table: tuple[str, ...] = ("snps,dw-apb-uart",)

    def __init__(self, kernel: LinuxKernel, options: ConsoleOptions) -> None:
        self._kernel = kernel
        self._options = options

    async def probe(self, device: PlatformDevice) -> None:
        """Take the device. LinuxError EINVAL, ENXIO or ENOSPC: what it needs is not there."""
        kernel = self._kernel
        try:
            port = self._make_port(device)
        except DeviceTreeError as error:
            kernel.printk(f"{self.name} {device.name}", str(error), ERR)
            raise LinuxError(errno.EINVAL) from None
        parameters = await read_parameters(port.registers)
        port.dlf_bits = parameters.dlf_bits
        port.try_dma = parameters.type is not None
        if port.line == self._options.line:
            # The same driver's placeholder for an ISA port gives up the name (as real logs show).
            kernel.printk("printk", f"console [{port.name}] disabled", INFO)
        port.type = parameters.type or await autoconfig(port.registers)
        port.registers.has_fifo = port.type.has_fifo
        port.registers.fcr = port.type.fcr
        row = await kernel.request_irq(device.node.interrupts[0], port.interrupt, port.name)
        port.irq = row.irq
        device.drvdata = bound = Dw8250(port, row)
        if port.type is PORT_UNKNOWN:
            return
        where = f"MMIO 0x{port.registers.base:x} (irq = {port.irq}"
        text = f"{port.name} at {where}, base_baud = {port.clock_hz // 16}) is a {port.type.name}"
        kernel.printk(device.name, text, INFO)
        await port.configure()
        if port.line == self._options.line:
            bound.console = SerialConsole(kernel, port, self._options)
            await bound.console.register()

    async def remove(self, device: PlatformDevice) -> None:
        """Hang up and let go of the device."""
        bound = device.drvdata
        assert isinstance(bound, Dw8250)
        await bound.port.hang_up()
        if bound.console is not None:
            bound.console.unregister()
        await self._kernel.free_irq(bound.row)

    def _make_port(self, device: PlatformDevice) -> Dw8250Port:
        kernel, node = self._kernel, device.node
        prefix = f"{self.name} {device.name}"
        if not node.reg:
            kernel.printk(prefix, "no registers defined", ERR)
            raise LinuxError(errno.EINVAL)
        if not node.interrupts:
            kernel.printk(prefix, "IRQ index 0 not found", ERR)
            raise LinuxError(errno.ENXIO)
        clock_hz = _cell(node, "clock-frequency")
        if not clock_hz:
            kernel.printk(prefix, "clock rate not defined", ERR)
            raise LinuxError(errno.EINVAL)
        taken = {port.line for port in ports(kernel)}
        line = next((n for n in range(serial_device.PORTS) if n not in taken), None)
        if line is None:
            raise LinuxError(errno.ENOSPC)
        registers = Registers(
            kernel.bus,
            node.reg[0][0],
            shift=_cell(node, "reg-shift"),
            width=4 if _cell(node, "reg-io-width") == 4 else 1,
            compatible=node.flag("snps,uart-16550-compatible"),
        )
        return Dw8250Port(kernel, registers, line, clock_hz, prefix)


def _cell(node: DeviceNode, name: str) -> int:
    """An integer property, 0 when it is missing."""
    return node.integer(name) if name in node.properties else 0


def ports(kernel: LinuxKernel) -> list[Dw8250Port]:
    """The ports that a UART was found for, in order of their line number."""
    data = (device.drvdata for device in kernel.platform_bus.devices)
    found = (bound.port for bound in data if isinstance(bound, Dw8250))
    return sorted(
        (port for port in found if port.type is not PORT_UNKNOWN), key=lambda port: port.line
    )


def serial_tty(kernel: LinuxKernel, line: int = 0) -> SerialTty:
    """The tty of ``ttyS<line>``, for ``Shell.interactive``; LinuxError ENXIO: no such UART.

    A line other than the console's has to be opened first: ``await port.open()``.
    """
    for port in ports(kernel):
        if port.line == line:
            return port.tty
    raise LinuxError(errno.ENXIO)


def add_nodes(kernel: LinuxKernel, fs: FileSystem) -> None:
    """/dev/ttySn of every port, /dev/console, /proc/tty/driver/serial; call it after ``init``."""
    serial_device.add_proc(fs, lambda: ports(kernel))
    for port in ports(kernel):
        serial_device.add_port(kernel, fs, port)


def initcall(cmdline: str) -> Callable[[LinuxKernel], Awaitable[None]]:
    """An initcall like ``init`` that takes ``console=``, ``quiet`` and ``loglevel=`` from here."""

    async def run(kernel: LinuxKernel) -> None:
        text = f"Serial: 8250/16550 driver, {serial_device.PORTS} ports, IRQ sharing disabled"
        kernel.printk("", text, INFO)
        await kernel.platform_bus.register_driver(
            Dw8250Driver(kernel, ConsoleOptions.parse(cmdline))
        )
        for port in ports(kernel):
            if port.is_console:
                await _open_console(kernel, port)

    return run


async def _open_console(kernel: LinuxKernel, port: Dw8250Port) -> None:
    """console_on_rootfs: init's standard input and output."""
    try:
        await port.open()
    except LinuxError:
        kernel.printk("", "Warning: unable to open an initial console.", ERR)


async def init(kernel: LinuxKernel) -> None:
    """Initcall: register the driver, with ``CMDLINE``, and open the console."""
    await initcall(CMDLINE)(kernel)
