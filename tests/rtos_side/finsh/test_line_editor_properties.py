# SPDX-License-Identifier: Apache-2.0
"""What the line editor sends to the terminal always shows the line and the cursor it holds."""

from hypothesis import given
from hypothesis import strategies as st

from rtos_side.finsh.arguments import ARG_MAX, split
from rtos_side.finsh.history import History
from rtos_side.finsh.line_editor import LINE_MAX, LineEditor

PROMPT = b"msh >"

KEYS = (b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x08", b"\x7f", b"\t", b"\r", b"\n")
printable = st.integers(0x20, 0x7E).map(lambda code: bytes((code,)))
key_presses = st.lists(st.one_of(printable, st.sampled_from(KEYS)), max_size=60)


class Terminal:
    """The bottom row of a terminal that knows backspace, return, newline and erase line."""

    def __init__(self) -> None:
        self.row = bytearray()
        self.column = 0

    def show(self, data: bytes) -> None:
        data = data.replace(b"\x1b[2K", b"\x0c")
        for byte in data:
            if byte == 0x0C:
                self.row[:] = b" " * len(self.row)
            elif byte == 0x08:
                assert self.column > 0
                self.column -= 1
            elif byte == 0x0D:
                self.column = 0
            elif byte == 0x0A:
                self.row = bytearray()
                self.column = 0
            else:
                self.row[self.column : self.column + 1] = bytes((byte,))
                self.column += 1


def complete(line: bytes) -> tuple[bytes, bytes]:
    return b"list\nlist_sem\n", line + b"l" if len(line) < 70 else line


@given(key_presses)
def test_the_terminal_shows_the_line_and_the_cursor(presses: list[bytes]) -> None:
    editor = LineEditor(PROMPT, complete, History(5))
    terminal = Terminal()
    terminal.show(PROMPT)
    for press in presses:
        for byte in press:
            shown, line = editor.feed(byte)
            terminal.show(shown)
            if line is not None:
                terminal.show(PROMPT)
        expected = PROMPT + editor.text()
        assert bytes(terminal.row[: len(expected)]) == expected
        assert not terminal.row[len(expected) :].strip()
        assert terminal.column == len(PROMPT) + editor.cursor()


@given(st.binary(max_size=400))
def test_any_bytes_leave_a_line_that_fits(noise: bytes) -> None:
    editor = LineEditor(PROMPT, complete, History(5))
    for byte in noise:
        _, line = editor.feed(byte)
        assert line is None or len(line) < LINE_MAX
        assert 0 <= editor.cursor() <= len(editor.text()) < LINE_MAX


@given(st.binary(max_size=80))
def test_arguments_are_pieces_of_the_line_in_order(line: bytes) -> None:
    arguments, too_many = split(line)
    assert len(arguments) <= ARG_MAX
    assert not too_many or len(arguments) == ARG_MAX
    position = 0
    for argument in arguments:
        position = line.index(argument, position) + len(argument)


words = st.text(st.sampled_from("abc/-_=.1"), min_size=1, max_size=6).map(str.encode)


@given(st.lists(words, max_size=ARG_MAX))
def test_words_joined_by_blanks_come_back(arguments: list[bytes]) -> None:
    assert split(b"  ".join(arguments)) == (arguments, False)
