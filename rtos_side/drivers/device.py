# SPDX-License-Identifier: Apache-2.0
# RT-Thread's device framework: named devices with reference-counted open and close.

from rtos_side.kernel.errors import EBUSY, ENOSYS, EOK, ERROR

# Device classes, in the numbering of rtdef.h.
CHARACTER = 0

# Flags of a device and of an open.
FLAG_RDONLY = 0x001
FLAG_WRONLY = 0x002
FLAG_RDWR = 0x003
FLAG_STANDALONE = 0x008
FLAG_ACTIVATED = 0x010
FLAG_SUSPENDED = 0x020
FLAG_STREAM = 0x040
FLAG_INT_RX = 0x100
FLAG_DMA_RX = 0x200
FLAG_INT_TX = 0x400
FLAG_DMA_TX = 0x800
OFLAG_CLOSE = 0x000
OFLAG_OPEN = 0x008
OFLAG_MASK = 0xF0F

# Commands of control().
RESUME = 0x01
SUSPEND = 0x02
CONFIG = 0x03
CLOSE = 0x04
SET_INT = 0x10
CLR_INT = 0x11
GET_INT = 0x12


# A driver derives from this and overrides the hooks _init, _open, _close, _read, _write, _control.
# Errors are negative numbers, as everywhere in RT-Thread.
class Device:
    def __init__(self, name, type, flag):
        self.name = name
        self.type = type
        self.flag = flag
        self.open_flag = OFLAG_CLOSE
        self.ref_count = 0
        # async function(device, bytes waiting), called from the receive interrupt.
        self.rx_indicate = None

    # Make ready for use; the first open also initialises the hardware.
    async def open(self, oflag):
        if not self.flag & FLAG_ACTIVATED:
            result = await self._init()
            if result != EOK:
                return result
            self.flag |= FLAG_ACTIVATED
        if self.flag & FLAG_STANDALONE and self.open_flag & OFLAG_OPEN:
            return -EBUSY
        result = await self._open(oflag)
        if result == EOK:
            self.open_flag |= OFLAG_OPEN
            self.ref_count += 1
        return result

    async def close(self):
        if self.ref_count == 0:
            return -ERROR
        self.ref_count -= 1
        if self.ref_count:
            return EOK
        result = await self._close()
        if result == EOK:
            self.open_flag = OFLAG_CLOSE
        return result

    # -> bytes read into the buffer, 0 when none or when the device is not open
    async def read(self, position, buffer, size):
        if self.ref_count == 0 or size == 0:
            return 0
        return await self._read(position, buffer, size)

    # -> bytes written
    async def write(self, position, data, size):
        if self.ref_count == 0 or size == 0:
            return 0
        return await self._write(position, data, size)

    async def control(self, command, argument=None):
        return await self._control(command, argument)

    async def _init(self):
        return EOK

    async def _open(self, oflag):
        self.open_flag = oflag & OFLAG_MASK
        return EOK

    async def _close(self):
        return EOK

    async def _read(self, position, buffer, size):
        return 0

    async def _write(self, position, data, size):
        return 0

    async def _control(self, command, argument):
        return -ENOSYS


# Make a device known by its name. -> EOK, or -ERROR when the name is taken
def register(registry, device):
    if registry.find("device", device.name) is not None:
        return -ERROR
    registry.add("device", device)
    return EOK


# The device of that name, or None.
def find(registry, name):
    return registry.find("device", name)
