# SPDX-License-Identifier: Apache-2.0
"""Pipes between tasks: end of file, back pressure, nobody there to read."""

from __future__ import annotations

import errno

import pytest

from host_side.fs.flags import Poll
from host_side.fs.pipe import PIPE_SIZE, Pipe
from host_side.kernel.errors import LinuxError
from tests.host_side.rpmsg.rig import Rig


@pytest.fixture(scope="module")
def rig() -> Rig:
    return Rig()


def test_reader_waits_and_gets_end_of_file_after_the_last_byte(rig: Rig) -> None:
    reader, writer = Pipe(rig.kernel).ends()
    task = rig.start(reader.read(10))
    rig.settle()
    assert not task.exited
    rig.call(writer.write(b"abc"))
    rig.machine.run(lambda: task.exited)
    assert task.result == b"abc"
    rig.call(writer.write(b"last"))
    rig.call(writer.close())
    assert reader.poll() == Poll.IN | Poll.RDNORM | Poll.HUP
    assert rig.call(reader.read(10)) == b"last"
    assert rig.call(reader.read(10)) == b""


def test_writer_waits_while_the_pipe_is_full(rig: Rig) -> None:
    reader, writer = Pipe(rig.kernel).ends()
    task = rig.start(writer.write(bytes(PIPE_SIZE + 10)))
    rig.settle()
    assert not task.exited
    assert writer.poll() == Poll(0)
    assert rig.call(reader.read(100)) == bytes(100)
    rig.machine.run(lambda: task.exited)
    assert task.result == PIPE_SIZE + 10


def test_writing_without_reader_is_epipe_also_for_one_that_waits(rig: Rig) -> None:
    reader, writer = Pipe(rig.kernel).ends()
    caught: list[int] = []

    async def write() -> None:
        try:
            await writer.write(bytes(PIPE_SIZE + 1))
        except LinuxError as error:
            caught.append(error.errno)

    task = rig.start(write())
    rig.settle()
    rig.call(reader.close())
    rig.machine.run(lambda: task.exited)
    assert caught == [errno.EPIPE]
    assert writer.poll() & Poll.ERR
