# SPDX-License-Identifier: Apache-2.0
"""From a character's stop bit on the line to the shell that reads it (seed 000 §6.2)."""

from __future__ import annotations

from sim.scenarios.scenario import Check, Scenario

# A UART takes the character in the middle of the stop bit, nine and a half bits after its start.
_BITS_TO_SAMPLE = 9.5
_GAP_NS = 1_000_000


class UartLatency(Scenario):
    """Characters are typed on the simulated line, far enough apart for the shell to be idle."""

    name = "uart-latency"
    summary = "UART receive delay: stop bit on the line to the finsh shell"
    app = "uart_latency"
    linux = False
    medium = "spi-nor"
    unit = "characters"
    default_count = 50

    def prepare(self) -> None:
        """Note when each character is sent and when the shell has it."""
        self._measure = self.session.measure("uart_receive")
        self._sent: list[int] = []
        self._read = bytearray()
        self._next_ns = 0
        self._bit_clocks = self.session.board.clock_hz / self.session.board.rtos.baud
        self.session.rtos_hart.watchers["uart_rx_shell"] = self._arrived
        self.session.rtos_console.on_sent = self._sent.append

    def look_in(self, now_ns: int) -> None:
        """Type the next character when the prompt is there and the line has been quiet."""
        if not self._next_ns and self.session.rtos_console.output.endswith(b"msh >"):
            self._next_ns = now_ns + _GAP_NS
        if self._next_ns and now_ns >= self._next_ns and len(self._sent) == len(self._read):
            self._next_ns = now_ns + _GAP_NS
            self.session.rtos_console.send(self._character(len(self._sent)))

    @staticmethod
    def _character(number: int) -> bytes:
        """A letter, then a backspace that takes it away again: the line never fills up."""
        return b"\b" if number % 2 else bytes([ord("a") + number // 2 % 26])

    def _arrived(self, cycle: int, character: int, _number: int) -> None:
        sampled = self._sent[len(self._read)] + round(_BITS_TO_SAMPLE * self._bit_clocks)
        self._measure.add(cycle - sampled)
        self._read.append(character)
        if len(self._read) == self.count:
            self.session.finish()

    def done(self) -> int:
        """Return the characters read."""
        return len(self._measure.samples)

    def checks(self) -> dict[str, Check]:
        """The shell has read what was typed."""
        expected = b"".join(map(self._character, range(self.count)))
        return {"all_characters": Check(self._read == expected, f"{self.done()} of {self.count}")}
