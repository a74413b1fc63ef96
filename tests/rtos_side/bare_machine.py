# SPDX-License-Identifier: Apache-2.0
# A machine without a simulator: one hart, memory, devices, a CLINT and a virtual clock.
#
# Runs on CPython and on MicroPython.
#
#   machine = PlainMachine(board())
#   machine.map_ram(0x6E400000, 0x1000)
#   kernel = Kernel(machine.hart, machine.board)
#   machine.run(kernel.run(main), until_cycles=1000000)

from rtos_side.hal import DECERR, EXT, LOAD, READ, SOFT, STORE, TIMER, WAIT, WRITE, BusFault
from sim.plain_software import plain_software

_MSIP_END = 0x4000
_MTIMECMP = 0x4000
_MTIME = 0xBFF8
_CLINT_SIZE = 0x10000

COSTS = ("m_trap", "sbi_call", "trap_entry", "trap_exit", "context_switch", "tick", "ipc_call")


# A board as the kernel wants it; every cost is `cost` cycles.
def board(cost=10, **changes):
    properties = {
        "costs": dict.fromkeys(COSTS, cost),
        "clock_hz": 100000000,
        "timebase_hz": 4000000,
        "tick_hz": 1000,
        "clint": 0x02000000,
        "hart_id": 4,
    }
    properties.update(changes)
    return properties


class Hart:
    def __init__(self, machine, hart_id):
        self.index = hart_id - 1
        self.hart_id = hart_id
        self.lines = bytearray(1)
        self.mask = bytearray(1)
        # What the software has said: (cycle, name) and (cycle, name, a, b).
        self.threads = []
        self.events = []
        self.fault = BusFault
        self._machine = machine

    # The exception to throw for a refused access.
    def faults(self, kind):
        self.fault = kind

    def now(self):
        return self._machine.cycle

    def thread(self, name):
        if self._machine.recording:
            self.threads.append((self._machine.cycle, name))

    def event(self, name, a=0, b=0):
        if self._machine.recording:
            self.events.append((self._machine.cycle, name, a, b))


class Ram:
    def __init__(self, base, size):
        self.base = base
        self._bytes = bytearray(size)

    def load(self, address, size):
        start = address - self.base
        return int.from_bytes(self._bytes[start : start + size], "little")

    def store(self, address, size, value):
        start = address - self.base
        self._bytes[start : start + size] = value.to_bytes(size, "little")

    def read(self, address, length):
        start = address - self.base
        return bytes(self._bytes[start : start + length])

    def write(self, address, data):
        start = address - self.base
        self._bytes[start : start + len(data)] = bytes(data)


# read(offset, size) -> value, write(offset, size, value)
class Device:
    def __init__(self, base, read, write):
        self._base = base
        self._read = read
        self._write = write

    def load(self, address, size):
        return self._read(address - self._base, size)

    def store(self, address, size, value):
        self._write(address - self._base, size, value)

    def read(self, address, length):
        return bytes([self._read(address - self._base + i, 1) for i in range(length)])

    def write(self, address, data):
        for i in range(len(data)):
            self._write(address - self._base + i, 1, data[i])


