# SPDX-License-Identifier: Apache-2.0
# A V821 without a simulator: the RTOS's hart in machine mode, MSGBOX, PLIC, memory, and Linux.
#
# The test's own code runs as a thread of the kernel, above all services.

from bare_machine import COSTS, PlainMachine, Ram, board
from message_box import Side
from shared_memory import Memory, note
from uart_model import PlicModel
from v821_linux import TABLE, Linux

from rtos_side.drivers.console import Console
from rtos_side.drivers.msgbox import Msgbox
from rtos_side.drivers.plic import Plic
from rtos_side.drivers.trace import Trace
from rtos_side.hal import EXT
from rtos_side.kernel.kernel import Kernel
from rtos_side.kernel.thread import Thread
from rtos_side.services import crash
from rtos_side.services.amp import Amp

LOCAL = 0x43033000
REMOTE = 0x49102000
IRQ = 144
PLIC = 0x48000000
CONTEXT = 2
STOP_RECORD = 0x4A00020C
DRAM = 0x81000000
DRAM_SIZE = 0x700000
TRACE = 0x81360000
TRACE_SIZE = 0x1000

PRIORITY = 5
LIMIT = 1000000000
STANDSTILL = 10000

NAMES_OF_COSTS = (set(COSTS) - {"m_trap", "sbi_call"}) | {"rpmsg_call", "app_loop", "md5_block"}


def rpmsg_config(**changes):
    config = {
        "platform": "sunxi",
        "resource_table": TABLE,
        "msgbox": {"local": LOCAL, "remote": REMOTE, "irq": IRQ, "channel": 0, "slot": 0},
        "payload": 496,
        "consumed_notify": True,
        "link_id": 0,
        "avail_aligned": False,
        "stop_record": STOP_RECORD,
        "heartbeat_ticks": 100,
        "rpbuf": True,
    }
    config.update(changes)
    return config


# What the bench's console prints to: text that a test can look at.
class TextDevice:
    name = "uart1"

    def __init__(self):
        self.text = ""

    async def open(self, flags):
        return 0

    async def write(self, position, data, size):
        self.text += bytes(data[:size]).decode()
        return size


class RecordingMachine(PlainMachine):
    def __init__(self, properties):
        PlainMachine.__init__(self, properties)
        # Accesses as in shared_memory.py, of everything but PLIC and CLINT.
        self.log = []
        self._last = (0, 0)

    def serve(self, request):
        reply = PlainMachine.serve(self, request)
        if self.cycle != self._last[0]:
            self._last = (self.cycle, self.requests)
        assert self.requests - self._last[1] < STANDSTILL, "the clock stands still"
        address = request[1]
        if address >= 0x40000000 and not PLIC <= address < PLIC + 0x400000:
            note(self.log, request, reply)
        return reply


class Bench:
    # rpmsg: properties of the board's rpmsg node that differ from the V821's.
    def __init__(self, costs=10, **rpmsg):
        self.finished = False
        properties = board(
            costs=dict.fromkeys(NAMES_OF_COSTS, costs),
            privilege="machine",
            hart_id=1,
            plic={"base": PLIC, "context": CONTEXT, "sources": 187},
            rpmsg=rpmsg_config(**rpmsg),
            trace={"base": TRACE, "size": TRACE_SIZE},
        )
        self.machine = machine = RecordingMachine(properties)
        self.memory = Memory(machine.map_ram(DRAM, DRAM_SIZE))
        self.stop_record = Ram(STOP_RECORD, 4)
        machine.map_device(STOP_RECORD, 4, self._stop_load, self._stop_store)
        plic = PlicModel(IRQ, CONTEXT, lambda level: machine.set_line(EXT, level))
        machine.map_device(PLIC, 0x400000, plic.load, plic.store)
        self.local = Side(plic.set_level)
        self.remote = Side(lambda level: None)
        machine.map_device(LOCAL, 0x1000, self.local.load, self.local.store)
        machine.map_device(REMOTE, 0x1000, self.remote.load, self.remote.store)
        self.stopped = None
        self.linux = Linux(self.memory, lambda word: self.local.push(0, word))
        self.kernel = kernel = Kernel(machine.hart, properties)
        self.device = TextDevice()
        self.console = kernel.console = Console(self.device, Trace(properties["trace"]))
        self.plic = Plic(properties["plic"], self.console.write, False)
        kernel.msgbox = Msgbox(properties["rpmsg"]["msgbox"])
        kernel.install_isr(EXT, self.plic.handle)
        crash.install(kernel, self.console)

    def _stop_load(self, offset, size):
        return self.stopped or 0

    def _stop_store(self, offset, size, value):
        assert (offset, size) == (0, 4)
        self.stopped = value

    # Everything of the services; started by start_amp() in a test.
    async def start_amp(self):
        self.kernel.amp = Amp(self.kernel, self.console)
        await self.kernel.amp.start()

    # The services are up, and Linux has bound to the channels that it has drivers for.
    async def connect(self):
        self.linux.probe()
        await self.start_amp()
        await self.ms(5)
        self.linux.receive()

    async def start_thread(self, name, entry, priority):
        await Thread(self.kernel, name, entry, 4096, priority, 20).startup()

    async def ms(self, count):
        await self.kernel.mdelay(count)

    # Kicks that the RTOS has sent, as notify ids; taken out of the FIFO.
    def kicks(self):
        words = self.remote.fifos[0][:]
        del self.remote.fifos[0][:]
        return words

    def trace(self):
        text = self.memory.get_block(TRACE, TRACE_SIZE)
        return text.split(b"\0")[0].decode()

    def take_log(self):
        log = self.machine.log
        self.machine.log = []
        return log

    # Runs the kernel with one thread, the coroutine function of a test, until that has ended. Linux
    # takes its kicks at once.
    def run(self, body, keep_kicks=False):
        async def test():
            await self.plic.init()
            await self.kernel.msgbox.init()
            self.plic.install(IRQ, self.kernel.msgbox.handle)
            await self.plic.unmask(IRQ)
            await body()
            self.finished = True

        def until():
            if not keep_kicks:
                del self.remote.fifos[0][:]
            return self.finished

        top = self.kernel.run(lambda: self.start_thread("test", test, PRIORITY))
        self.machine.run(top, until_cycles=LIMIT, until=until)
        assert self.finished, "the test hangs"
