# SPDX-License-Identifier: Apache-2.0
"""One DesignWare 8250 port: start-up, line settings, interrupts, polled console output.

Follows 8250_port.c and 8250_dw.c of Linux 5.15 access by access. Left out: DMA, RS-485, flow
control by modem lines, SysRq, and the timer for UARTs that forget their THRE interrupt.
"""

from __future__ import annotations

import errno

from host_side.drivers.dw8250_registers import (
    BOTH_EMPTY,
    DLF,
    DLL,
    DLM,
    FCR,
    FCR_ENABLE,
    IER,
    IER_RDI,
    IER_RLSI,
    IER_THRI,
    IIR,
    IIR_BUSY,
    IIR_NO_INT,
    IIR_RX_TIMEOUT,
    LCR,
    LCR_DLAB,
    LCR_SBC,
    LCR_WLEN8,
    LSR,
    LSR_BI,
    LSR_DR,
    LSR_ERRORS,
    LSR_FE,
    LSR_OE,
    LSR_PE,
    LSR_TEMT,
    LSR_THRE,
    MCR,
    MCR_DTR,
    MCR_OUT2,
    MCR_RTS,
    MSR,
    RX,
    TX,
    USR,
    Registers,
)
from host_side.drivers.dw8250_types import PORT_UNKNOWN, PortType
from host_side.drivers.irqs_off import IrqsOff
from host_side.drivers.serial_counters import Counters
from host_side.drivers.serial_options import LineSettings
from host_side.drivers.serial_tty import WAKEUP_CHARS, SerialTty
from host_side.kernel.errors import LinuxError
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.printk import INFO, WARNING

PASS_LIMIT = 512
"""Rounds of the interrupt handler before it gives up on a UART that never calms down."""
RX_LIMIT = 256
"""Characters read in one go."""
POLLS = 10_000
"""Looks at LSR, a microsecond apart, before polled output goes on anyway."""


