# SPDX-License-Identifier: Apache-2.0
"""Line editing for an interactive shell: bytes in, echo and finished lines out. No I/O of its own.

What it sends to the terminal was compared with busybox ash 1.35 key by key.
"""

from __future__ import annotations

from enum import Enum

HISTORY = 255
"""Lines kept (busybox's default)."""

BELL = b"\x07"
ERASE_TO_END = "\x1b[J"


class Outcome(Enum):
    """What a key made of the line."""

    EDITING = "editing"
    LINE = "line"
    CANCELLED = "cancelled"
    END_OF_FILE = "end of file"


_SEQUENCES = {
    "[A": "up",
    "[B": "down",
    "[C": "right",
    "[D": "left",
    "[H": "home",
    "[F": "end",
    "[1~": "home",
    "[3~": "delete",
    "[4~": "end",
    "OA": "up",
    "OB": "down",
    "OC": "right",
    "OD": "left",
}
_CONTROLS = {
    "\x01": "home",
    "\x02": "left",
    "\x04": "end_of_file",
    "\x05": "end",
    "\x06": "right",
    "\x08": "backspace",
    "\x0b": "kill_to_end",
    "\x0e": "down",
    "\x10": "up",
    "\x15": "kill_to_start",
    "\x17": "kill_word",
    "\x7f": "backspace",
}


class LineEditor:
    """One line at a time; ``line`` is its text, ``echo`` what to send to the terminal."""

    def __init__(self) -> None:
        self.line = ""
        self.echo = ""
        self.history: list[str] = []
        self.prompt = ""
        self._cursor = 0
        self._sequence = ""
        self._recalled = 0
        self._draft = ""

    def begin(self, prompt: str) -> None:
        """Start a new line behind ``prompt``, which the echo begins with."""
        self.line, self._cursor, self._sequence = "", 0, ""
        self._recalled = len(self.history)
        self.prompt = prompt
        self.echo += prompt

    def take_echo(self) -> str:
        """What the terminal has not been sent yet."""
        text, self.echo = self.echo, ""
        return text

    def remember(self, line: str) -> None:
        """Add a line to the history unless it is blank or the same as the last."""
        if line.strip() and self.history[-1:] != [line]:
            self.history = [*self.history, line][-HISTORY:]

    def feed(self, char: str) -> Outcome:
        """Take one character; on LINE the finished text stays in ``line``."""
        if self._sequence:
            self._escape(char)
        elif char in "\r\n":
            self.echo += "\r\n"
            return Outcome.LINE
        elif char == "\x03":
            self.echo += "^C\r\n"
            return Outcome.CANCELLED
        elif char == "\x1b":
            self._sequence = char
        elif char == "\x04" and not self.line:
            self.echo += "\r\n"
            return Outcome.END_OF_FILE
        elif char in _CONTROLS:
            getattr(self, f"_{_CONTROLS[char]}")()
        elif char >= " ":
            self._insert(char)
        else:
            self.echo += BELL.decode()
        return Outcome.EDITING

    def _escape(self, char: str) -> None:
        self._sequence += char
        text = self._sequence[1:]
        if text in _SEQUENCES:
            getattr(self, f"_{_SEQUENCES[text]}")()
        elif any(known.startswith(text) for known in _SEQUENCES):
            return
        self._sequence = ""

    # Keys.

    def _insert(self, char: str) -> None:
        rest = self.line[self._cursor :]
        self.line = self.line[: self._cursor] + char + rest
        self._cursor += 1
        self.echo += char + rest + "\b" * len(rest)

    def _backspace(self) -> None:
        if self._cursor:
            self._left()
            self._delete()

    def _delete(self) -> None:
        if self._cursor < len(self.line):
            rest = self.line[self._cursor + 1 :]
            self.line = self.line[: self._cursor] + rest
            self.echo += rest + ERASE_TO_END + "\b" * len(rest)

    def _end_of_file(self) -> None:
        self._delete()

    def _left(self) -> None:
        if self._cursor:
            self._cursor -= 1
            self.echo += "\b"

    def _right(self) -> None:
        if self._cursor < len(self.line):
            self.echo += self.line[self._cursor]
            self._cursor += 1

    def _home(self) -> None:
        self.echo += "\b" * self._cursor
        self._cursor = 0

    def _end(self) -> None:
        self.echo += self.line[self._cursor :]
        self._cursor = len(self.line)

    def _kill_to_end(self) -> None:
        self.line = self.line[: self._cursor]
        self.echo += ERASE_TO_END

    def _kill_to_start(self) -> None:
        if self._cursor:
            self._replace(self.line[self._cursor :], 0)

    def _kill_word(self) -> None:
        while self._cursor and self.line[self._cursor - 1] == " ":
            self._backspace()
        while self._cursor and self.line[self._cursor - 1] != " ":
            self._backspace()

    def _up(self) -> None:
        if self._recalled == len(self.history):
            self._draft = self.line
        self._recall(self._recalled - 1)

    def _down(self) -> None:
        self._recall(self._recalled + 1)

    def _recall(self, number: int) -> None:
        if not 0 <= number <= len(self.history):
            self.echo += BELL.decode()
            return
        self._recalled = number
        line = self.history[number] if number < len(self.history) else self._draft
        self._replace(line, len(line))

    def _replace(self, line: str, cursor: int) -> None:
        """Show another line, with the cursor at ``cursor``."""
        self.line, self._cursor = line, cursor
        self.echo += f"\r{self.prompt}{line}{ERASE_TO_END}" + "\b" * (len(line) - cursor)
