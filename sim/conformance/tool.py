# SPDX-License-Identifier: Apache-2.0
"""What ``sim/linux_peer/kernel/rpmsg_tool.c`` does, as a program of the model: the same calls."""

from __future__ import annotations

from collections.abc import Awaitable

from host_side.fs.flags import O_NONBLOCK, O_RDWR, Poll
from host_side.kernel.errors import LinuxError
from host_side.programs.process import Process, strerror
from host_side.rpmsg.uapi import (
    RPMSG_ADDR_ANY,
    RPMSG_CREATE_DEV_IOCTL,
    RPMSG_CREATE_EPT_IOCTL,
    RPMSG_DESTROY_EPT_IOCTL,
    RPMSG_GET_OUTGOING_FLOWCONTROL,
    RPMSG_RELEASE_DEV_IOCTL,
    RPMSG_SET_INCOMING_FLOWCONTROL,
    EndpointInfo,
)

MTU = 496
IDLE_NS = 300_000_000
CONTROL = "/dev/rpmsg_ctrl0"
DEVICES = 8
NO_COMMAND = 0xB57F
RAW_ADDRESS = 0x400
_ALL = Poll.IN | Poll.PRI | Poll.OUT | Poll.RDNORM


def pattern(length: int, number: int) -> bytes:
    """Return bytes that differ from message to message."""
    return bytes(ord("a") + (i * 7 + number) % 26 for i in range(length))


async def main(words: list[str], process: Process) -> int:
    """Run the command that the words name; 1 where it fails, with a line that says why."""
    command, *rest = words[1:]
    tool = Tool(process)
    try:
        await getattr(tool, command)(*rest)
    except LinuxError as error:
        await tool.say(f"failed {command}: {strerror(error)}")
        return 1
    return 0


