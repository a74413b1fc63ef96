# SPDX-License-Identifier: Apache-2.0
"""rpmsg_echo: sends numbered texts to the remote's echo service and measures each way and back."""

from __future__ import annotations

from host_side.fs.flags import Poll
from host_side.kernel.errors import LinuxError
from host_side.programs.endpoint import MTU, open_endpoint
from host_side.programs.options import Options, UsageError, getopt, refuse
from host_side.programs.process import Process, strerror
from host_side.programs.round_trips import RoundTrips

USAGE = "[-n N] [-v] [-d DEVICE] [-s SIZE] [-t SECONDS]"
DEVICE = "/dev/rpmsg0"
PADDING = b"."


class EchoError(Exception):
    """The echo is not what was sent, or did not come."""


def message_for(number: int, size: int) -> bytes:
    """Text of message ``number``, padded to ``size`` bytes."""
    return (b"hello there %d!" % number).ljust(size, PADDING)


async def main(argv: list[str], process: Process) -> int:
    """``-n`` messages (default 100), ``-v`` two lines each, ``-s`` least size in bytes, ``-t`` how
    long to wait for an echo (default: for ever)."""
    try:
        options = getopt(argv[1:], "n:vd:s:t:")
        count, size = options.number("n", 100), options.number("s", 0)
        test = EchoTest(process, "v" in options.flags, _timeout(options))
        if options.operands:
            raise UsageError("")
        if size > MTU:
            raise UsageError(f"size {size} is above the {MTU} bytes a message takes")
    except UsageError as error:
        return await refuse(process, "rpmsg_echo", error, USAGE)
    device = options.values.get("d", DEVICE)
    try:
        fd = await open_endpoint(process, device)
    except LinuxError as error:
        await process.complain(f"rpmsg_echo: can't open '{device}': {strerror(error)}\n")
        return 1
    status = 0
    for number in range(count):
        try:
            await test.exchange(fd, number, message_for(number, size))
        except (EchoError, LinuxError) as error:
            reason = strerror(error) if isinstance(error, LinuxError) else error
            await process.complain(f"rpmsg_echo: message #{number}: {reason}\n")
            status = 1
            break
    await process.print(summary(test.times))
    await process.close(fd)
    return status


def _timeout(options: Options) -> int | None:
    return options.number("t", 0) if "t" in options.values else None


def summary(times: RoundTrips) -> str:
    """The last line, in the style of the lines before."""
    return (
        f"{times.count} messages echoed: min time {times.least} ns, "
        f"avg time {times.mean} ns,maxtime {times.greatest} ns\n"
    )


class EchoTest:
    """The exchanges of one run; ``timeout_s`` None waits for ever for each echo."""

    def __init__(self, process: Process, verbose: bool, timeout_s: int | None) -> None:
        self.times = RoundTrips()
        self._process = process
        self._verbose = verbose
        self._timeout_s = timeout_s

    async def exchange(self, fd: int, number: int, sent: bytes) -> None:
        """Send one message, read and check its echo, take the time of both system calls.

        EchoError when the echo is wrong or late; LinuxError from the device.
        """
        process, kernel = self._process, self._process.kernel
        if self._verbose:
            await process.print(f"Sending message #{number}: {sent.decode()}\n")
        await kernel.spend("app_loop")
        begin_cycles, begin = process.cycles(), process.clock_gettime_ns()
        kernel.event("echo_send", number)
        await process.write(fd, sent)
        if self._timeout_s is not None:
            await self._wait(fd, self._timeout_s)
        echo = await process.read(fd, MTU)
        spent = process.clock_gettime_ns() - begin
        kernel.event("echo_done", number, process.cycles() - begin_cycles)
        check(sent, echo)
        self.times.add(spent)
        if self._verbose:
            await process.print(
                f"Receiving message #{number}: test this time {spent} ns, "
                f"avg time {self.times.mean} ns,maxtime {self.times.greatest} ns\n"
            )

    async def _wait(self, fd: int, seconds: int) -> None:
        if not await self._process.poll(fd, Poll.IN, seconds * 1_000_000_000):
            raise EchoError(f"no echo within {seconds} s")


def check(sent: bytes, echo: bytes) -> None:
    """Compare byte by byte; EchoError names the first difference."""
    if sent == echo:
        return
    for at, (expected, found) in enumerate(zip(sent, echo, strict=False)):
        if expected != found:
            raise EchoError(f"byte {at} differs: sent 0x{expected:02x}, received 0x{found:02x}")
    if len(sent) != len(echo):
        raise EchoError(f"sent {len(sent)} bytes, received {len(echo)}")