class Dw8250Port:
    """A port ``ttySn``. ``clock_hz`` feeds the baud generator; ``irq`` is Linux's number."""

    def __init__(
        self, kernel: LinuxKernel, registers: Registers, line: int, clock_hz: int, prefix: str
    ) -> None:
        self.registers = registers
        self.line = line
        self.name = f"ttyS{line}"
        self.clock_hz = clock_hz
        self.irq = 0
        self.type: PortType = PORT_UNKNOWN
        self.dlf_bits = 0
        self.is_console = False
        self.try_dma = False
        self.settings = LineSettings()
        self.counters = Counters()
        self.mctrl = 0
        """Modem control lines, by their bits in MCR."""
        self.modem_status = 0
        self.tty = SerialTty(kernel, self.name, self._start_tx)
        self._kernel = kernel
        self._cpu = kernel.cpu
        self._prefix = prefix
        self._opens = 0
        self._started = False
        self._ier = 0
        self._lsr_saved = 0
        self._bad_tx_interrupt = False

    # Registration.

    async def configure(self) -> None:
        """Drop the modem lines of a port that has just been found (uart_configure_port)."""
        self.mctrl &= MCR_DTR
        await self.registers.write(MCR, self.mctrl)

    async def setup_console(self, settings: LineSettings) -> None:
        """Make it the kernel's console, which has DTR up from now on (uart_set_options)."""
        self.is_console = True
        self.mctrl |= MCR_DTR
        await self.set_termios(settings)

    # Open and close.

    async def open(self) -> None:
        """Start the port with its first user (uart_open). EIO after a hangup, ENODEV without UART.

        A port without UART (all bits of LSR set) prints a line.
        """
        if self.tty.hung_up:
            raise LinuxError(errno.EIO)
        if not self._started:
            await self._startup()
            self._started = True
            await self.set_termios(self.settings)
            await self.set_mctrl(self.mctrl | MCR_DTR | MCR_RTS)
        self._opens += 1

    async def close(self) -> None:
        """Stop the port with its last user; a console is never stopped (tty_port_shutdown)."""
        self._opens -= 1
        if not self._opens and not self.is_console:
            await self._shutdown()

    async def hang_up(self) -> None:
        """The device goes away (tty_vhangup)."""
        await self.tty.hang_up()
        await self._shutdown()

    # Line settings.

    async def set_termios(self, settings: LineSettings) -> None:
        """Program divisor, format, FIFOs and modem lines (serial8250_do_set_termios)."""
        self.settings = settings
        registers = self.registers
        divisor, fraction = self._divisor(settings.baud)
        with IrqsOff(self._cpu):
            await registers.write(IER, self._ier)
            if self.dlf_bits:
                await registers.write_word(DLF, fraction)
            await registers.write(LCR, settings.lcr | LCR_DLAB)
            await registers.write(DLL, divisor & 0xFF)
            await registers.write(DLM, divisor >> 8)
            await registers.write(LCR, settings.lcr)
            # UARTs emulated in software need the FIFOs enabled first and the trigger set then.
            if registers.fcr & FCR_ENABLE:
                await registers.write(FCR, FCR_ENABLE)
            await registers.write(FCR, registers.fcr)
            await registers.write(MCR, self.mctrl)

    async def set_mctrl(self, mctrl: int) -> None:
        """Set the modem control lines; nothing is written when they stay (uart_update_mctrl)."""
        if mctrl != self.mctrl:
            self.mctrl = mctrl
            await self.registers.write(MCR, mctrl)

    def _divisor(self, baud: int) -> tuple[int, int]:
        """Divisor of the clock by 16 times ``baud``, and the value of its fraction register."""
        # uart_get_baud_rate: 1 % above the highest rate still passes, anything else becomes 9600.
        lowest, highest = (
            self.clock_hz // 16 // 0xFFFF,
            (self.clock_hz + self.clock_hz // 100) // 16,
        )
        rate = 16 * (baud if lowest <= baud <= highest else LineSettings().baud)
        if not self.dlf_bits:
            return (self.clock_hz + rate // 2) // rate, 0
        whole, rest = divmod(self.clock_hz, rate)
        return whole, ((rest << self.dlf_bits) + rate // 2) // rate

    # Start-up and shutdown.

    async def _startup(self) -> None:
        """serial8250_do_startup: leaves reception to be enabled by set_termios."""
        registers = self.registers
        await registers.clear_fifos()
        await self._clear_interrupts()
        if await registers.read(LSR) == 0xFF:
            self._kernel.printk(self._prefix, "LSR safety check engaged!", INFO)
            raise LinuxError(errno.ENODEV)
        with IrqsOff(self._cpu):
            await self._test_thre()
        await registers.write(LCR, LCR_WLEN8)
        with IrqsOff(self._cpu):
            self.mctrl |= MCR_OUT2
            await registers.write(MCR, self.mctrl)
            await registers.write(IER, IER_THRI)
            lsr = await registers.read(LSR)
            iir = await registers.read(IIR)
            await registers.write(IER, 0)
            self._bad_tx_interrupt = bool(lsr & LSR_TEMT and iir & IIR_NO_INT)
        await self._clear_interrupts()
        self._lsr_saved = 0
        if self.try_dma:
            self.try_dma = False
            reason = "forbid DMA for kernel console" if self.is_console else "failed to request DMA"
            self._kernel.printk(self._prefix, reason, WARNING)
        self._ier = IER_RLSI | IER_RDI

    async def _test_thre(self) -> None:
        """Whether enabling the THRE interrupt raises it again; its answer needs no action here."""
        registers = self.registers
        await self._wait_for_lsr(LSR_THRE)
        for _ in range(2):
            await registers.write_sync(IER, IER_THRI)
            await self._delay_us()
            await registers.read(IIR)
            await registers.write(IER, 0)

    async def _clear_interrupts(self) -> None:
        for number in (LSR, RX, IIR, MSR):
            await self.registers.read(number)

    async def _shutdown(self) -> None:
        """uart_shutdown and serial8250_do_shutdown."""
        if not self._started:
            return
        self._started = False
        registers = self.registers
        await self.set_mctrl(self.mctrl & ~(MCR_DTR | MCR_RTS))
        with IrqsOff(self._cpu):
            self._ier = 0
            await registers.write(IER, 0)
        self.mctrl &= ~MCR_OUT2
        await registers.write(MCR, self.mctrl)
        await registers.write(LCR, await registers.read(LCR) & ~LCR_SBC)
        await registers.clear_fifos()
        await registers.read(RX)

    # Interrupts.

    async def interrupt(self) -> None:
        """The interrupt handler: until IIR shows nothing more (serial8250_interrupt)."""
        for _ in range(PASS_LIMIT):
            if not await self._handle_irq():
                return

    async def _handle_irq(self) -> bool:
        """dw8250_handle_irq: one look at IIR; False when nothing was pending."""
        registers = self.registers
        iir = await registers.read(IIR)
        if registers.compatible:
            return await self._handle(iir)
        if iir & 0x3F == IIR_RX_TIMEOUT:
            # The UART can signal a timeout without data; only a read of RBR ends that.
            status = await registers.read(LSR)
            if not status & (LSR_DR | LSR_BI):
                await registers.read(RX)
        if await self._handle(iir):
            return True
        if iir & IIR_BUSY == IIR_BUSY:
            await registers.read(USR)
            return True
        return False

    async def _handle(self, iir: int) -> bool:
        """serial8250_handle_irq."""
        if iir & IIR_NO_INT:
            return False
        lsr = await self.registers.read(LSR)
        if lsr & (LSR_DR | LSR_BI):
            lsr = await self._receive(lsr)
        self.modem_status = await self.registers.read(MSR)
        if lsr & LSR_THRE and self._ier & IER_THRI:
            await self._transmit()
        return True

    # Receive.

    async def _receive(self, lsr: int) -> int:
        """Read what is there; the last line status."""
        for left in reversed(range(RX_LIMIT)):
            await self._read_char(lsr)
            if not left:
                break
            lsr = await self.registers.read(LSR)
            if not lsr & (LSR_DR | LSR_BI):
                break
        await self.tty.push()
        return lsr

    async def _read_char(self, lsr: int) -> None:
        char = await self.registers.read(RX) if lsr & LSR_DR else 0
        counters = self.counters
        counters.rx += 1
        lsr |= self._lsr_saved
        self._lsr_saved = 0
        if lsr & LSR_ERRORS:
            self._count_errors(lsr)
        if not self.tty.receive(char):
            counters.buf_overrun += 1
        if lsr & LSR_OE:
            self.tty.overrun()

    def _count_errors(self, lsr: int) -> None:
        """A broken character is delivered all the same: INPCK and BRKINT are off by default."""
        counters = self.counters
        if lsr & LSR_BI:
            counters.brk += 1
        elif lsr & LSR_PE:
            counters.parity += 1
        elif lsr & LSR_FE:
            counters.frame += 1
        if lsr & LSR_OE:
            counters.overrun += 1

    # Transmit.

    async def _start_tx(self) -> None:
        """serial8250_start_tx: the THRE interrupt comes at once if the transmitter is idle."""
        if not self.tty.ring.pending or self._ier & IER_THRI:
            return
        self._ier |= IER_THRI
        await self.registers.write(IER, self._ier)
        if self._bad_tx_interrupt:
            lsr = await self.registers.read(LSR)
            self._lsr_saved |= lsr & LSR_ERRORS
            if lsr & LSR_THRE:
                await self._transmit()

    async def _stop_tx(self) -> None:
        if self._ier & IER_THRI:
            self._ier &= ~IER_THRI
            await self.registers.write(IER, self._ier)

    async def _transmit(self) -> None:
        """serial8250_tx_chars: fill the FIFO, which is empty."""
        ring = self.tty.ring
        for _ in range(min(self.type.fifo_size, ring.pending)):
            await self.registers.write(TX, ring.take())
            self.counters.tx += 1
        if ring.pending < WAKEUP_CHARS:
            self.tty.wake_writers()
        if not ring.pending:
            await self._stop_tx()

    # Console.

    async def console_write(self, data: bytes) -> None:
        """Send by polling, with interrupts off all the while (serial8250_console_write)."""
        registers = self.registers
        with IrqsOff(self._cpu):
            ier = await registers.read(IER)
            await registers.write(IER, 0)
            for byte in data:
                await self._wait_for_lsr(LSR_THRE)
                await registers.write(TX, byte)
            await self._wait_for_lsr(BOTH_EMPTY)
            await registers.write(IER, ier)

    async def _wait_for_lsr(self, bits: int) -> None:
        """Poll LSR once a microsecond, for 10 ms at most, until all ``bits`` are set."""
        for _ in range(POLLS):
            lsr = await self.registers.read(LSR)
            self._lsr_saved |= lsr & LSR_ERRORS
            if lsr & bits == bits:
                return
            await self._delay_us()

    async def _delay_us(self) -> None:
        """udelay(1)."""
        now = self._cpu.hart.now()
        await self._cpu.spend_cycles(1000 * now // self._kernel.clock.now_ns())
