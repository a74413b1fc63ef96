# SPDX-License-Identifier: Apache-2.0
# Schedule latency: how long after the timer's deadline a thread that slept until then runs.
#
# In the manner of cyclictest: a thread above all others sleeps to the next tick, over and over. The
# deadline is the compare value that the tick programmed; the end is read twice, by the hart's own
# clock (exact cycles) and as rdtime shows it (whole counts of mtime, 250 ns on the JH-7110).

from rtos_side.kernel.thread import Thread

COMMAND = ("schedule_latency", "measure the delay from timer to thread [count]")

DEFAULT_COUNT = 1000

NAME = "cyclictest"
PRIORITY = 1
STACK_SIZE = 4096
SLICE = 10


# Least, mean and most of a series.
class Summary:
    def __init__(self):
        self.count = 0
        self.total = 0
        self.least = None
        self.most = None

    def add(self, value):
        if self.count == 0:
            self.least = self.most = value
        self.count += 1
        self.total += value
        self.least = min(self.least, value)
        self.most = max(self.most, value)

    # In ns, given what one unit of the series is worth.
    def text(self, unit_ns):
        mean = self.total * unit_ns // self.count
        return "min %d avg %d max %d ns" % (self.least * unit_ns, mean, self.most * unit_ns)


async def start(kernel, console, count=None):
    if count is None:
        count = kernel.board.get("count") or DEFAULT_COUNT

    async def entry():
        await _measure(kernel, console, count)

    await Thread(kernel, NAME, entry, STACK_SIZE, PRIORITY, SLICE).startup()


async def command(kernel, console, arguments):
    await start(kernel, console, int(arguments[0]) if arguments else None)


async def _measure(kernel, console, count):
    hart = kernel.hart
    board = kernel.board
    cycles_a_count = board["clock_hz"] // board["timebase_hz"]
    exact = Summary()
    rdtime = Summary()
    for n in range(count):
        deadline = kernel.clock.deadline
        await kernel.delay(1)
        now = hart.now()
        exact.add(now - deadline * cycles_a_count)
        rdtime.add(now // cycles_a_count - deadline)
        hart.event("sched_latency", now - deadline * cycles_a_count, n)
    await console.write(
        "schedule_latency: %d samples, %s, rdtime %s\n"
        % (
            count,
            exact.text(1000000000 // board["clock_hz"]),
            rdtime.text(1000000000 // board["timebase_hz"]),
        )
    )
    hart.event("app_done", count, 0)
