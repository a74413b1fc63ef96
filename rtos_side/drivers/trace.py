# SPDX-License-Identifier: Apache-2.0
# The trace buffer: what the RTOS prints, in memory, where Linux shows it as trace0.
#
# Linux reads up to the first NUL (rproc_trace_read: strnlen over the buffer). Text grows from the
# start with a NUL behind it; when the buffer is full it is overwritten from the start, and the last
# byte stays NUL for ever. From then on Linux sees all of it: the newest text, then the oldest.

from rtos_side.hal import write_block


class Trace:
    # properties: base and size of the buffer, in bytes
    def __init__(self, properties):
        self._base = properties["base"]
        self._room = properties["size"] - 1
        self._position = 0
        self._wrapped = False

    # The place of each write is taken before its first access: whoever interrupts it writes behind.
    async def write(self, data):
        data = memoryview(data)
        while len(data):
            start = self._position
            part = data[: self._room - start]
            self._position = start + len(part)
            if self._position == self._room:
                self._position = 0
                self._wrapped = True
                part = bytes(part) + b"\0"
            elif not self._wrapped:
                part = bytes(part) + b"\0"
            data = data[self._room - start :]
            await write_block(self._base + start, part)
