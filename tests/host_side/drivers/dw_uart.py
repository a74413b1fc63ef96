# SPDX-License-Identifier: Apache-2.0
"""A DesignWare 8250 as a device model in Python, written from its register description.

Time is in clock cycles; nothing happens between calls of ``advance``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR, USR = 0, 1, 2, 3, 4, 5, 6, 7, 0x1F
DEPTH = 16
TRIGGERS = (1, 4, 8, 14)
OE, PE, FE, BI = 2, 4, 8, 16


class DwUart:
    """Registers by their number. ``sent`` holds (cycle of the stop bit, byte)."""

    def __init__(self, sclk_cycles: tuple[int, int] = (25, 6)) -> None:
        self.now = 0
        self.sent: list[tuple[int, int]] = []
        self.lcr = self.mcr = self.ier = self.fcr = self.scr = self.divisor = 0
        self.cpr, self.ucv, self.dlf, self.dlf_mask = 0x0001_1502, 0x3430_302A, 0, 0
        self.ignored_lcr = 0
        self.lost = 0
        self.forget_thre = False
        """A defect: enabling the THRE interrupt does not raise it."""
        self._sclk = sclk_cycles
        self._rx: deque[tuple[int, int]] = deque()
        self._tx: deque[int] = deque()
        self._shift: tuple[int, int] | None = None
        self._arriving: deque[tuple[int, int, int]] = deque()
        self._errors = 0
        self._thre = False
        self._busy_detect = False
        self._phantom = False
        self._touched = 0

    # The line.

    @property
    def char_cycles(self) -> int:
        """Cycles of one character of 10 bits."""
        up, down = self._sclk
        return 160 * self.divisor * up // down

    def type(self, data: bytes, spacing: int | None = None, errors: int = 0) -> None:
        """Let characters arrive one after the other, ``spacing`` cycles apart."""
        step = self.char_cycles if spacing is None else spacing
        at = max(self.now, self._arriving[-1][0] if self._arriving else 0)
        for byte in data:
            at += step
            self._arriving.append((at, byte, errors))

    def signal_timeout(self) -> None:
        """The defect of real parts: a character timeout without a character."""
        self._phantom = True

    @property
    def output(self) -> bytes:
        """What has left on the line."""
        return bytes(byte for _, byte in self.sent)

    # Time.

    def next_event(self) -> int | None:
        """Cycle at which something changes by itself."""
        times = [self._arriving[0][0]] if self._arriving else []
        if self._shift is not None:
            times.append(self._shift[0])
        if self._rx and not self._timeout():
            times.append(self._touched + 4 * self.char_cycles)
        return min(times, default=None)

    def advance(self, now: int) -> None:
        while (event := self._first_until(now)) is not None:
            self.now = event
            if self._shift is not None and self._shift[0] == event:
                self.sent.append(self._shift)
                self._shift = None
                self._load_shift()
            elif self._arriving and self._arriving[0][0] == event:
                _, byte, errors = self._arriving.popleft()
                self._arrive(byte, errors)
        self.now = now

    def _first_until(self, now: int) -> int | None:
        times = [self._arriving[0][0]] if self._arriving else []
        times += [self._shift[0]] if self._shift is not None else []
        event = min(times, default=now + 1)
        return event if event <= now else None

    def _arrive(self, byte: int, errors: int) -> None:
        self._touched = self.now
        if len(self._rx) >= (DEPTH if self.fcr & 1 else 1):
            self._errors |= OE
            self.lost += 1
        else:
            self._rx.append((byte, errors))

    def _load_shift(self) -> None:
        if self._tx and self.divisor:
            self._shift = (self.now + self.char_cycles, self._tx.popleft())
            if not self._tx:
                self._thre = True

    # Interrupt.

    def irq(self) -> bool:
        return self._id() != 1

    def _timeout(self) -> bool:
        due = self._touched + 4 * self.char_cycles
        return self._phantom or bool(self._rx and self.fcr & 1 and self.now >= due)

    def _id(self) -> int:
        level = TRIGGERS[self.fcr >> 6] if self.fcr & 1 else 1
        if self.ier & 4 and self._line_errors():
            return 6
        if self.ier & 1 and len(self._rx) >= level:
            return 4
        if self.ier & 1 and self._timeout():
            return 0xC
        if self.ier & 2 and self._thre:
            return 2
        return 7 if self._busy_detect else 1

    def _line_errors(self) -> int:
        return self._errors | (self._rx[0][1] if self._rx else 0)

    def busy(self) -> bool:
        return bool(self._shift or self._tx or self._rx)

    # Registers.

    def read(self, number: int) -> int:
        if self.lcr & 0x80 and number in (RBR, IER):
            return self.divisor >> 8 * number & 0xFF
        readers: dict[int, Callable[[], int]] = {
            RBR: self._read_rbr,
            IIR: self._read_iir,
            LSR: self._read_lsr,
            USR: self._read_usr,
            MSR: self._read_msr,
            0xC0 >> 2: lambda: self.dlf,
            0xF4 >> 2: lambda: self.cpr,
            0xF8 >> 2: lambda: self.ucv,
        }
        if number in readers:
            return readers[number]()
        return {IER: self.ier, LCR: self.lcr, MCR: self.mcr, SCR: self.scr}[number]

    def write(self, number: int, value: int) -> None:
        if self.lcr & 0x80 and number in (RBR, IER):
            shift = 8 * number
            self.divisor = self.divisor & ~(0xFF << shift) | value << shift
        elif number == RBR:
            self._write_thr(value)
        elif number == IER:
            if value & 2 and not self.ier & 2 and not self._tx and not self.forget_thre:
                self._thre = True
            self.ier = value & 0x0F
        elif number == IIR:
            self._write_fcr(value)
        elif number == LCR:
            if self.busy():
                self.ignored_lcr += 1
                self._busy_detect = True
            else:
                self.lcr = value
        elif number == 0xC0 >> 2:
            self.dlf = value & self.dlf_mask
        elif number in (MCR, SCR):
            setattr(self, {MCR: "mcr", SCR: "scr"}[number], value)
        else:
            raise AssertionError(f"register {number:#x} cannot be written")

    def _read_rbr(self) -> int:
        self._touched = self.now
        self._phantom = False
        return self._rx.popleft()[0] if self._rx else 0

    def _read_iir(self) -> int:
        found = self._id()
        if found == 2:
            self._thre = False
        return found | (0xC0 if self.fcr & 1 else 0)

    def _read_lsr(self) -> int:
        value = self._line_errors() | bool(self._rx)
        value |= 0 if self._tx else 0x20
        value |= 0 if self._tx or self._shift else 0x40
        self._errors = 0
        if self._rx:
            self._rx[0] = (self._rx[0][0], 0)
        return value

    def _read_usr(self) -> int:
        self._busy_detect = False
        return int(self.busy())

    def _read_msr(self) -> int:
        if not self.mcr & 0x10:
            return 0
        return (self.mcr & 2) << 3 | (self.mcr & 1) << 5 | (self.mcr & 0xC) << 4

    def _write_thr(self, value: int) -> None:
        assert len(self._tx) < (DEPTH if self.fcr & 1 else 1), "transmit FIFO overflow"
        self._thre = False
        self._tx.append(value)
        if self._shift is None:
            self._load_shift()

    def _write_fcr(self, value: int) -> None:
        switched = (value ^ self.fcr) & 1
        if switched or value & 2:
            self._rx.clear()
        if switched or value & 4:
            self._tx.clear()
        self.fcr = value & 0xC1
