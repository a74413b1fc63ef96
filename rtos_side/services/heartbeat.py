# SPDX-License-Identifier: Apache-2.0
# The heartbeat: as long as it comes this side lives; on silence Linux reports a crash.
#
#   36 bytes: name[32] of the remote processor | tick u32, counting modulo 100

import struct

from rtos_side.hal import const
from rtos_side.kernel.thread import Thread
from rtos_side.services.channel import Channel
from rtos_side.services.names import HEARTBEAT
from rtos_side.services.worker import SLICE, STACK_SIZE

THREAD = "rpmsg_heart"
PRIORITY = const(8)

RPROC_NAME = b"e907_rproc"
TICK_INTERVAL = const(100)

# The wait for Linux to bind to the channel, step by step in ticks.
_POLL = const(1)


class Heartbeat:
    # period: in ticks
    def __init__(self, link, period):
        self._link = link
        self._period = period
        self._channel = Channel(link, HEARTBEAT, deaf=True)
        self.tick = 0
        # Nothing is sent any more, on purpose.
        self.silent = False

    async def start(self):
        await self._channel.open()
        kernel = self._link.kernel
        await Thread(kernel, THREAD, self._entry, STACK_SIZE, PRIORITY, SLICE).startup()

    # The first one right away, to tell Linux the name.
    async def _entry(self):
        kernel = self._link.kernel
        channel = self._channel
        packet = bytearray(36)
        packet[: len(RPROC_NAME)] = RPROC_NAME
        while channel.alive:
            if channel.ready and not self.silent:
                struct.pack_into("<I", packet, 32, self.tick)
                await channel.send(packet)
                self.tick = (self.tick + 1) % TICK_INTERVAL
            await kernel.delay(self._period if channel.ready else _POLL)
