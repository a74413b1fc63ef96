# SPDX-License-Identifier: Apache-2.0
# Command history of the shell: the last few lines, walked with the up and down keys.


class History:
    def __init__(self, depth=5):
        self.depth = depth
        self._lines = []
        # Index of the line shown last; equal to the number of lines after a command was entered.
        self._shown = 0

    # Remember a line. Empty lines and a repetition of the last line are not stored.
    def push(self, line):
        lines = self._lines
        if line and (not lines or lines[-1] != line):
            if len(lines) == self.depth:
                lines.pop(0)
            lines.append(line)
        self._shown = len(lines)

    # The line before the one shown, or None at the oldest: the key then does nothing.
    def older(self):
        if self._shown == 0:
            return None
        self._shown -= 1
        return self._lines[self._shown]

    # The line after the one shown. At the newest it stays there (finsh never walks back to an empty
    # line); None when nothing was stored yet.
    def newer(self):
        if not self._lines:
            return None
        self._shown = min(self._shown + 1, len(self._lines) - 1)
        return self._lines[self._shown]
