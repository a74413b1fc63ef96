# SPDX-License-Identifier: Apache-2.0
# Line editor of the shell: turns key presses into a line and into what the terminal has to show.
#
# Pure: feed() takes one received byte and returns what to print, so every key can be tested without
# a UART. Keys and redraw sequences are those of RT-Thread's finsh_thread_entry().

LINE_MAX = 80  # FINSH_CMD_SIZE

_NORMAL = 0
_AFTER_ESCAPE = 1  # seen ESC
_AFTER_BRACKET = 2  # seen ESC [

_ERASE_LINE = b"\x1b[2K\r"


class LineEditor:
    # prompt     bytes printed before the line when it is redrawn
    # complete   function(line bytes) -> (text to print, completed line bytes) for the tab key
    def __init__(self, prompt, complete, history):
        self._prompt = prompt
        self._complete = complete
        self._history = history
        self._state = _NORMAL
        self._buffer = bytearray(LINE_MAX)
        self._length = 0
        self._cursor = 0

    # The line as it stands, and where the cursor is in it.
    def text(self):
        return bytes(self._buffer[: self._length])

    def cursor(self):
        return self._cursor

    # Take one received byte. -> (bytes to print, finished line or None)
    def feed(self, byte):
        if byte == 0x1B:
            self._state = _AFTER_ESCAPE
            return b"", None
        if self._state == _AFTER_ESCAPE:
            self._state = _NORMAL
            if byte == 0x5B:
                self._state = _AFTER_BRACKET
                return b"", None
        elif self._state == _AFTER_BRACKET:
            self._state = _NORMAL
            action = _ARROWS.get(byte)
            if action is not None:
                return action(self), None
        # An unknown sequence falls through: its last byte counts as an ordinary key.
        if byte == 0x0D or byte == 0x0A:
            return self._enter()
        action = _KEYS.get(byte)
        if action is not None:
            return action(self), None
        return self._insert(byte), None

    # CR and LF both end a line, so a terminal that sends CR LF gets a second, empty command.
    def _enter(self):
        line = self.text()
        self._history.push(line)
        self._length = self._cursor = 0
        return b"\n", line

    def _nothing(self):
        return b""

    def _left(self):
        if self._cursor == 0:
            return b""
        self._cursor -= 1
        return b"\b"

    def _right(self):
        if self._cursor == self._length:
            return b""
        self._cursor += 1
        return bytes(self._buffer[self._cursor - 1 : self._cursor])

    def _up(self):
        return self._show(self._history.older())

    def _down(self):
        return self._show(self._history.newer())

    # Replace the line by one from the history and redraw it.
    def _show(self, line):
        if line is None:
            return b""
        self._set(line)
        return _ERASE_LINE + self._prompt + line

    # Completion works on the whole line, wherever the cursor is.
    def _tab(self):
        rewind = b"\b" * self._cursor
        shown, line = self._complete(self.text())
        self._set(line)
        return rewind + b"\n" + shown + self._prompt + self.text()

    def _set(self, line):
        self._length = self._cursor = min(len(line), LINE_MAX - 1)
        self._buffer[: self._length] = line[: self._length]

    def _erase(self):
        if self._cursor == 0:
            return b""
        self._cursor -= 1
        tail = bytes(self._buffer[self._cursor + 1 : self._length])
        self._length -= 1
        if not tail:
            return b"\b \b"
        self._buffer[self._cursor : self._length] = tail
        return b"\b" + tail + b"  \b" + b"\b" * (len(tail) + 1)

    # A line that reaches 80 characters is thrown away without a word. (The original leaves its
    # bytes in the buffer, where they can trail the arguments of the next, shorter command.)
    def _insert(self, byte):
        tail = bytes(self._buffer[self._cursor : self._length])
        self._buffer[self._cursor] = byte
        self._cursor += 1
        self._length += 1
        self._buffer[self._cursor : self._length] = tail
        if self._length == LINE_MAX:
            self._length = self._cursor = 0
        return bytes((byte,)) + tail + b"\b" * len(tail)


_ARROWS = {
    0x41: LineEditor._up,
    0x42: LineEditor._down,
    0x43: LineEditor._right,
    0x44: LineEditor._left,
}

_KEYS = {
    0x00: LineEditor._nothing,
    0xFF: LineEditor._nothing,
    0x09: LineEditor._tab,
    0x08: LineEditor._erase,
    0x7F: LineEditor._erase,
}
