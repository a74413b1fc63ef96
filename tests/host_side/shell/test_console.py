# SPDX-License-Identifier: Apache-2.0
"""The interactive shell over a tty: prompt, echo, Ctrl-C, Ctrl-D, input for programs."""

from __future__ import annotations

import pytest

from tests.host_side.shell.user_rig import REMOTE, UserRig


class Line:
    """A tty whose keys the test presses; ``shown`` is what came out."""

    def __init__(self, rig: UserRig) -> None:
        self._rig = rig
        self._keys: list[bytes] = []
        self._queue = rig.kernel.wait_queue()
        self._closed = False
        self.shown = b""

    async def read(self) -> bytes:
        await self._queue.wait(lambda: self._keys or self._closed)
        return self._keys.pop(0) if self._keys else b""

    async def write(self, data: bytes) -> None:
        self.shown += data

    def press(self, keys: bytes, ns: int = 1_000_000) -> bytes:
        """Type, let ``ns`` pass, and give what was shown meanwhile."""
        self._keys.append(keys)
        return self._wake(ns)

    def hang_up(self) -> bytes:
        self._closed = True
        return self._wake(1_000_000)

    def _wake(self, ns: int) -> bytes:
        self.shown = b""

        async def wake() -> None:
            self._queue.wake_up()

        self._rig.start(wake())
        self._rig.settle(ns)
        return self.shown


@pytest.fixture
def rig() -> UserRig:
    return UserRig()


@pytest.fixture
def line(rig: UserRig) -> Line:
    line = Line(rig)
    rig.announce(b"rpmsg-raw", REMOTE)
    rig.start_echo()
    rig.task = rig.start(rig.shell.interactive(line))
    rig.settle()
    assert line.shown == b"# "
    return line


def test_line_is_echoed_and_run(line: Line) -> None:
    assert line.press(b"echo a\r") == b"echo a\r\na\r\n# "
    assert line.press(b"xyz\r") == b"xyz\r\nsh: xyz: not found\r\n# "
    assert line.press(b"echo $?\r") == b"echo $?\r\n127\r\n# "
    assert line.press(b"\x1b[A") == b"\r# echo $?\x1b[J"


def test_open_quote_asks_for_more(line: Line) -> None:
    assert line.press(b'echo "a\r') == b'echo "a\r\n> '
    assert line.press(b'b"\r') == b'b"\r\na\r\nb\r\n# '


def test_ctrl_c_drops_the_line(line: Line) -> None:
    assert line.press(b"abc\x03") == b"abc^C\r\n# "
    assert line.press(b"echo $?\r") == b"echo $?\r\n130\r\n# "


@pytest.mark.parametrize(
    "command", [b"sleep 5", b"cat", b"cat /dev/rpmsg0", b"cat /dev/rpmsg0 | grep x", b"sleep 5; ls"]
)
def test_ctrl_c_ends_the_program(line: Line, command: bytes) -> None:
    assert line.press(command + b"\r", 30_000_000) == command + b"\r\n"
    assert line.press(b"\x03", 30_000_000) == b"^C\r\n# "
    assert line.press(b"echo $?\r") == b"echo $?\r\n130\r\n# "


def test_program_reads_edited_lines_until_ctrl_d(line: Line) -> None:
    line.press(b"cat\r")
    assert line.press(b"hx\x7fi\r") == b"hx\b \bi\r\nhi\r\n"
    assert line.press(b"\x04") == b"# "


def test_keys_typed_ahead_are_the_next_command(rig: UserRig, line: Line) -> None:
    assert line.press(b"sleep 0.1\r") == b"sleep 0.1\r\n"
    assert line.press(b"echo next\r") == b"echo next\r\n"
    line.shown = b""
    rig.settle(200_000_000)
    assert line.shown == b"# echo next\r\nnext\r\n# "


def test_keys_that_come_in_one_piece_are_taken_one_by_one(line: Line) -> None:
    assert line.press(b"echo a\recho b\r") == b"echo a\r\na\r\n# echo b\r\nb\r\n# "


def test_long_run_is_interrupted_between_messages(line: Line) -> None:
    line.press(b"rpmsg_echo -n 100000\r", 2_000_000)
    assert line.press(b"\x03", 2_000_000) == b"^C\r\n# "
    assert line.press(b"rpmsg_echo -n 1\r")[17:].startswith(b"1 messages echoed:")


def test_exit_and_ctrl_d_end_the_shell(rig: UserRig, line: Line) -> None:
    assert line.press(b"exit 3\r") == b"exit 3\r\n"
    assert rig.task.result == 3
    again = Line(rig)
    task = rig.start(rig.user.shell().interactive(again))
    assert again.press(b"\x04") == b"# \r\n"
    assert task.exited


def test_a_line_that_goes_away_ends_shell_and_program(rig: UserRig, line: Line) -> None:
    line.press(b"sleep 1000\r", 30_000_000)
    line.hang_up()
    rig.settle(30_000_000)
    assert rig.task.exited
    assert "sleep" not in {task.name for task in rig.kernel.scheduler.tasks.values()}
