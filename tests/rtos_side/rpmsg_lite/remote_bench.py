# SPDX-License-Identifier: Apache-2.0
# The remote's kernel on a plain machine, with a Linux master on the other side of the memory.
#
# One access takes one cycle. The test's own code runs as a thread of the kernel, and the master
# acts between two accesses: from the test itself, at a tick, or after every access.

from linux_master import Master
from rtos_side.hal import EXT, SOFT, TIMER
from rtos_side.kernel.kernel import Kernel
from rtos_side.kernel.thread import Thread
from shared_memory import BASE, Memory

from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_NO_FLAGS
from rtos_side.rpmsg_lite.rpmsg_lite import rpmsg_lite_remote_init, rpmsg_lite_wait_for_link_up

MAILBOX = 0x6E400000
RINGS = 0x6E410000
BUFFERS = 0x6E420000
RING_SIZE = 0xC0
AVAIL = 0x40
USED = 0x80

CLINT = 0x02000000
MTIMECMP = CLINT + 0x4000
HART = 4
LINUX_HART = 1

CYCLES_PER_MTIME = 25
LIMIT = 400000  # requests, before a run counts as hanging


class Hart:
    def __init__(self):
        self.index = HART - 1
        self.hart_id = HART
        self.lines = bytearray(1)
        self.cycle = 0

    def now(self):
        return self.cycle

    def thread(self, name):
        pass

    def event(self, name, a=0, b=0):
        pass


class Bench:
    def __init__(self, start=0, **rpmsg):
        self.memory = Memory()
        self.hart = Hart()
        self.mtimecmp = None
        self.kicks = 0
        self.alarms = []
        self.after_access = None
        self.finished = False
        self.master = Master(self.memory, RINGS, BUFFERS, 2, (AVAIL, USED), RING_SIZE, start)
        config = {
            "mailbox": MAILBOX,
            "vring_base": RINGS,
            "vring_num": 2,
            "vring_align": 64,
            "avail_aligned": True,
            "payload": 496,
            "consumed_notify": True,
            "linux_hart_mask": 1 << LINUX_HART,
            "link_id": 0,
            "shm_end": 0x6E7FFFFF,
        }
        config.update(rpmsg)
        self.kernel = Kernel(self.hart, board(config))

    # Where the parts of ring 0 or 1 lie.
    def desc(self, queue):
        return RINGS + RING_SIZE * queue

    def avail(self, queue):
        return self.desc(queue) + AVAIL

    def used(self, queue):
        return self.desc(queue) + USED

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

    def raise_ipi(self):
        self.hart.lines[0] |= SOFT

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

    # The machine ###############################################################

    # Runs the kernel with one thread, the coroutine function of a test, until that has ended.
    def run(self, body):
        async def main():
            await body()
            self.finished = True

        top = self.kernel.run(lambda: self.start_thread("test", main, 5))
        reply = None
        for _ in range(LIMIT):
            reply = self.serve(top.send(reply))
            if self.finished:
                return
        raise AssertionError("the test hangs")

    def serve(self, request):
        hart = self.hart
        hart.cycle += 1
        if request[0] == 4:
            reply = self.wait(request[1], request[2])
        elif request[1] >= BASE:
            reply = self.memory.serve(request)
        else:
            reply = self.clint(request)
        self.update_timer()
        if self.after_access is not None:
            self.after_access()
        tick = self.kernel.tick
        for alarm in [alarm for alarm in self.alarms if alarm[0] <= tick]:
            self.alarms.remove(alarm)
            alarm[1]()
        return reply

    def wait(self, cycles, mask):
        hart = self.hart
        if hart.lines[0] & mask:
            return max(cycles - 1, 0)
        expires = None if self.mtimecmp is None else self.mtimecmp * CYCLES_PER_MTIME
        timer_wakes = mask & TIMER and expires is not None
        if cycles < 0:
            assert timer_wakes, "waits for ever without a timer"
            hart.cycle = max(hart.cycle, expires)
            return 0
        end = hart.cycle - 1 + cycles
        if timer_wakes and expires < end:
            hart.cycle = max(hart.cycle, expires)
        else:
            hart.cycle = max(hart.cycle, end)
        return max(end - hart.cycle, 0)

    def clint(self, request):
        kind, address = request[0], request[1]
        assert kind == 1, f"load from the CLINT: {address:#x}"
        if address == CLINT + 4 * HART:
            assert request[3] == 0
            self.hart.lines[0] &= ~SOFT
        elif address == CLINT + 4 * LINUX_HART:
            assert request[3] == 1
            self.kicks += 1
        else:
            assert address == MTIMECMP + 8 * HART, f"store outside memory: {address:#x}"
            self.mtimecmp = request[3]

    def update_timer(self):
        hart = self.hart
        expired = self.mtimecmp is not None and hart.cycle >= self.mtimecmp * CYCLES_PER_MTIME
        if expired:
            hart.lines[0] |= TIMER
        else:
            hart.lines[0] &= SOFT | EXT


# A board with every cost at one cycle.
def board(rpmsg):
    names = (
        "m_trap",
        "sbi_call",
        "trap_entry",
        "trap_exit",
        "context_switch",
        "tick",
        "ipc_call",
        "shell_char",
        "rpmsg_call",
        "app_loop",
    )
    return {
        "name": "bench",
        "costs": dict.fromkeys(names, 1),
        "clock_hz": 100000000,
        "timebase_hz": 4000000,
        "tick_hz": 1000,
        "hart_id": HART,
        "clint": CLINT,
        "rpmsg": rpmsg,
    }
