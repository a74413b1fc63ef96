# SPDX-License-Identifier: Apache-2.0
# Echoes, until a thread reads where nothing is.

from rtos_side.apps import echo
from rtos_side.hal import read32
from rtos_side.kernel.thread import Thread

COMMAND = ("crashes", "echoes until a thread reads from an address without a device")


async def start(kernel, console):
    async def stray():
        await kernel.mdelay(30)
        await read32(0xFFFFFFF0)

    await echo.start(kernel, console)
    await Thread(kernel, "stray", stray, 4096, 3, 20).startup()