class Tool:
    """The commands, each by its name on the command line."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def say(self, text: str) -> None:
        """Print a result."""
        await self._process.print(f"bench: {text}\n")

    async def echo(self, device: str, count: str, length: str) -> None:
        """Round trips, each compared."""
        file = await self._process.open(device, O_RDWR)
        await self._round_trips(file, int(count), int(length), "echo")

    async def _round_trips(self, file: int, count: int, length: int, name: str) -> None:
        same = 0
        for number in range(count):
            sent = pattern(length, number)
            await self._process.write(file, sent)
            same += await self._process.read(file, MTU + 16) == sent
        await self.say(f"{name} {same} of {count} came back")

    async def sizes(self, device: str) -> None:
        """The longest message, and one byte more."""
        file = await self._process.open(device, O_RDWR)
        data = pattern(MTU + 1, 0)
        await self.say(f"write({MTU}) {await self._process.write(file, data[:MTU])}")
        await self.say(f"read {len(await self._process.read(file, MTU + 1))}")
        try:
            more = f"{await self._process.write(file, data)} "
        except LinuxError as error:
            more = f"-1 {strerror(error)}"
        await self.say(f"write({MTU + 1}) {more}")

    async def tty(self, device: str, text: str) -> None:
        """A line and what comes back for it."""
        file = await self._process.open(device, O_RDWR)
        await self._process.write(file, text.encode())
        got = b""
        while len(got) < len(text):
            got += await self._process.read(file, 2047 - len(got))
        await self.say(f"tty {got.decode()}")

    async def burst(self, device: str, count: str) -> None:
        """Send all, then read what came back."""
        process = self._process
        file = await process.open(device, O_RDWR)
        sent = got = 0
        for number in range(int(count)):
            sent += await process.write(file, pattern(8, number)) == 8
        while await process.poll(file, Poll.IN, IDLE_NS) & Poll.IN and await process.read(
            file, MTU
        ):
            got += 1
        await self.say(f"burst {sent} sent, {got} came back")

    async def flood(self, device: str, count: str) -> None:
        """Send until it fails."""
        process = self._process
        file = await process.open(device, O_RDWR)
        why, sent, begin = 0, 0, 0
        for number in range(int(count)):
            begin = process.clock_gettime_ns()
            try:
                await process.write(file, pattern(8, number))
            except LinuxError as error:
                why = error.errno
                break
            sent += 1
        waited = (process.clock_gettime_ns() - begin) // 1_000_000
        await self.say(f"flood {sent} sent, then errno {why} after {waited} ms")

    async def endpoint(self, name: str, src: str, dst: str) -> None:
        """Make an endpoint, echo through it, destroy it."""
        process = self._process
        control = await process.open(CONTROL, O_RDWR)
        info = EndpointInfo(name, int(src, 0), int(dst, 0)).pack()
        await process.ioctl(control, RPMSG_CREATE_EPT_IOCTL, info)
        file = await process.open(await self._device_of(name), O_RDWR)
        await self._round_trips(file, 10, 32, "endpoint")
        await process.ioctl(file, RPMSG_DESTROY_EPT_IOCTL)
        await process.close(file)
        await self.say("endpoint destroyed")

    async def _device_of(self, name: str) -> str:
        """Return the device of the endpoint of that name, as the ioctl does not say its number."""
        process = self._process
        for number in reversed(range(DEVICES)):
            path = f"/sys/class/rpmsg/rpmsg{number}/name"
            if process.fs.exists(path):
                file = await process.open(path)
                found = await process.read(file, 40)
                await process.close(file)
                if found.decode().strip() == name:
                    return f"/dev/rpmsg{number}"
        raise LinuxError(19)

    async def channel(self, name: str, src: str, dst: str) -> None:
        """Make a channel and release it."""
        control = await self._process.open(CONTROL, O_RDWR)
        info = EndpointInfo(name, int(src, 0), int(dst, 0)).pack()
        await self._process.ioctl(control, RPMSG_CREATE_DEV_IOCTL, info)
        await self.say("channel created")
        await self._process.ioctl(control, RPMSG_RELEASE_DEV_IOCTL, info)
        await self.say("channel released")

    async def full(self, device: str, line: str) -> None:
        """Writes that would have to wait for a buffer."""
        process, data = self._process, pattern(8, 0)
        file = await process.open(device, O_RDWR | O_NONBLOCK)
        other = await process.open(line, O_RDWR)
        await self._told("write without waiting", process.write(file, data))
        await self._told("write to the line", process.write(other, data))

    async def errors(self, device: str, dst: str) -> None:
        """What the devices refuse, and how."""
        control = await self._process.open(CONTROL, O_RDWR)
        await self._device_errors(device)
        await self._channel_errors(control)
        await self._endpoint_errors(control, int(dst, 0))

    async def _told(self, what: str, call: Awaitable[int | bytes]) -> int:
        """Print what a call returns, or why it fails; return it, -1 where it does."""
        try:
            found = await call
        except LinuxError as error:
            await self.say(f"{what} -1 {strerror(error)}")
            return -1
        number = len(found) if isinstance(found, bytes) else int(found)
        await self.say(f"{what} {number}")
        return number

    async def _device_errors(self, device: str) -> None:
        process, told = self._process, self._told
        file = await process.open(device, O_RDWR | O_NONBLOCK)
        await told("second open", process.open(device, O_RDWR))
        data = pattern(MTU + 1, 0)
        await told("read of nothing", process.read(file, MTU))
        await told("poll of nothing", process.poll(file, _ALL, 0))
        await told("one byte too many", process.write(file, data))
        await told("empty message", process.write(file, b""))
        await process.poll(file, Poll.IN, IDLE_NS)
        await told("poll of a message", process.poll(file, _ALL, 0))
        await told("read of it", process.read(file, MTU))
        await told("message", process.write(file, data[:32]))
        await process.poll(file, Poll.IN, IDLE_NS)
        await told("read of a part", process.read(file, 5))
        await told("read of the rest", process.read(file, MTU))
        await told("destroy", process.ioctl(file, RPMSG_DESTROY_EPT_IOCTL))
        state = bytearray((7, 0, 0, 0))
        outgoing, incoming = RPMSG_GET_OUTGOING_FLOWCONTROL, RPMSG_SET_INCOMING_FLOWCONTROL
        await told("flow state to nowhere", process.ioctl(file, outgoing, None))
        await told("flow state", process.ioctl(file, outgoing, state))
        await self.say(f"is {int.from_bytes(state, 'little')}")
        await told("flow restricted", process.ioctl(file, incoming, 1))
        await told("flow unknown", process.ioctl(file, incoming, 2))
        await told("unknown command", process.ioctl(file, NO_COMMAND))
        await process.close(file)

    async def _channel_errors(self, control: int) -> None:
        told, ioctl = self._told, self._process.ioctl
        info = EndpointInfo("nobody", RPMSG_ADDR_ANY, 0x777).pack()
        await told("no argument", ioctl(control, RPMSG_CREATE_DEV_IOCTL, None))
        await told("unknown command", ioctl(control, NO_COMMAND, info))
        await told("release of none", ioctl(control, RPMSG_RELEASE_DEV_IOCTL, info))
        await told("channel", ioctl(control, RPMSG_CREATE_DEV_IOCTL, info))
        await told("the same again", ioctl(control, RPMSG_CREATE_DEV_IOCTL, info))
        await told("release", ioctl(control, RPMSG_RELEASE_DEV_IOCTL, info))

    async def _opened(self, control: int, name: str, src: int, dst: int) -> int:
        """Make and open an endpoint; -1 where that fails."""
        info = EndpointInfo(name, src, dst).pack()
        await self._told(name, self._process.ioctl(control, RPMSG_CREATE_EPT_IOCTL, info))
        try:
            return await self._process.open(await self._device_of(name), O_RDWR)
        except LinuxError as error:
            await self.say(f"open -1 {strerror(error)}")
            return -1

    async def _endpoint_errors(self, control: int, dst: int) -> None:
        process, told, data = self._process, self._told, pattern(8, 0)
        await self._opened(control, "taken", RAW_ADDRESS, dst)
        file = await self._opened(control, "nowhere", 0x91, RPMSG_ADDR_ANY)
        await told("message to nowhere", process.write(file, data))
        await told("destroy", process.ioctl(file, RPMSG_DESTROY_EPT_IOCTL))
        await told("read", process.read(file, 8))
        await told("write", process.write(file, data))
        await told("poll", process.poll(file, Poll.IN, 0))
        await process.close(file)
        file = await self._opened(control, "unknown", 0x92, 0x7FF)
        await told("message to nobody", process.write(file, data))
        await process.sleep_ns(10_000_000)
        await told("destroy", process.ioctl(file, RPMSG_DESTROY_EPT_IOCTL))
        await process.close(file)
        file = await self._opened(control, "gone", 0x93, dst)
        await told("message that is answered", process.write(file, data))
        await told("destroy", process.ioctl(file, RPMSG_DESTROY_EPT_IOCTL))
        await process.close(file)
