# SPDX-License-Identifier: Apache-2.0
"""V821 as far as Linux sees it from its driver: clock unit, E907 block, MSGBOX, PLIC, memory.

All of it is written anew for the tests; nothing is shared with the RTL or the drivers.
"""

from __future__ import annotations

from collections.abc import Callable

from host_side.kernel.requests import EXT
from tests.host_side.plain_machine import PlainMachine

CCU, E907, RECORD = 0x4200_1000, 0x4303_0000, 0x4A00_020C
MSGBOX_E907, MSGBOX_A27, SOURCE = 0x4303_3000, 0x4910_2000, 123
PLIC = 0x4800_0000
CONTEXT = PLIC + 0x20_1000
GATES, RESETS, CORE_RESET = CCU + 0x80, CCU + 0x90, CCU + 0x9C
KEY = 0xA569_0000
STOP_MESSAGE = 0xF3F3_0301

VRING0, VRING1, BUFFERS = 0x4000_0000, 0x4000_8000, 0x4001_0000
CODE, CODE_SIZE = 0x4100_0000, 0x4_0000
MEM_FW = 0x4110_0000
TABLE = CODE + 0x8000


class Msgbox:
    """One core's message box: FIFOs of 8 words in four channels."""

    def __init__(self) -> None:
        self.fifos: list[list[int]] = [[], [], [], []]
        self.enable = {0x20: 0, 0x30: 0}
        self.status = {0x24: 0, 0x34: 0}
        self.thresholds = [0] * 4
        self.lost = 0

    def load(self, offset: int) -> int:
        if offset in self.enable:
            return self.enable[offset]
        if offset in self.status:
            return self.status[offset]
        channel = offset % 16 // 4
        if offset & 0xF0 == 0x60:
            return len(self.fifos[channel])
        if offset & 0xF0 == 0x70:
            return self.fifos[channel].pop(0) if self.fifos[channel] else 0
        assert offset & 0xF0 == 0x80
        return self.thresholds[channel]

    def store(self, offset: int, value: int) -> None:
        channel = offset % 16 // 4
        if offset in self.enable:
            self.enable[offset] = value
        elif offset in self.status:
            keep = sum(1 << 2 * n for n, fifo in enumerate(self.fifos) if fifo)
            self.status[offset] &= ~(value & ~keep)
        elif offset & 0xF0 == 0x70:
            self.push(channel, value)
        else:
            assert offset & 0xF0 == 0x80
            self.thresholds[channel] = value

    def push(self, channel: int, value: int) -> None:
        if len(self.fifos[channel]) == 8:
            self.lost += 1
            return
        self.fifos[channel].append(value)
        self.status[0x24] |= 1 << 2 * channel

    @property
    def line(self) -> bool:
        return bool(self.enable[0x20] & self.status[0x24])


class V821Machine(PlainMachine):
    """Hart 0 is Linux's, hart 1 the E907. ``released`` is called when the E907 may run."""

    def __init__(self) -> None:
        super().__init__(
            (0, 1),
            (0x4000_0000, 0x1_8000),
            (CODE, CODE_SIZE),
            (MEM_FW, 0x1_0000),
            (CCU, 0x1000),
            (E907, 0x1000),
            (0x4A00_0000, 0x1000),
            (PLIC, 0x4000),
            (CONTEXT, 0x1000),
        )
        self.boxes = {MSGBOX_E907: Msgbox(), MSGBOX_A27: Msgbox()}
        self.remote_box, self.linux_box = self.boxes.values()
        self.running = False
        self.asleep = False
        self.starts: list[int] = []
        self.released: Callable[[int], None] = lambda address: None
        self.held: Callable[[], None] = lambda: None
        self._claimed = False

    def kick_linux(self, word: int, channel: int = 0) -> None:
        """The E907 sends a word."""
        self.linux_box.push(channel, word)
        self._lines()

    def _load(self, address: int, size: int) -> int:
        base = address & ~0xFFF
        if base in self.boxes:
            assert size == 4
            value = self.boxes[base].load(address - base)
            self._lines()
            return value
        if address == E907 + 0x248:
            return 0 if not self.running else 1 if self.asleep else 3
        if address == CONTEXT + 4:
            source = SOURCE if self._ready() else 0
            self._claimed = self._claimed or bool(source)
            self._lines()
            return source
        return super()._load(address, size)

    def _store(self, address: int, size: int, value: int) -> None:
        base = address & ~0xFFF
        if base in self.boxes:
            self.boxes[base].store(address - base, value)
        elif address == CORE_RESET:
            if value & ~0xFFFF == KEY:
                self.memory.put(address, 4, value & 1)
                self._reset(bool(value & 1))
        elif address == CONTEXT + 4:
            assert value == SOURCE
            self._claimed = False
        else:
            super()._store(address, size, value)
        self._lines()

    def _reset(self, run: bool) -> None:
        if run and not self.running:
            self.running, self.asleep = True, False
            address = self.memory.u32(E907 + 0x204)
            self.starts.append(address)
            self.released(address)
        elif not run and self.running:
            self.running = False
            hart = self.harts[1]
            hart.software = hart.wait = hart.request = None
            self.held()

    def _ready(self) -> bool:
        enabled = self.memory.u32(PLIC + 0x2080 + 4 * (SOURCE // 32)) >> SOURCE % 32 & 1
        return self.linux_box.line and bool(enabled) and not self._claimed

    def _lines(self) -> None:
        lines = self.harts[0].lines
        lines[0] = lines[0] & ~EXT | (EXT if self._ready() else 0)
