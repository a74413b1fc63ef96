# SPDX-License-Identifier: Apache-2.0
# A thread that serves one channel: every message goes to a handler, one after the other.

from rtos_side.hal import const
from rtos_side.kernel.thread import Thread

STACK_SIZE = const(4096)
SLICE = const(20)


# Start the thread; it ends with the channel. handler: async function(message), the view of a
# message that is valid until it returns.
async def serve(channel, thread_name, priority, handler):
    kernel = channel.dev.env.kernel
    spend = kernel.spend
    turn = kernel.costs["app_loop"]

    async def entry():
        while True:
            message = await channel.recv()
            if message is None:
                return
            await spend(turn)
            await handler(message)

    await Thread(kernel, thread_name, entry, STACK_SIZE, priority, SLICE).startup()
