# SPDX-License-Identifier: Apache-2.0
"""A shell on the serial line, end to end, and the port's device nodes."""

from __future__ import annotations

from typing import Any

import pytest

from host_side.drivers import dw8250
from host_side.fs.flags import O_RDWR, Poll
from host_side.fs.poll import poll
from host_side.kernel.errors import LinuxError
from host_side.rpmsg.core import RpmsgBus
from host_side.shell.sink import Capture
from host_side.userspace import Userspace
from tests.host_side.drivers.uart_machine import UartRig


class ShellRig(UartRig):
    """With user space and device nodes."""

    def __init__(self) -> None:
        super().__init__()
        assert isinstance(self.kernel.rpmsg, RpmsgBus)
        self.user = Userspace(self.kernel)
        self.call(self.user.init())
        dw8250.add_nodes(self.kernel, self.user.fs)

    def sh(self, line: str) -> tuple[int, str]:
        """Run a line in a shell that is not on the serial line."""
        capture = Capture()
        status = self.call(self.user.shell(capture).execute(line))
        return status, capture.take()

    def press(self, keys: bytes, ns: int = 20_000_000) -> bytes:
        """Type on the far end of the line; what comes back within ``ns``."""
        self.uart.sent.clear()
        self.uart.type(keys)
        self.settle(ns)
        return self.uart.output


@pytest.fixture
def rig() -> ShellRig:
    return ShellRig()


@pytest.fixture
def shell(rig: ShellRig) -> Any:
    task = rig.start(rig.user.shell().interactive(dw8250.serial_tty(rig.kernel)))
    rig.settle()
    assert rig.uart.output == b"# "
    return task


@pytest.mark.usefixtures("shell")
def test_session(rig: ShellRig) -> None:
    assert rig.press(b"echo hi\r") == b"echo hi\r\nhi\r\n# "
    assert rig.press(b"nothing\r") == b"nothing\r\nsh: nothing: not found\r\n# "
    assert rig.press(b"echo $?\r") == b"echo $?\r\n127\r\n# "


@pytest.mark.usefixtures("shell")
def test_echo_of_a_key_comes_after_its_timeout(rig: ShellRig) -> None:
    begin = rig.machine.cycle
    assert rig.press(b"x") == b"x"
    chars = (rig.uart.sent[0][0] - begin) / rig.uart.char_cycles
    # One character on the way in, four of timeout, one on the way out.
    assert 6 < chars < 6.2


@pytest.mark.usefixtures("shell")
def test_ctrl_c_stops_a_program(rig: ShellRig) -> None:
    assert rig.press(b"sleep 100\r") == b"sleep 100\r\n"
    assert rig.press(b"\x03", 50_000_000) == b"^C\r\n# "


@pytest.mark.usefixtures("shell")
def test_proc_interrupts_has_the_row(rig: ShellRig) -> None:
    text = rig.press(b"grep ttyS0 /proc/interrupts\r", 40_000_000).decode()
    row = text.splitlines()[1]
    irq, count, chip, *_ = row.split()
    assert (irq, chip) == ("6:", "SiFive")
    assert int(count) > 4
    assert row.split()[-1] == "ttyS0"


@pytest.mark.usefixtures("shell")
def test_output_longer_than_the_ring(rig: ShellRig) -> None:
    text = "0123456789abcdef" * 4
    rig.sh(f"echo {text} > /mnt/x")
    for _ in range(7):
        rig.sh("cat /mnt/x /mnt/x > /mnt/y; cat /mnt/y > /mnt/x")
    shown = rig.press(b"cat /mnt/x\r", 1_000_000_000)
    assert shown == b"cat /mnt/x\r\n" + f"{text}\r\n".encode() * 128 + b"# "


def test_shell_ends_when_the_device_goes(rig: ShellRig, shell: Any) -> None:
    device = next(d for d in rig.kernel.platform_bus.devices if d.name == "10000000.serial")
    rig.call(rig.kernel.platform_bus.unbind(device))
    rig.settle()
    assert shell.exited
    assert rig.sh("echo x > /dev/ttyS0")[1] == "sh: can't create /dev/ttyS0: Input/output error\n"


def test_file_that_is_open_when_the_device_goes(rig: ShellRig) -> None:
    file = rig.call(rig.user.fs.open("/dev/ttyS0", O_RDWR))
    device = next(d for d in rig.kernel.platform_bus.devices if d.name == "10000000.serial")
    rig.call(rig.kernel.platform_bus.unbind(device))
    assert rig.call(file.read(10)) == b""
    assert file.poll() & (Poll.HUP | Poll.ERR) == Poll.HUP | Poll.ERR
    with pytest.raises(LinuxError, match="EIO"):
        rig.call(file.write(b"x"))
    rig.call(file.close())


def test_poll_tells_of_typing(rig: ShellRig) -> None:
    file = rig.call(rig.user.fs.open("/dev/console", O_RDWR))
    assert not rig.call(poll(file, Poll.IN, 0))
    rig.uart.type(b"x")
    assert rig.call(poll(file, Poll.IN)) == Poll.IN
    assert rig.call(poll(file, Poll.OUT, 0)) == Poll.OUT


def test_device_nodes(rig: ShellRig) -> None:
    assert rig.sh("ls /dev/ttyS0 /dev/console") == (0, "/dev/console\n/dev/ttyS0\n")
    assert rig.sh("echo one > /dev/ttyS0; echo two > /dev/console") == (0, "")
    rig.settle(10_000_000)
    assert rig.uart.output == b"one\r\ntwo\r\n"


def test_reading_the_device_gives_edited_lines(rig: ShellRig) -> None:
    async def body() -> list[bytes]:
        file = await rig.user.fs.open("/dev/ttyS0", O_RDWR)
        return [await file.read(100), await file.read(2), await file.read(100)]

    task = rig.start(body())
    assert rig.press(b"ax\x7fb\rcdef\r") == b"ax\b \bb\r\ncdef\r\n"
    assert task.result == [b"ab\n", b"cd", b"ef\n"]


def test_port_statistics(rig: ShellRig) -> None:
    rig.sh("echo 1234 > /dev/ttyS0")
    rig.uart.type(b"ab", errors=4)
    rig.settle(10_000_000)
    assert rig.sh("cat /proc/tty/driver/serial")[1].splitlines() == [
        "serinfo:1.0 driver revision:",
        "0: uart:16550A mmio:0x10000000 irq:6 tx:6 rx:2 pe:2 RTS|DTR",
        "1: uart:unknown port:00000000 irq:0",
        "2: uart:unknown port:00000000 irq:0",
        "3: uart:unknown port:00000000 irq:0",
    ]
