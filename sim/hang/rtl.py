# SPDX-License-Identifier: Apache-2.0
"""The RTL's own state, read through the simulator: nothing passes on the bus, no time goes by.

What is read here has ``verilator public_flat_rd`` in hdl_models; Icarus shows all signals anyway.
"""

from __future__ import annotations

from typing import Any

import cocotb

from sim.boards.model import Board

# Sources of the interrupt controllers in the order of their bits (hdl_models: soc, plic.sv).
_SOURCES = {"jh7110": (32, 33, 130), "v821": (3, 5, 55, 123, 130, 144)}
# The targets of the controllers in their order: the hart of each.
_TARGETS = {"jh7110": (1, 2, 3, 4), "v821": (0, 1)}
_RAMS = {"jh7110": ("dram", "amp_memory"), "v821": ("dram", "sram")}
_WORD = 8


def soc() -> Any:
    """Return the handle of the SoC in the running design."""
    top: Any = cocotb.top
    return top.soc


def number(handle: Any) -> int:
    """Return the value of a signal; unknown bits are 0, as in a two-state simulator."""
    return int(handle.value.resolve("zeros"))


def source_index(board: Board, irq: int) -> int:
    """Return the bit of an interrupt source in the controller's registers."""
    return _SOURCES[board.soc].index(irq)


class Rtl:
    """The state of the SoC of ``board``, signal by signal."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._soc = soc()

    # Harts and bus.

    def running(self, index: int) -> bool:
        """Tell whether a hart is out of reset."""
        return bool(number(self._soc.cluster.running_q) >> index & 1)

    def handshake(self, index: int) -> dict[str, bool]:
        """Return which handshakes of a hart's access have taken place."""
        shell = self._soc.cluster.hart[index].shell
        return {
            "write_address": bool(number(shell.aw_sent_q)),
            "write_data": bool(number(shell.data_sent_q)),
            "read_address": bool(number(shell.ar_sent_q)),
        }

    # Memory.

    def memory(self, address: int, length: int) -> bytes:
        """Return bytes of a memory; bytes that no memory has are absent."""
        for region, name in zip(self._ranges(), _RAMS[self._board.soc], strict=True):
            if region[0] <= address and address + length <= region[1]:
                return self._words(getattr(self._soc, name).mem_q, address - region[0], length)
        return b""

    def load(self, address: int, size: int) -> int:
        """Return a little-endian integer in memory."""
        return int.from_bytes(self.memory(address, size), "little")

    def _ranges(self) -> list[tuple[int, int]]:
        regions = list(self._board.memory)
        if self._board.soc == "v821":
            regions.append(self._board.compatible("mmio-sram").region)
        return [(region.base, region.end) for region in regions]

    def _words(self, array: Any, offset: int, length: int) -> bytes:
        first, last = offset // _WORD, (offset + length - 1) // _WORD
        words = (number(array[index]) for index in range(first, last + 1))
        data = b"".join(word.to_bytes(_WORD, "little") for word in words)
        skew = offset % _WORD
        return data[skew : skew + length]

    # Interrupts.

    def msip(self, hart_id: int) -> bool:
        """Tell whether a hart's software interrupt bit is set."""
        return bool(number(self._soc.clint.msip_o) >> hart_id & 1)

    def source(self, irq: int, hart_id: int) -> dict[str, int]:
        """Return what the interrupt controller has of a source, for the context of a hart."""
        plic, bit = self._soc.plic, source_index(self._board, irq)
        target = plic.g_target[_TARGETS[self._board.soc].index(hart_id)].u_target
        return {
            "pending": number(plic.pending_q) >> bit & 1,
            "in_flight": number(plic.in_flight_q) >> bit & 1,
            "priority": number(plic.priority_q) >> 3 * bit & 7,
            "enabled": number(target.enable_o) >> bit & 1,
            "threshold": number(target.threshold_o),
        }

    def box(self, side: str, channel: int) -> dict[str, Any]:
        """Return what a side's message box has on a channel: words, and its receive interrupt."""
        box = self._soc.msgbox_e907 if side == "rtos" else self._soc.msgbox_a27
        fifo = box.g_channel[channel].channel
        count, words = number(fifo.count_o), number(fifo.words_q)
        return {
            "words": [words >> 32 * place & 0xFFFFFFFF for place in range(count)],
            "pending": bool(number(fifo.read_status_o)),
            "enabled": bool(number(box.enable_q) >> 2 * channel & 1),
        }
