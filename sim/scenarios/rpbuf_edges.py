# SPDX-License-Identifier: Apache-2.0
"""RPBuf at its edges: data in the middle, a buffer too large, ends while somebody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.scenarios.scenario import Check

if TYPE_CHECKING:
    from sim.inside.linux_side import LinuxSide
    from sim.inside.session import Session

# A text in the middle of a buffer comes back from there.
PLACED = "rpbuf_demo -s hello -O 1000 -r -t 50 -d 0 -a -N placed -L 4096"
PLACED_BACK = "Data received (offset: 1000, len: 5):\n 0x68 0x65 0x6c 0x6c 0x6f"
# One byte more than the carveout has in one piece: a power of two of pages.
TOO_LARGE = "rpbuf_test -s -c 1 -N large -L 262145"
REFUSED = "rpbuf_alloc_buffer for buffer large (len: 262145) failed"
# Nobody receives what the RTOS sends back; it waits for the ACK until the buffer is freed.
FREED = "rpbuf_demo -s hello -a -d 10 -N freed -L 64"
# The RTOS hangs while the program sleeps, nearly all of the time, and Linux finds out by itself.
HANGS = b"crash loop\r"
UNANSWERED = "rpbuf_test -s -r -q -a -c 1000 -d 4 -t 2000 -N unanswered -L 64"
RESET = "transmit buffer unanswered error"
WARM_UP_MS = 20


class RpbufEdges:
    """Types the commands and keeps what they print; ``output`` is for the log."""

    def __init__(self, session: Session) -> None:
        self.output = ""
        self._session = session
        self._results: dict[str, tuple[int, str]] = {}
        self._resets: list[int] = []
        session.rtos_hart.watchers["rpbuf_reset"] = self._reset

    def _reset(self, _cycle: int, length: int, _: int) -> None:
        self._resets.append(length)

    async def run(self, linux: LinuxSide) -> None:
        """Do all of it; the last leaves an RTOS that has been recovered."""
        for line in (PLACED, TOO_LARGE, FREED):
            await self._run(linux, line)
        kernel = linux.kernel
        waiting = kernel.spawn(self._run(linux, UNANSWERED), "sender")
        await kernel.msleep(WARM_UP_MS)
        self._session.rtos_console.send(HANGS)
        await kernel.join(waiting)

    async def _run(self, linux: LinuxSide, line: str) -> None:
        status, output = await linux.run(line)
        self._results[line] = status, output
        self.output += f"# {line}\n{output}"

    def checks(self) -> dict[str, Check]:
        """Each ended as the vendor's drivers end it."""
        return {
            "offset_kept": self._ended(PLACED, 0, PLACED_BACK),
            "too_large_refused": self._ended(TOO_LARGE, 1, REFUSED),
            "freed_while_waited_for": Check(
                self._resets == [len("hello")],
                f"the RTOS's answers that ended with ECONNRESET: {self._resets or 'none'}",
            ),
            "gone_while_waited_for": self._ended(UNANSWERED, 1, RESET),
        }

    def _ended(self, line: str, status: int, text: str) -> Check:
        found, output = self._results.get(line, (-1, "not run"))
        return Check(found == status and text in output, " ".join(output.split()))
