# SPDX-License-Identifier: Apache-2.0
# PLIC driver: one context of the platform-level interrupt controller.

from rtos_side import hal

# RISC-V PLIC specification 1.0.0, memory map.
_PRIORITY = 0x0
_ENABLE = 0x2000
_ENABLE_STRIDE = 0x80
_CONTEXT = 0x200000
_CONTEXT_STRIDE = 0x1000
_THRESHOLD = 0x0
_CLAIM = 0x4

# Sources of the JH-7110 (riscv,ndev).
SOURCES = 136


class Plic:
    # board["plic"]: base, and context = 2 * hart for the S context of a JH-7110 hart.
    # report: async function(text), told of interrupts that nobody handles. early: complete a source
    # before its handler runs, see handle().
    def __init__(self, properties, report, early=True):
        self._report = report
        self._early = early
        base = properties["base"]
        context = properties["context"]
        self._sources = properties.get("sources", SOURCES)
        self._priority = base + _PRIORITY
        self._enable = base + _ENABLE + _ENABLE_STRIDE * context
        self._threshold = base + _CONTEXT + _CONTEXT_STRIDE * context + _THRESHOLD
        self._claim = base + _CONTEXT + _CONTEXT_STRIDE * context + _CLAIM
        self._handlers = {}
        # Interrupts taken, by source.
        self.counts = {}

    # Let every priority through and give every source the lowest one that interrupts. Sources stay
    # disabled until unmask(). Source 0 does not exist.
    async def init(self):
        await hal.write32(self._threshold, 0)
        for irq in range(1, self._sources + 1):
            await hal.write32(self._priority + 4 * irq, 1)

    # Set the handler of a source: async function without arguments.
    def install(self, irq, handler):
        if not 1 <= irq <= self._sources:
            raise ValueError("PLIC source must be 1 to %d, not %d" % (self._sources, irq))
        self._handlers[irq] = handler
        self.counts[irq] = 0

    async def unmask(self, irq):
        await hal.write32(self._priority + 4 * irq, 1)
        word = self._enable + 4 * (irq >> 5)
        await hal.write32(word, await hal.read32(word) | 1 << (irq & 31))

    async def mask(self, irq):
        word = self._enable + 4 * (irq >> 5)
        await hal.write32(word, await hal.read32(word) & ~(1 << (irq & 31)))

    async def claim(self):
        return await hal.read32(self._claim)

    async def complete(self, irq):
        await hal.write32(self._claim, irq)

    # The external interrupt: serve sources until none is left.
    #
    # A source is completed before its handler runs (early), as the JH-7110 port does. A level that
    # is still high then is latched once more: the handler may run again and find nothing.
    async def handle(self):
        early = self._early
        irq = await self.claim()
        while irq:
            if early:
                await self.complete(irq)
            handler = self._handlers.get(irq)
            if handler is None:
                await self._report("UN-handled interrupt %d occurred!!!\n" % irq)
            else:
                self.counts[irq] += 1
                await handler()
            if not early:
                await self.complete(irq)
            irq = await self.claim()
