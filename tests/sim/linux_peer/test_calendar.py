# SPDX-License-Identifier: Apache-2.0
"""The clock of a kernel, message by message."""

import socket
from pathlib import Path

import pytest
from fake_kernel import FakeClock

from sim.linux_peer.calendar import NEVER, TIME_OF_DAY_NS, Calendar
from sim.linux_peer.listener import listen

ACK, START, REQUEST, WAIT, GET, UPDATE, RUN, GET_TOD = 0, 1, 2, 3, 4, 5, 6, 8


class Pair:
    """A calendar at 1234 ns, and the kernel's end of it."""

    def __init__(self, folder: Path) -> None:
        self.calendar = Calendar(folder / "clock", lambda: 1234)
        self.kernel = FakeClock(folder / "clock")
        self.calendar.take()

    def tell(self, op: int, time_ns: int = 0) -> tuple[int, int, int]:
        self.kernel.say(op, 7, time_ns)
        self.calendar.take()
        return self.kernel.hear()


@pytest.fixture
def pair(tmp_path: Path):
    made = Pair(tmp_path)
    yield made
    made.kernel.channel.close()
    made.calendar.close()


def test_start_comes_with_two_descriptors(pair: Pair):
    pair.kernel.say(START, 3, 1)
    pair.calendar.take()
    data, fds, _, _ = socket.recv_fds(pair.kernel.channel, 16, 4)
    assert data == bytes([0, 0, 0, 0, 3]) + bytes(11)
    assert len(fds) == 2


@pytest.mark.parametrize(
    ("op", "answer"), [(GET, 1234), (GET_TOD, TIME_OF_DAY_NS + 1234), (UPDATE, 0), (REQUEST, 0)]
)
def test_each_message_is_acknowledged_under_its_number(pair: Pair, op: int, answer: int):
    assert pair.tell(op, 5000) == (ACK, 7, answer)


def test_the_last_request_counts_and_run_has_its_very_time(pair: Pair):
    pair.tell(REQUEST, 9001)
    pair.tell(REQUEST, 5003)
    pair.tell(WAIT)
    assert (pair.calendar.waiting, pair.calendar.request) == (True, 5003)
    pair.calendar.run()
    assert pair.kernel.hear() == (RUN, 0, 5003)
    assert (pair.calendar.waiting, pair.calendar.request) == (False, NEVER)


def test_a_kernel_that_is_gone_shows(pair: Pair):
    pair.kernel.channel.close()
    pair.calendar.take()
    assert pair.calendar.ended


def test_socket_in_a_folder_with_a_long_name(tmp_path: Path):
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    with listen(folder / "clock.sock"):
        assert (folder / "clock.sock").is_socket()
