# SPDX-License-Identifier: Apache-2.0
"""ipi_latency: round trips of one-byte messages, where the interrupts outweigh the copying."""

from __future__ import annotations

from host_side.kernel.errors import LinuxError
from host_side.programs.endpoint import MTU, open_endpoint
from host_side.programs.options import UsageError, getopt, refuse
from host_side.programs.process import Process, strerror
from host_side.programs.round_trips import RoundTrips

USAGE = "[-n N] [-d DEVICE]"
DEVICE = "/dev/rpmsg0"


async def main(argv: list[str], process: Process) -> int:
    """``-n`` pings (default 100) over ``-d``; prints least, mean and greatest time."""
    try:
        options = getopt(argv[1:], "n:d:")
        count = options.number("n", 100)
        if options.operands:
            raise UsageError("")
    except UsageError as error:
        return await refuse(process, "ipi_latency", error, USAGE)
    device = options.values.get("d", DEVICE)
    times = RoundTrips()
    try:
        fd = await open_endpoint(process, device)
        for number in range(count):
            if not await _ping(process, fd, number, times):
                await process.complain(f"ipi_latency: ping #{number}: wrong answer\n")
                return 1
        await process.close(fd)
    except LinuxError as error:
        await process.complain(f"ipi_latency: {device}: {strerror(error)}\n")
        return 1
    await process.print(
        f"IPI round trip: {times.count} pings, min {times.least} ns, "
        f"mean {times.mean} ns, max {times.greatest} ns\n"
    )
    return 0


async def _ping(process: Process, fd: int, number: int, times: RoundTrips) -> bool:
    """One ping; the answer is right."""
    kernel = process.kernel
    ping = bytes((number & 0xFF,))
    await kernel.spend("app_loop")
    begin_cycles, begin = process.cycles(), process.clock_gettime_ns()
    kernel.event("ping_send", number)
    await process.write(fd, ping)
    answer = await process.read(fd, MTU)
    times.add(process.clock_gettime_ns() - begin)
    kernel.event("ping_done", number, process.cycles() - begin_cycles)
    return answer == ping
