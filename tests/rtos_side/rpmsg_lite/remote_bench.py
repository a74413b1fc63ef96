# SPDX-License-Identifier: Apache-2.0
# The remote's kernel on a plain machine, with a Linux master on the other side of the memory.
#
# The test's own code runs as a thread of the kernel. The master acts between two accesses of the
# remote: from the test itself, at a tick, or after every access.

from bare_machine import COSTS, PlainMachine, board
from linux_master import Master
from shared_memory import BASE, SIZE, Memory

from rtos_side.hal import SOFT
from rtos_side.kernel.kernel import Kernel
from rtos_side.kernel.thread import Thread
from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_NO_FLAGS
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_remote_init, rpmsg_lite_wait_for_link_up

MAILBOX = 0x6E400000
RINGS = 0x6E410000
BUFFERS = 0x6E420000
RING_SIZE = 0xC0
AVAIL = 0x40
USED = 0x80

LINUX_HART = 1

# Above the apps: a test goes on as soon as it can.
PRIORITY = 5

# A test that takes longer, in cycles of the machine's clock (1 s), hangs. So does one that makes so
# many requests without any time passing.
LIMIT = 100000000
STANDSTILL = 1000


class RecordingMachine(PlainMachine):
    def __init__(self, properties, after_request):
        PlainMachine.__init__(self, properties)
        self.memory = Memory(self.map_ram(BASE, SIZE))
        self._after_request = after_request
        self._last = (0, 0)

    def serve(self, request):
        reply = PlainMachine.serve(self, request)
        if self.cycle != self._last[0]:
            self._last = (self.cycle, self.requests)
        assert self.requests - self._last[1] < STANDSTILL, "the clock stands still"
        self.memory.record(request, reply)
        self._after_request()
        return reply


class Bench:
    # rpmsg: properties of the board's rpmsg node that differ from the JH-7110's. start: what all
    # ring indices begin with. ring: entries and alignment of a ring, where avail and used begin in
    # it, and its size.
    def __init__(self, start=0, ring=(2, 64, AVAIL, USED, RING_SIZE), **rpmsg):
        num, align, self._avail, self._used, self._ring_size = ring
        config = {
            "mailbox": MAILBOX,
            "vring_base": RINGS,
            "vring_num": num,
            "vring_align": align,
            "avail_aligned": True,
            "payload": 496,
            "consumed_notify": True,
            "linux_hart_mask": 1 << LINUX_HART,
            "link_id": 0,
            "shm_end": 0x6E7FFFFF,
        }
        config.update(rpmsg)
        costs = dict.fromkeys(COSTS, 10)
        costs.update({"rpmsg_call": 10, "app_loop": 10})
        self.alarms = []
        self.after_access = None
        self.finished = False
        self.machine = RecordingMachine(board(costs=costs, rpmsg=config), self._after_request)
        self.memory = self.machine.memory
        self.kernel = Kernel(self.machine.hart, self.machine.board)
        parts = self._avail, self._used
        self.master = Master(self.memory, RINGS, BUFFERS, num, parts, self._ring_size, start)

    # Where the parts of ring 0 or 1 lie.
    def desc(self, queue):
        return RINGS + self._ring_size * queue

    def avail(self, queue):
        return self.desc(queue) + self._avail

    def used(self, queue):
        return self.desc(queue) + self._used

    # The remote ################################################################

    async def remote_init(self):
        return await rpmsg_lite_remote_init(RINGS, 0, RL_NO_FLAGS, self.kernel)

    async def wait_for_link(self, dev):
        self.raise_ipi()
        await rpmsg_lite_wait_for_link_up(dev, RL_BLOCK)

    # An instance whose link is up.
    async def link_up(self):
        dev = await self.remote_init()
        await self.wait_for_link(dev)
        await self.take_interrupts()
        return dev

    async def start_thread(self, name, entry, priority):
        await Thread(self.kernel, name, entry, 4096, priority, 20).startup()

    # Lets the kernel see the interrupt lines.
    async def take_interrupts(self):
        await self.kernel.spend(1)

    # The Linux side ############################################################

    # IPIs that the remote has sent to Linux.
    @property
    def kicks(self):
        return self.machine.ipis.get(LINUX_HART, 0)

    def raise_ipi(self):
        self.machine.raise_line(SOFT)

    def raise_mail(self):
        self.memory.put(MAILBOX + 0x40, 4, 1)
        self.raise_ipi()

    # Sends a message and kicks, as Linux does for its "output" queue.
    def send(self, src, dst, payload):
        assert self.master.send(src, dst, payload), "no buffer is free on the master's side"
        self.raise_mail()

    async def deliver(self, src, dst, payload):
        self.send(src, dst, payload)
        await self.take_interrupts()

    async def ipi(self):
        self.raise_ipi()
        await self.take_interrupts()

    # Calls a function once, when the kernel's tick has reached a value.
    def at_tick(self, tick, function):
        self.alarms.append((tick, function))

    # What was accessed #########################################################

    def clear_log(self):
        self.memory.log.clear()

    def shared_log(self):
        return self.memory.log

    # The accesses since the last call.
    def take_log(self):
        log = self.memory.log
        self.memory.log = []
        return log

    # Running ###################################################################

    # Runs the kernel with one thread, the coroutine function of a test, until that has ended.
    def run(self, body):
        async def test():
            await body()
            self.finished = True

        top = self.kernel.run(lambda: self.start_thread("test", test, PRIORITY))
        self.machine.run(top, until_cycles=LIMIT, until=lambda: self.finished)
        assert self.finished, "the test hangs"

    def _after_request(self):
        if self.after_access is not None:
            self.after_access()
        if self.alarms:
            tick = self.kernel.clock.tick
            for alarm in [alarm for alarm in self.alarms if alarm[0] <= tick]:
                self.alarms.remove(alarm)
                alarm[1]()
