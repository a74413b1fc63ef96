# SPDX-License-Identifier: Apache-2.0
# The apps of the RTOS. Each module has COMMAND = (name, help) and async def start(kernel, console);
# one that takes arguments also has async def command(kernel, console, arguments), the words after
# its name as str.

NAMES = ("rpmsg_linux_test", "echo", "schedule_latency", "uart_latency")


# Import one of the apps by its module name.
def load(name):
    if name not in NAMES:
        raise ValueError("unknown app %r: expected one of %s" % (name, ", ".join(NAMES)))
    return __import__("rtos_side.apps." + name, None, None, ("start",))
