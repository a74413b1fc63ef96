# SPDX-License-Identifier: Apache-2.0
# A whole RTOS, from boot to shell, on a modelled hart with UART, PLIC and CLINT timer.

from uart_model import PlicModel, UartModel

from rtos_side.boot import boot
from rtos_side.hal import EXT, LOAD, STORE, TIMER, WAIT

HART = 4
CLINT = 0x02000000
PLIC = 0x0C000000
UART = 0x10010000

ACCESS_CYCLES = 20
CYCLES_A_COUNT = 25

COSTS = (
    "m_trap sbi_call trap_entry trap_exit context_switch tick ipc_call shell_char rpmsg_call"
    " app_loop"
)


def make_board(app, count=0):
    return {
        "costs": dict.fromkeys(COSTS.split(), 10),
        "clock_hz": 100000000,
        "timebase_hz": 4000000,
        "tick_hz": 1000,
        "hart_id": HART,
        "clint": CLINT,
        "plic": {"base": PLIC, "context": 2 * HART, "sources": 136},
        "console": {"base": UART, "irq": 33, "clock_hz": 24000000, "baud": 115200},
        "heap": {"base": 0x6F000000, "size": 0x1000000},
        "app_module": app,
        "apps": ("schedule_latency", "uart_latency"),
        "count": count,
        "build_date": "Mar 12 2024 11:23:18",
    }


class IdleApp:
    COMMAND = ("idle_app", "do nothing")

    async def start(self, kernel, console):
        self.kernel = kernel


class Session:
    def __init__(self, app=None, count=0):
        self.app = app or IdleApp()
        self.index = 3
        self.hart_id = HART
        self.lines = bytearray(1)
        self.threads = []
        self.events = []
        self._cycle = 0
        self._deadline = None
        self.plic = PlicModel(33, 2 * HART, self._set_external)
        self.uart = UartModel(self.plic.set_level)
        self._software = boot(self, make_board(self.app, count))
        # What the software asked for last and has not been given yet.
        self._request = None

    # The hart object that the software is given.

    def now(self):
        return self._cycle

    def thread(self, name):
        self.threads.append(name)

    def event(self, name, a=0, b=0):
        self.events.append((name, a, b))

    # The first value of every event of that name.
    def values(self, name):
        return [event[1] for event in self.events if event[0] == name]

    # Run until the condition holds; fails after so many ms of simulated time.
    def run_until(self, condition, ms=1000):
        end = self._cycle + ms * 100000
        while not condition():
            assert self._cycle < end, self.output()
            self._request = self._software.send(self._answer(self._request))

    def output(self):
        return bytes(self.uart.sent).decode()

    # The idle thread waits for the next interrupt.
    def asleep(self):
        return self._request[0] == WAIT and self._request[1] < 0

    # Type, and let the shell do what it has to. -> what was printed
    def type(self, keys):
        start = len(self.uart.sent)
        self.uart.receive(keys.encode())
        self.run_until(lambda: self.asleep() and not self.uart.waiting())
        return bytes(self.uart.sent[start:]).decode()

    def _set_external(self, level):
        self._set_line(EXT, level)

    def _set_line(self, line, level):
        self.lines[0] = self.lines[0] | line if level else self.lines[0] & ~line

    # Requests ##################################################################

    def _answer(self, request):
        if request is None:
            return None
        if request[0] == WAIT:
            return self._wait(request[1], request[2])
        self._pass(ACCESS_CYCLES)
        if request[0] == LOAD:
            device, offset = self._device(request[1])
            return device.load(offset, request[2])
        assert request[0] == STORE, f"unexpected request {request}"
        self._store(request[1], request[2], request[3])
        return None

    def _device(self, address):
        if UART <= address < UART + 0x10000:
            return self.uart, address - UART
        assert PLIC <= address < PLIC + 0x4000000, f"nothing at 0x{address:x}"
        return self.plic, address - PLIC

    def _store(self, address, size, value):
        if address == CLINT + 0x4000 + 8 * HART:
            self._deadline = value * CYCLES_A_COUNT
            self._pass(0)
        else:
            device, offset = self._device(address)
            device.store(offset, size, value)

    def _pass(self, cycles):
        self._cycle += cycles
        self._set_line(TIMER, self._deadline is not None and self._cycle >= self._deadline)

    # Time goes in steps that end at the timer's deadline at the latest.
    def _wait(self, cycles, mask):
        left = cycles
        while left and not self.lines[0] & mask:
            until_timer = self._deadline - self._cycle if self._deadline is not None else 0
            step = min([span for span in (left, until_timer) if span > 0])
            left -= step if left > 0 else 0
            self._pass(step)
        return max(left, 0)
