# SPDX-License-Identifier: Apache-2.0
# UART latency: marks the moment at which the shell thread has a received character in its hands.
#
# The other end, the stop bit on the line, is known to the bench alone; the latency is the distance
# between the two. The shell goes on working as usual.

COMMAND = ("uart_latency", "mark received characters for the UART latency [count]")

DEFAULT_COUNT = 100


# Counts characters until there are enough, then takes itself out of the shell again.
class CharacterMarks:
    def __init__(self, hart, console, count):
        self._hart = hart
        self._console = console
        self._count = count
        self._seen = 0

    def __call__(self, byte):
        self._hart.event("uart_rx_shell", byte, self._seen)
        self._seen += 1
        if self._seen == self._count:
            self._console.on_char = None
            self._hart.event("app_done", self._count, 0)


async def start(kernel, console, count=None):
    if count is None:
        count = kernel.board.get("count") or DEFAULT_COUNT
    await console.write("uart_latency: marking %d characters on %s\n" % (count, console.name))
    console.on_char = CharacterMarks(kernel.hart, console, count)


async def command(kernel, console, arguments):
    await start(kernel, console, int(arguments[0]) if arguments else None)
