# SPDX-License-Identifier: Apache-2.0
# Echoes, until a thread sends on a channel of the message box that Linux does not read.

from rtos_side.apps import echo
from rtos_side.kernel.thread import Thread

COMMAND = ("wrong_channel", "echoes until a thread fills the FIFO of a channel that nobody reads")

CHANNEL = 1


async def start(kernel, console):
    async def flood():
        await kernel.mdelay(30)
        while True:
            await kernel.msgbox.send(CHANNEL, 0)

    await echo.start(kernel, console)
    await Thread(kernel, "flood", flood, 4096, 3, 20).startup()
