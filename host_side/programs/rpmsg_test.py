# SPDX-License-Identifier: Apache-2.0
"""rpmsg_test: messages with an MD5 to an endpoint that sends them back; throughput and latency.

After the vendor's program, which sends in one thread and receives in another for ever; here each
message's echo is awaited, so that its time is known, and ``-n`` ends the test.
"""

from __future__ import annotations

from host_side.fs.flags import O_RDWR, Poll
from host_side.kernel.errors import LinuxError
from host_side.programs.digest import checked_text, is_good, made_text, make_data
from host_side.programs.endpoint import MTU
from host_side.programs.librpmsg import alloc_ept, open_ctrl
from host_side.programs.options import Options, UsageError, getopt, refuse
from host_side.programs.process import Process, strerror
from host_side.programs.round_trips import RoundTrips

USAGE = "-r REMOTE -c NAME [-L LENGTH] [-t MS] [-n N] [-v]"
LENGTH = 32
DELAY_MS = 500
REPORT_EVERY = 1000
ECHO_TIMEOUT_NS = 1_000_000_000
NS_PER_MS = 1_000_000


async def main(argv: list[str], process: Process) -> int:
    """``-L`` bytes every ``-t`` ms (0: as fast as they come back) to the endpoint NAME."""
    try:
        options = getopt(argv[1:], "r:c:L:t:n:v")
        length = options.integer("L", LENGTH)
        if options.operands or not argv[1:]:
            raise UsageError("")
        if not 0 < length <= MTU:
            raise UsageError(f"Invalid input {length}.")
        test = _Test(process, options, length)
    except UsageError as error:
        return await refuse(process, "rpmsg_test", error, USAGE)
    for letter, what in (("r", "remoteproc process"), ("c", "endpoint")):
        if letter not in options.values:
            await process.print(f"Please use -{letter} option to specifies the {what} name.\n")
            return 0
    remote, name = options.values["r"], options.values["c"]
    ctrl_fd = await open_ctrl(process, remote)
    number = None if ctrl_fd is None else await alloc_ept(process, ctrl_fd, name, True)
    if number is None or ctrl_fd is None:
        await process.print(f"rpmsg_alloc_ept for ept {name} ({remote}) failed\n")
        return 1
    status = await test.run(f"rpmsg{number}")
    await process.close(ctrl_fd)
    await process.print(f"Delete rpmsg endpoint file: /dev/rpmsg{number}\n")
    return status


class _Test:
    """One run over one endpoint."""

    def __init__(self, process: Process, options: Options, length: int) -> None:
        self._process = process
        self._length = length
        self._delay_ms = options.integer("t", DELAY_MS)
        self._limit = options.integer("n", 0) if "n" in options.values else None
        self._verbose = "v" in options.flags
        self._times = RoundTrips()
        self._sent = self._received = _Span()
        self._failed = 0
        self._device = ""

    async def run(self, device: str) -> int:
        """Exchange messages until the limit or an error; the exit status."""
        process, self._device = self._process, device
        fd = await process.open(f"/dev/{device}", O_RDWR)
        self._sent, self._received = _Span(), _Span()
        begin, number, status = process.clock_gettime_ns(), 0, 0
        while self._limit is None or number < self._limit:
            try:
                if not await self._exchange(fd, number):
                    status = 1
                    break
            except LinuxError as error:
                await process.print(f"{device} write error={strerror(error)}\n")
                status = 1
                break
            number += 1
            if self._verbose or not number % REPORT_EVERY:
                await self._report()
            if self._delay_ms:
                await process.sleep_ns(self._delay_ms * NS_PER_MS)
        await self._summary(process.clock_gettime_ns() - begin)
        await process.close(fd)
        return status or int(self._failed > 0)

    async def _exchange(self, fd: int, number: int) -> bool:
        process, kernel = self._process, self._process.kernel
        data = await make_data(process, self._length, f"{self._device}.{number}")
        if self._verbose:
            await process.print(f"[{self._device}]{made_text(data)}")
        begin_cycles, begin = process.cycles(), process.clock_gettime_ns()
        kernel.event("rpmsg_test_send", number)
        await process.write(fd, data)
        self._sent.add(len(data), process.clock_gettime_ns() - begin)
        if not await process.poll(fd, Poll.IN, ECHO_TIMEOUT_NS):
            await process.print(f"polling /dev/{self._device} timeout.\n")
            return False
        echo = await process.read(fd, MTU)
        spent = process.clock_gettime_ns() - begin
        kernel.event("rpmsg_test_done", number, process.cycles() - begin_cycles)
        self._received.add(len(echo), spent)
        self._times.add(spent)
        good = await is_good(process, echo) and echo == data
        self._failed += not good
        if self._verbose or not good:
            await process.print(f"[{self._device}]{checked_text(echo, good)}")
        return True

    async def _report(self) -> None:
        sent, received = self._sent, self._received
        await self._process.print(
            f"[{self._device}] send: {sent.kilobytes:f}Kb {sent.ms:f}ms {sent.rate:f}M/s\n"
            f"[{self._device}] receive : {received.kilobytes:f}Kb {received.ms:f}ms "
            f"{received.rate:f}Mb/s\n"
        )
        self._sent, self._received = _Span(), _Span()

    async def _summary(self, passed_ns: int) -> None:
        times = self._times
        rate = times.count * self._length * 1000 / passed_ns if passed_ns else 0.0
        await self._process.print(
            f"[{self._device}] {times.count} messages of {self._length} bytes, "
            f"{self._failed} failed, {rate:f} MB/s, latency min {times.least} ns, "
            f"mean {times.mean} ns, max {times.greatest} ns\n"
        )


class _Span:
    """Bytes and the time they took since the last report."""

    def __init__(self) -> None:
        self._bytes = 0
        self._ns = 0

    def add(self, count: int, ns: int) -> None:
        """Count a message."""
        self._bytes += count
        self._ns += ns

    @property
    def kilobytes(self) -> float:
        """Thousands of bytes."""
        return self._bytes / 1000

    @property
    def ms(self) -> float:
        """Milliseconds."""
        return self._ns / NS_PER_MS

    @property
    def rate(self) -> float:
        """Bytes a microsecond."""
        return self._bytes * 1000 / self._ns if self._ns else float("inf")
