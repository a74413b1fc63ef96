# SPDX-License-Identifier: Apache-2.0
# Echoes, until a thread of higher priority spins for ever.

from rtos_side.apps import echo
from rtos_side.kernel.thread import Thread

COMMAND = ("starved", "echoes until a thread of higher priority spins")

TURN = 100000


async def start(kernel, console):
    async def spin():
        await kernel.mdelay(30)
        while True:
            await kernel.spend(TURN)

    await echo.start(kernel, console)
    await Thread(kernel, "spinner", spin, 4096, 3, 20).startup()
