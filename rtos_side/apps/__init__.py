# SPDX-License-Identifier: Apache-2.0
# The apps of the RTOS. Each module has COMMAND = (name, help) and async def start(kernel, console);
# one that takes arguments also has async def command(kernel, console, arguments), the words after
# its name as str. One with NEEDS_SERVICES = True is a command only where the AMP system of the V821
# runs.

# Those that come with the RTOS. A firmware image lists all of its own in board["apps"].
NAMES = ("rpmsg_linux_test", "echo", "schedule_latency", "uart_latency", "rpbuf_test", "services")


# Names of the apps in this image.
def names(board):
    return board.get("apps", NAMES)


# Import an app by its module name.
def load(board, name):
    if name not in names(board):
        raise ValueError("unknown app '%s': expected one of %s" % (name, ", ".join(names(board))))
    return __import__("rtos_side.apps." + name, None, None, ("start",))
