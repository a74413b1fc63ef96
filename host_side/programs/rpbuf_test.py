# SPDX-License-Identifier: Apache-2.0
"""rpbuf_test: random data with an MD5 through a buffer of any size, out, in, or there and back.

After the vendor's program. Two things are more general here: a buffer may have any length (theirs:
a multiple of 4, at least 16), and ``-s`` with ``-r`` waits for each part to come back and compares.
"""

from __future__ import annotations

import errno
from binascii import crc32

from host_side.kernel.errors import LinuxError
from host_side.programs.digest import checked_text, is_good, made_text, make_data
from host_side.programs.librpbuf import RpbufBuffer, alloc_buffer
from host_side.programs.options import Options, UsageError, getopt, refuse
from host_side.programs.process import Process
from host_side.programs.round_trips import RoundTrips

USAGE = "[-s] [-r] [-c N] [-d MS] [-t MS] [-a] [-q] [-I ID] [-N NAME] [-L LENGTH]"
NAME = "rpbuf_demo"
LENGTH = 32
COUNT = 10
DELAY_MS = 100
NS_PER_MS = 1_000_000


async def main(argv: list[str], process: Process) -> int:
    """``-s`` send ``-c`` times, ``-d`` ms apart; ``-r`` receive, for ``-t`` ms or for ever; ``-a``
    wait for ACKs; ``-q`` do not show the data; ``-I``, ``-N``, ``-L`` say which buffer."""
    try:
        options = getopt(argv[1:], "sraqc:d:t:I:N:L:")
        if options.operands or not options.flags & {"s", "r"}:
            raise UsageError("")
        test = RpbufTest(process, options)
    except UsageError as error:
        return await refuse(process, "rpbuf_test", error, USAGE)
    return await test.run()


class RpbufTest:
    """One run; raises UsageError for options that are no numbers."""

    def __init__(self, process: Process, options: Options) -> None:
        self._process = process
        self._name = options.values.get("N", NAME)
        self._length = options.integer("L", LENGTH)
        self._ctrl = options.integer("I", 0)
        self._count = options.integer("c", COUNT)
        self._delay_ms = options.integer("d", DELAY_MS)
        self._time_ms = options.integer("t", -1)
        self._flags = options.flags
        self._failed = 0
        self._times = RoundTrips()

    async def run(self) -> int:
        """Allocate, do what was asked for, free; the exit status."""
        process, name = self._process, self._name
        buffer = await alloc_buffer(process, self._ctrl, name, self._length)
        if buffer is None:
            what = f"buffer {name} (len: {self._length})"
            await process.print(f"rpbuf_alloc_buffer for {what} failed\n")
            return 1
        good = True
        try:
            if "a" in self._flags:
                await buffer.set_sync(True)
            if "s" in self._flags:
                good = await self._send(buffer)
            else:
                good = await self._receive_all(buffer)
        finally:
            await buffer.free()
        return 0 if good and not self._failed else 1

    async def _send(self, buffer: RpbufBuffer) -> bool:
        process = self._process
        for number in range(self._count):
            data = await make_data(process, self._length, f"{self._name}.{number}")
            await self._show(made_text(data))
            await buffer.memory.write(0, data)
            begin_cycles, begin = process.cycles(), process.clock_gettime_ns()
            process.kernel.event("rpbuf_send", len(data), crc32(data))
            try:
                await buffer.transmit(0, len(data))
                if "r" in self._flags:
                    await self._expect(buffer, data)
            except LinuxError as error:
                reason = "timeout" if error.errno == errno.ETIMEDOUT else "error"
                await process.print(f"transmit buffer {self._name} {reason}\n")
                return False
            self._times.add(process.clock_gettime_ns() - begin)
            process.kernel.event("rpbuf_done", len(data), process.cycles() - begin_cycles)
            if self._delay_ms:
                await process.sleep_ns(self._delay_ms * NS_PER_MS)
        times = self._times
        await process.print(
            f"{times.count} buffers of {self._length} bytes, {self._failed} failed: "
            f"min {times.least} ns, mean {times.mean} ns, max {times.greatest} ns\n"
        )
        return True

    async def _expect(self, buffer: RpbufBuffer, sent: bytes) -> None:
        """The remote sends the same back; LinuxError ETIMEDOUT when it does not in time."""
        found = await buffer.receive(self._time_ms)
        if found.timeout_ms == -errno.ETIMEDOUT:
            raise LinuxError(errno.ETIMEDOUT)
        data = await buffer.memory.read(found.offset, found.data_len)
        if not await self._check(data) or data != sent:
            self._failed += 1

    async def _receive_all(self, buffer: RpbufBuffer) -> bool:
        process, left = self._process, self._time_ms
        if left >= 0:
            await process.print(f"will wait data {left} msecond.\n")
        while True:
            try:
                found = await buffer.receive(left)
            except LinuxError as error:
                text = f"receive buffer {self._name} error, ret={-error.errno}\n"
                await process.print(text)
                return False
            if found.timeout_ms == -errno.ETIMEDOUT or (found.data_len == 0xFFFFFFFF):
                await process.print(f"receive buffer {self._name} timeout\n")
                return True
            left = found.timeout_ms
            data = await buffer.memory.read(found.offset, found.data_len)
            if not await self._check(data):
                self._failed += 1

    async def _check(self, data: bytes) -> bool:
        good = await is_good(self._process, data)
        if not good or "q" not in self._flags:
            await self._process.print(checked_text(data, good))
        return good

    async def _show(self, text: str) -> None:
        if "q" not in self._flags:
            await self._process.print(text)
