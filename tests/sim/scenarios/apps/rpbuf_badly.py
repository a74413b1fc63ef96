# SPDX-License-Identifier: Apache-2.0
# The counterpart of rpbuf_test with two faults: it alters a part that it sends back, and keeps one.

from rtos_side.apps.rpbuf_test import RpbufTest

COMMAND = ("rpbuf_badly", "a partner that Linux must not trust")
NEEDS_SERVICES = True

ALTERED, KEPT = 2, 3


class Careless(RpbufTest):
    async def _bounce(self, buffer, offset, length, asked):
        number = self.received + 1
        if number == KEPT:
            self.received = number
            return
        await RpbufTest._bounce(self, buffer, offset, length, asked)

    async def _copy(self, buffer, offset, length):
        result = await RpbufTest._copy(self, buffer, offset, length)
        if self.received + 1 == ALTERED:
            byte = await buffer.read(offset, 1)
            await buffer.write(offset, bytes((byte[0] ^ 1,)))
        return result


async def start(kernel, console):
    await Careless(kernel, console).start()
