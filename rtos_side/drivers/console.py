# SPDX-License-Identifier: Apache-2.0
# The console: where the kernel and the apps print (rt_kprintf).

from rtos_side.drivers.device import FLAG_RDWR, FLAG_STREAM


class Console:
    def __init__(self, device):
        self.device = device
        self.name = device.name
        # Called by the shell with each byte as soon as its thread has it (None: not called).
        self.on_char = None

    # rt_console_set_device: STREAM makes every newline a carriage return and a newline.
    async def open(self):
        return await self.device.open(FLAG_RDWR | FLAG_STREAM)

    # Print text (str or bytes). Polled: returns when the last byte is in the transmitter.
    async def write(self, text):
        data = text.encode() if isinstance(text, str) else text
        return await self.device.write(0, data, len(data))
