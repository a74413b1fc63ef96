# SPDX-License-Identifier: Apache-2.0
"""RPBuf: buffers of many sizes filled by Linux, taken and sent back by the RTOS, with sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.measures import NOTHING
from sim.scenarios.rpbuf_edges import RpbufEdges
from sim.scenarios.scenario import Check, Scenario
from sim.scenarios.vendor_link import vendor_link

if TYPE_CHECKING:
    from sim.inside.linux_side import LinuxSide

# From the largest that the carveout holds (64 of its 96 pages) down to one byte; up to 16 bytes
# have no room for an MD5 behind them and are compared alone.
SIZES = (0x4_0000, 0x1_0000, 4097, 4096, 1000, 17, 16, 2, 1)
PART_MS = 2000


class Rpbuf(Scenario):
    """``rpbuf_test -s -r`` for each size; every second one waits for ACKs."""

    name = "rpbuf"
    summary = "rpbuf_test: buffers of 1 byte to 256 KiB to the RTOS and back, MD5 checked"
    app = "rpbuf_test"
    unit = "parts"
    default_count = 36  # more than 1 MiB each way
    # At the end the RTOS hangs, which Linux has to find out by itself.
    hang_after_ns = 1_000_000_000
    remoteproc = True
    sizes: tuple[int, ...] = SIZES
    with_edges = True

    def prepare(self) -> None:
        """Watch what either side says of the parts it has sent and read."""
        self._measure = self.session.measure("rpbuf_round_trip")
        self._started = NOTHING
        self._sent: list[tuple[int, int]] = []
        self._read: list[tuple[int, int]] = []
        self._back = 0
        self._runs = 0
        self._failures: list[str] = []
        self._output = ""
        self._edges = RpbufEdges(self.session) if self.with_edges else None
        self._watch()

    def _watch(self) -> None:
        linux = self.session.linux_boot_hart.watchers
        linux["rpbuf_send"] = self._part_sent
        linux["rpbuf_done"] = self._part_back
        self.session.rtos_hart.watchers["rpbuf_rx"] = self._part_read

    def _watch_no_more(self) -> None:
        for name in ("rpbuf_send", "rpbuf_done"):
            del self.session.linux_boot_hart.watchers[name]
        del self.session.rtos_hart.watchers["rpbuf_rx"]

    def _part_sent(self, _cycle: int, length: int, crc: int) -> None:
        self._sent.append((length, crc & 0xFFFFFFFF))
        self._started = self.session.split()

    def _part_back(self, _cycle: int, length: int, clocks: int) -> None:
        self._back += length
        self._measure.add(clocks, self.session.split().since(self._started))

    def _part_read(self, _cycle: int, length: int, crc: int) -> None:
        self._read.append((length, crc & 0xFFFFFFFF))

    async def script(self) -> None:
        """Start the RTOS, then run the program once for each size; then the edges."""
        linux = await vendor_link(self.session)
        await self._all_sizes(linux)
        self._watch_no_more()
        if self._edges is not None:
            await self._edges.run(linux)

    async def _all_sizes(self, linux: LinuxSide) -> None:
        for number, size in enumerate(self.sizes):
            parts = self.count // len(self.sizes) + (number < self.count % len(self.sizes))
            if not parts:
                break
            ack = " -a" if number % 2 else ""
            line = f"rpbuf_test -s -r -q{ack} -c {parts} -d 0 -t {PART_MS} -N test{size} -L {size}"
            status, output = await linux.run(line)
            self._runs += 1
            self._output += f"# {line}\n{output}"
            if status:
                self._failures.append(f"{line}: {' '.join(output.split())}")

    def done(self) -> int:
        """Return the parts that came back."""
        return len(self._measure.samples)

    def time_limit_ns(self) -> int:
        """Return enough for an MD5 and four copies of each part."""
        return 10_000_000_000 + self.count * 200_000_000

    def checks(self) -> dict[str, Check]:
        """Nothing was lost or changed in either direction."""
        wrong = sum(sent != read for sent, read in zip(self._sent, self._read, strict=False))
        moved = sum(length for length, _ in self._sent)
        return {
            "programs_succeeded": Check(
                not self._failures and self._runs > 0,
                "; ".join(self._failures) or f"{self._runs} of {len(self.sizes)} sizes",
            ),
            "all_parts_came_back": Check(
                self.done() == self.count, f"{self.done()} of {self.count}"
            ),
            "rtos_read_what_was_sent": Check(
                not wrong and len(self._read) == len(self._sent) == self.count,
                f"{len(self._read)} read, {wrong} of them other than sent",
            ),
            "bytes_moved": Check(
                moved == self._back > 0, f"{moved} to the RTOS and {self._back} back"
            ),
            **(self._edges.checks() if self._edges is not None else {}),
        }

    def details(self) -> dict[str, Any]:
        """Return the bytes that were moved, and the programs' output as an artifact."""
        edges = self._edges.output if self._edges is not None else ""
        return {
            "bytes_moved": sum(length for length, _ in self._sent) + self._back,
            **self.session.text_artifact("log", "rpbuf_test.log", self._output + edges),
        }


class RpbufBlocks(Rpbuf):
    """Buffers of one size: what ``ampsim bench`` measures."""

    name = "rpbuf-blocks"
    summary = "rpbuf_test: buffers of 64 KiB to the RTOS and back"
    sizes = (0x1_0000,)
    with_edges = False
