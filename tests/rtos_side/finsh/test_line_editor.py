# SPDX-License-Identifier: Apache-2.0
# Keys of the line editor: the line they make and what the terminal is sent.

from rtos_side.finsh.history import History
from rtos_side.finsh.line_editor import LineEditor

UP, DOWN, RIGHT, LEFT = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D"


def _complete(line):
    return b"help\nhello\n", b"hel"


def _editor():
    return LineEditor(b"msh >", _complete, History(5))


# -> what is shown for these keys, and the lines entered
def _type(editor, keys):
    shown = b""
    lines = []
    for key in keys:
        echo, line = editor.feed(key)
        shown += echo
        if line is not None:
            lines.append(line)
    return shown, lines


def test_characters_are_echoed_and_return_ends_the_line():
    assert _type(_editor(), b"ps\r") == (b"ps\n", [b"ps"])
    assert _type(_editor(), b"ps\n") == (b"ps\n", [b"ps"])


def test_return_and_newline_make_a_second_empty_command():
    assert _type(_editor(), b"ps\r\n") == (b"ps\n\n", [b"ps", b""])


def test_backspace_at_the_end():
    assert _type(_editor(), b"pt\x08s\r") == (b"pt\b \bs\n", [b"ps"])
    assert _type(_editor(), b"pt\x7fs\r") == (b"pt\b \bs\n", [b"ps"])


def test_backspace_on_an_empty_line_does_nothing():
    assert _type(_editor(), b"\x08\x7f") == (b"", [])


def test_backspace_in_the_middle_redraws_the_rest():
    editor = _editor()
    _type(editor, b"axbc" + LEFT + LEFT)
    assert _type(editor, b"\x08") == (b"\bbc  \b\b\b\b", [])
    assert editor.text() == b"abc"
    assert editor.cursor() == 1


def test_insert_in_the_middle_redraws_the_rest():
    editor = _editor()
    _type(editor, b"ac" + LEFT)
    assert _type(editor, b"b") == (b"bc\b", [])
    assert _type(editor, b"\r") == (b"\n", [b"abc"])


def test_left_and_right_stop_at_the_ends():
    editor = _editor()
    assert _type(editor, LEFT + b"ab" + LEFT + LEFT + LEFT)[0] == b"ab\b\b"
    assert _type(editor, RIGHT + RIGHT + RIGHT)[0] == b"ab"


def test_up_and_down_redraw_the_line():
    editor = _editor()
    _type(editor, b"ps\rfree\r")
    assert _type(editor, UP)[0] == b"\x1b[2K\rmsh >free"
    assert _type(editor, UP)[0] == b"\x1b[2K\rmsh >ps"
    assert _type(editor, UP)[0] == b""
    assert _type(editor, DOWN)[0] == b"\x1b[2K\rmsh >free"
    assert _type(editor, b"\r") == (b"\n", [b"free"])


def test_down_without_history_does_nothing():
    assert _type(_editor(), UP + DOWN) == (b"", [])


def test_tab_rewinds_lists_and_redraws():
    editor = _editor()
    _type(editor, b"he")
    assert _type(editor, b"\t")[0] == b"\b\b\nhelp\nhello\nmsh >hel"
    assert _type(editor, b"p\r")[1] == [b"help"]


def test_null_and_line_noise_are_ignored():
    assert _type(_editor(), b"p\x00\xffs\r") == (b"ps\n", [b"ps"])


def test_the_last_byte_of_an_unknown_sequence_is_a_character():
    assert _type(_editor(), b"\x1b[3~\r") == (b"3~\n", [b"3~"])
    assert _type(_editor(), b"\x1bx\r") == (b"x\n", [b"x"])


def test_79_characters_are_a_line_and_80_are_thrown_away():
    assert _type(_editor(), b"x" * 79 + b"\r") == (b"x" * 79 + b"\n", [b"x" * 79])
    assert _type(_editor(), b"x" * 80 + b"ps\r") == (b"x" * 80 + b"ps\n", [b"ps"])