class PlainMachine:
    # access_cycles: what every bus access takes.
    def __init__(self, board, access_cycles=5, recording=True):
        self.board = board
        self.cycle = 0
        self.recording = recording
        self.requests = 0
        # IPIs sent to other harts: hart id -> number.
        self.ipis = {}
        self.hart = Hart(self, board["hart_id"])
        self._access_cycles = access_cycles
        self._cycles_per_count = board["clock_hz"] // board["timebase_hz"]
        self._mtimecmp = (1 << 64) - 1
        self._timer_cycle = None
        self._events = []
        self._windows = []
        # For generator runs that go on: what it is to be resumed with.
        self._step = None
        self.map_device(board["clint"], _CLINT_SIZE, self._clint_read, self._clint_write)

    # Memory map ################################################################

    def map_ram(self, base, size):
        ram = Ram(base, size)
        self._windows.append((base, base + size, ram))
        return ram

    # read(offset, size) -> value; write(offset, size, value)
    def map_device(self, base, size, read, write):
        self._windows.append((base, base + size, Device(base, read, write)))

    def _target(self, address, length):
        for base, end, target in self._windows:
            if base <= address and address + length <= end:
                return target
        raise BusFault(address, DECERR)

    def _clint_read(self, offset, size):
        if offset == _MTIME:
            return self.cycle // self._cycles_per_count
        if offset == 4 * self.hart.hart_id:
            return self.hart.lines[0] & SOFT
        raise BusFault(self.board["clint"] + offset, DECERR)

    def _clint_write(self, offset, size, value):
        hart = self.hart
        low = _MTIMECMP + 8 * hart.hart_id
        if low <= offset < low + 8:
            self._set_timer(8 * (offset - low), size, value)
        elif offset == 4 * hart.hart_id:
            self.set_line(SOFT, value & 1)
        elif offset < _MSIP_END:
            self.ipis[offset // 4] = self.ipis.get(offset // 4, 0) + 1
        else:
            raise BusFault(self.board["clint"] + offset, DECERR)

    # mtimecmp, as a whole or word by word; from 2^60 on it never fires.
    def _set_timer(self, shift, size, value):
        mask = ((1 << 8 * size) - 1) << shift
        compare = self._mtimecmp & ~mask | value << shift
        self._mtimecmp = compare
        self._timer_cycle = compare * self._cycles_per_count if compare < 1 << 60 else None

    # Lines #####################################################################

    def raise_line(self, line=EXT):
        self.hart.lines[0] |= line

    def lower_line(self, line=EXT):
        self.hart.lines[0] &= 7 - line

    def set_line(self, line, level):
        if level:
            self.raise_line(line)
        else:
            self.lower_line(line)

    # Call a function when the clock reaches a cycle.
    def at(self, cycle, function):
        position = len(self._events)
        while position and self._events[position - 1][0] > cycle:
            position -= 1
        self._events.insert(position, (cycle, function))

    # Clock #####################################################################

    # Let time pass up to a cycle, through everything that happens on the way.
    def _advance(self, cycle):
        while self._events and self._events[0][0] <= cycle:
            event = self._events.pop(0)
            self.cycle = max(self.cycle, event[0])
            event[1]()
        self.cycle = max(self.cycle, cycle)
        self._update_timer()

    def _update_timer(self):
        self.set_line(TIMER, self._timer_cycle is not None and self.cycle >= self._timer_cycle)

    # When the next thing happens by itself, or None.
    def _next_event(self):
        times = [event[0] for event in self._events[:1]]
        if self._timer_cycle is not None and self._timer_cycle > self.cycle:
            times.append(self._timer_cycle)
        return min(times) if times else None

    # -> cycles left
    def _wait(self, cycles, mask):
        end = None if cycles < 0 else self.cycle + cycles
        while not self.hart.lines[0] & mask and self.cycle != end:
            target = self._next_event()
            if target is None:
                target = end
            elif end is not None:
                target = min(target, end)
            if target is None:
                raise RuntimeError(f"the hart waits for ever at cycle {self.cycle}")
            self._advance(target)
        return 0 if end is None else end - self.cycle

    # Running ###################################################################

    # Carry out one request. -> reply
    def serve(self, request):
        self.requests += 1
        kind = request[0]
        if kind == WAIT:
            return self._wait(request[1], request[2])
        self._advance(self.cycle + self._access_cycles)
        address = request[1]
        if kind == LOAD:
            reply = self._target(address, request[2]).load(address, request[2])
        elif kind == STORE:
            reply = self._target(address, request[2]).store(address, request[2], request[3])
        elif kind == READ:
            reply = self._target(address, request[2]).read(address, request[2])
        elif kind == WRITE:
            reply = self._target(address, len(request[2])).write(address, request[2])
        else:
            raise ValueError(f"no request of a hart: {request}")
        self._update_timer()
        return reply

    # Run the software of the hart until it ends, the clock has reached a cycle, or until() is true.
    # Another call with the same generator goes on where this one stopped.
    def run(self, generator, until_cycles=None, until=None):
        step = self._step
        if step is None or step[0] is not generator:
            software = plain_software(generator, self.hart.lines, self.hart.mask)
            step = (generator, software, software.send, None)
        software = step[1]
        while True:
            if until_cycles is not None and self.cycle >= until_cycles:
                break
            if until is not None and until():
                break
            try:
                request = step[2](step[3])
            except StopIteration:
                break
            try:
                step = (generator, software, software.send, self.serve(request))
            except BusFault as refused:
                fault = self.hart.fault(refused.address, refused.resp)
                step = (generator, software, software.throw, fault)
        self._step = step
