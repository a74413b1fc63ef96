# SPDX-License-Identifier: Apache-2.0
# What the hart does when it faults, and ways to make it fail on purpose.

from rtos_side.hal import WAIT, const, coroutine, read32

# How a run can be made to fail.
FAULT = const(0)
LOOP = const(1)
SILENT = const(2)
KINDS = ("fault", "loop", "silent")

# An address with nothing behind it, in no board's memory map.
_NOWHERE = const(0xFFFFFFF0)

# Length of a turn of the endless loop, in cycles: how often the simulation looks at it.
_TURN = const(1000000)


# A loop that nothing interrupts and nobody ends but a reset. Not a wait: the hart works.
@coroutine
def _spin():
    while True:
        yield (WAIT, _TURN, 0)


# The exception handler: says what happened and hangs, with interrupts off.
def install(kernel, console):
    async def on_fault(place, fault):
        kernel.hart.event("fault", fault.address, fault.resp)
        kernel.hart.thread("exception")
        await console.log("CPU exception in %s: %s\n" % (place, fault))
        await _spin()

    kernel.on_fault = on_fault


# The service "crash", for Linux: function 0 faults, 1 hangs, 2 falls silent. Only the last answers.
def service(kernel):
    def function(kind):
        async def run(data):
            await crash(kernel, kind)
            return b""

        return run

    return tuple(function(kind) for kind in range(len(KINDS)))


# Fail: with a fault of the hart, by hanging with interrupts off, or by sending no heartbeat.
async def crash(kernel, kind):
    kernel.hart.event("crash", kind, 0)
    if kind == FAULT:
        await read32(_NOWHERE)
    elif kind == LOOP:
        kernel.mask_interrupts()
        await _spin()
    elif kind == SILENT and kernel.amp is not None and kernel.amp.heartbeat is not None:
        kernel.amp.heartbeat.silent = True
