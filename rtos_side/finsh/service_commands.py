# SPDX-License-Identifier: Apache-2.0
# Commands for service calls: what this core serves, and calls of services wherever they run.

import binascii

from rtos_side.finsh.commands import Command
from rtos_side.services.errors import ServiceError

_USAGE = "Usage: service_call [-x] service function [data]\n"


async def _list(shell, arguments):
    for name in shell.kernel.amp.services.names():
        await shell.console.write(name + "\n")


# Take a service of this core back, so that its name is looked for on the other one.
async def _remove(shell, arguments):
    services = shell.kernel.amp.services
    if len(arguments) != 1:
        await shell.console.write("Usage: service_remove name\n")
    elif arguments[0] not in services.names():
        await shell.console.write("service_remove: %s is not here\n" % arguments[0])
    else:
        services.unregister(arguments[0])


# As Linux's program of the same name; -x takes and prints hexadecimal digits.
async def _call(shell, arguments):
    in_hex = arguments[:1] == ["-x"]
    words = arguments[1:] if in_hex else arguments
    if len(words) not in (2, 3) or not words[1].isdigit() or int(words[1]) > 0xFFFF:
        await shell.console.write(_USAGE)
        return
    text = words[2] if len(words) == 3 else ""
    try:
        data = binascii.unhexlify(text) if in_hex else text.encode()
        answer = await shell.kernel.amp.services.call(words[0], int(words[1]), data)
    except (ServiceError, ValueError) as error:
        await shell.console.write("service_call: %s\n" % error)
        return
    await shell.console.write(binascii.hexlify(answer) if in_hex else answer)
    await shell.console.write("\n")


def service_commands():
    return [
        Command("list_service", "list services of this core", _list),
        Command("service_remove", "take a service of this core back", _remove),
        Command("service_call", "call a function of a service, wherever it runs", _call),
    ]
