# SPDX-License-Identifier: Apache-2.0
# The console: where the kernel and the apps print (rt_kprintf).

from rtos_side.drivers.device import FLAG_RDWR, FLAG_STREAM


class Console:
    # trace: a buffer in memory that gets everything as well, or None
    def __init__(self, device, trace=None):
        self.device = device
        self.name = device.name
        self.trace = trace
        # Called by the shell with each byte as soon as its thread has it (None: not called).
        self.on_char = None

    # rt_console_set_device: STREAM makes every newline a carriage return and a newline.
    async def open(self):
        return await self.device.open(FLAG_RDWR | FLAG_STREAM)

    # Print text (str or bytes). Polled: returns when the last byte is in the transmitter.
    async def write(self, text):
        data = text.encode() if isinstance(text, str) else text
        if self.trace is not None:
            await self.trace.write(data)
        return await self.device.write(0, data, len(data))

    # Text that is only worth keeping, not the time that the UART takes: into the trace buffer where
    # there is one, else nowhere.
    async def log(self, text):
        if self.trace is not None:
            await self.trace.write(text.encode())
