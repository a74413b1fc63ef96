# SPDX-License-Identifier: Apache-2.0
# A whole RTOS, from boot to shell, on a plain machine with a UART and a PLIC.

from bare_machine import PlainMachine, board
from uart_model import PlicModel, UartModel

from rtos_side.boot import boot

HART = 4
PLIC = 0x0C000000
UART = 0x10010000

# Every cost of the profile, and every bus access, in cycles.
COST = 10
ACCESS = 20

COSTS = (
    "m_trap sbi_call trap_entry trap_exit context_switch tick ipc_call shell_char rpmsg_call"
    " app_loop"
)

# 0.3 ms: away from the tick that has just been.
_THINK_CYCLES = 30000
_MS = 100000


class IdleApp:
    COMMAND = ("idle_app", "do nothing")

    async def start(self, kernel, console):
        pass


# module: an app, that is what has COMMAND and start(). The other apps of the image are the latency
# apps, unless the changes to the board say otherwise.
def make_board(module, **changes):
    properties = board(
        costs=dict.fromkeys(COSTS.split(), COST),
        plic={"base": PLIC, "context": 2 * HART, "sources": 136},
        console={"base": UART, "irq": 33, "clock_hz": 24000000, "baud": 115200},
        heap={"base": 0x6F000000, "size": 0x1000000},
        app_module=module,
        apps=("schedule_latency", "uart_latency"),
        build_date="Mar 12 2024 11:23:18",
    )
    properties.update(changes)
    return properties


class Session:
    def __init__(self, module=None, **changes):
        self.machine = PlainMachine(make_board(module or IdleApp(), **changes), ACCESS)
        self.hart = self.machine.hart
        plic = PlicModel(33, 2 * HART, lambda level: self.machine.set_line(4, level))
        self.uart = UartModel(plic.set_level)
        self.machine.map_device(PLIC, 0x4000000, plic.load, plic.store)
        self.machine.map_device(UART, 0x10000, self.uart.load, self.uart.store)
        self._software = boot(self.hart, self.machine.board)

    # Run until the condition holds; fails after so many ms of simulated time.
    def run_until(self, condition, ms=1000):
        self.machine.run(self._software, self.machine.cycle + ms * _MS, condition)
        assert condition(), self.output()

    def run_ms(self, ms):
        self.machine.run(self._software, self.machine.cycle + ms * _MS)

    # Everything printed so far.
    def output(self):
        return bytes(self.uart.sent).decode()

    # All events of a name, without their cycle: (a, b).
    def events(self, name):
        return [event[2:] for event in self.hart.events if event[1] == name]

    # Names of the threads that have run, in order.
    def threads(self):
        return [thread[1] for thread in self.hart.threads]

    # Type, and let the shell do what it has to. -> what was printed
    def type(self, keys):
        start = len(self.uart.sent)
        switches = len(self.hart.threads)
        self.machine.at(
            self.machine.cycle + _THINK_CYCLES, lambda: self.uart.receive(keys.encode())
        )
        self.run_until(lambda: len(self.hart.threads) > switches and self._quiet())
        return bytes(self.uart.sent[start:]).decode()

    def _quiet(self):
        return not self.uart.waiting() and self.hart.threads[-1][1] == "tidle0"
