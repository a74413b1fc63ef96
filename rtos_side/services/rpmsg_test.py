# SPDX-License-Identifier: Apache-2.0
# Counterpart of the rpmsg test: checks every message and sends it back.
#
# The last 16 bytes of a message are the MD5 of the rest (vendor's rpmsg_test). Messages of 16 bytes
# or less have no room for data and are not checked. One that is damaged is counted and sent back as
# it came, so that the sender sees it too.

from rtos_side.hal import const
from rtos_side.services.channel import Channel
from rtos_side.services.checksum import DIGEST_SIZE, md5
from rtos_side.services.names import TEST
from rtos_side.services.worker import serve

THREAD = "rpmsg_test"
PRIORITY = const(9)


class RpmsgTest:
    def __init__(self, link):
        self._link = link
        self._channel = None
        # Of this channel and of the clients of the same name, since the start.
        self.messages = 0
        self.bytes = 0
        self.failed = 0

    async def start(self):
        channel = self._channel = Channel(self._link, TEST)
        await channel.open()
        await serve(channel, THREAD, PRIORITY, self._message)

    # An empty one only tells who is there.
    async def _message(self, message):
        if len(message):
            await self.count(message)
            await self._channel.send(message)

    async def count(self, message):
        size = len(message)
        self.messages += 1
        self.bytes += size
        if size > DIGEST_SIZE and not await self._good(message, size - DIGEST_SIZE):
            self.failed += 1

    async def _good(self, message, size):
        digest = await md5(self._link.kernel, message[:size])
        return digest == bytes(message[size:])
