# SPDX-License-Identifier: Apache-2.0
"""What the kernel prints reaches a person, but for the shell's question to the terminal."""

import pytest

from sim.linux_peer.line import CURSOR_QUERY, PeerLine


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        (b"/ # " + CURSOR_QUERY + b"ls\r\n", b"/ # ls\r\n"),
        (CURSOR_QUERY + CURSOR_QUERY, b""),
        (b"\x1b[1mbold\x1b[0m", b"\x1b[1mbold\x1b[0m"),
        (b"\x1b[\x1b[6\x1b[6n!", b"\x1b[\x1b[6!"),
    ],
)
def test_the_question_for_the_cursor_is_held_back(printed: bytes, seen: bytes):
    line, got = PeerLine(), bytearray()
    line.listener = got.append
    for byte in printed:
        line.receive(byte)
    assert bytes(got) == seen


def test_nobody_listens_and_nobody_is_there_to_take_what_is_typed():
    line = PeerLine()
    line.receive(ord("x"))
    line.send(b"ls\r")
    typed: list[bytes] = []
    line.connected = typed.append
    line.send(b"ls\r")
    assert typed == [b"ls\r"]
