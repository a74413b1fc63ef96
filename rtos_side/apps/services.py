# SPDX-License-Identifier: Apache-2.0
# Services on both cores: serves "adder" and "text", and calls both wherever they run.
#
# board["services"] names those that run on this core; without it both do. The client asks for all
# of them, board["count"] times, and compares the answers with what it works out itself.
#
#   adder  0 sum: u32 words -> u32, modulo 2^32
#   text   0 upper: ASCII letters; 1 reverse: the bytes from the last to the first

import struct

from rtos_side.hal import const
from rtos_side.kernel.thread import Thread
from rtos_side.services.errors import ServiceError

COMMAND = ("services", "serve adder and text, and call them [count]")
NEEDS_SERVICES = True

DEFAULT_COUNT = const(10)

PRIORITY = const(12)
STACK_SIZE = const(4096)
SLICE = const(20)

# The client starts when Linux has had time to find the services, and asks anew until then.
_RETRY_MS = const(10)
_RETRIES = const(1000)


async def _sum(data):
    if len(data) % 4:
        raise ValueError("not words")
    words = struct.unpack("<%dI" % (len(data) // 4), data)
    return struct.pack("<I", sum(words) & 0xFFFFFFFF)


async def _upper(data):
    return bytes(c - 32 if 97 <= c <= 122 else c for c in data)


async def _reverse(data):
    return bytes(reversed(data))


SERVICES = {"adder": (_sum,), "text": (_upper, _reverse)}


# What the client asks in turn n: (service, function, data, answer).
def questions(n):
    words = (n, 0xFFFFFFFF, n * 7)
    text = b"Message %d" % n
    return (
        ("adder", 0, struct.pack("<III", *words), struct.pack("<I", sum(words) & 0xFFFFFFFF)),
        ("text", 0, text, text.upper()),
        ("text", 1, text, bytes(reversed(text))),
    )


async def start(kernel, console, count=None):
    if kernel.amp is None:
        await console.write("services: this board has no services\n")
        return
    services = kernel.amp.services
    if kernel.objects.find("thread", COMMAND[0]) or set(SERVICES) & set(services.names()):
        await console.write("services: running already\n")
        return
    for name in kernel.board.get("services", ("adder", "text")):
        services.register(name, SERVICES[name])
    if count is None:
        count = kernel.board.get("count") or DEFAULT_COUNT
    client = Client(kernel, console, count)
    await Thread(kernel, COMMAND[0], client.run, STACK_SIZE, PRIORITY, SLICE).startup()


async def command(kernel, console, arguments):
    await start(kernel, console, int(arguments[0]) if arguments else None)


class Client:
    def __init__(self, kernel, console, count):
        self._kernel = kernel
        self._console = console
        self._count = count
        self.wrong = 0
        self.errors = 0

    async def run(self):
        kernel = self._kernel
        await kernel.amp.wait_for_link()
        await self._wait_for_all()
        for n in range(self._count):
            for name, function, data, answer in questions(n):
                await self._ask(name, function, data, answer)
        await self._console.write(
            "services: %d rounds, %d wrong, %d errors\n" % (self._count, self.wrong, self.errors)
        )
        kernel.hart.event("app_done", self._count, self.wrong + self.errors)

    async def _ask(self, name, function, data, answer):
        try:
            if await self._kernel.amp.services.call(name, function, data) != answer:
                self.wrong += 1
        except ServiceError as error:
            self.errors += 1
            await self._console.write("services: %s\n" % error)

    # Until every service answers, wherever it is.
    async def _wait_for_all(self):
        call = self._kernel.amp.services.call
        for name in ("adder", "text"):
            for _ in range(_RETRIES):
                try:
                    await call(name, 0, b"")
                    break
                except ServiceError:
                    await self._kernel.mdelay(_RETRY_MS)
