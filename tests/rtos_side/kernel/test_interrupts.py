# SPDX-License-Identifier: Apache-2.0
# Interrupts: between which accesses they come, what they cost, and the switch at the trap's end.

from bare_machine import COSTS
from kernel_bench import RAM, TICK, Bench

from rtos_side.hal import EXT, SOFT, BusFault, load, read32, store, wait, write32
from rtos_side.kernel.errors import KernelPanic
from rtos_side.kernel.semaphore import Semaphore
from rtos_side.kernel.thread import Thread
from rtos_side.sbi import SBI_SUCCESS, send_ipi

DEVICE = 0x10000000
HART_MASK_1_AND_2 = 0x6


# A device whose interrupt line falls when its register is written.
def _add_device(bench):
    machine = bench.machine
    machine.map_device(DEVICE, 4, lambda offset, size: 0, lambda *access: machine.lower_line(EXT))


def test_a_thread_loses_the_processor_between_two_bus_cycles():
    bench = Bench()
    kernel = bench.kernel
    semaphore = Semaphore(kernel, "s", 0)
    _add_device(bench)

    async def isr():
        await write32(DEVICE, 0)
        await semaphore.release()

    async def high():
        await semaphore.take()
        bench.note("high", await load(RAM, 4))

    async def low():
        kernel.install_isr(EXT, isr)
        for value in range(6):
            if value == 3:
                bench.machine.raise_line(EXT)
            await store(RAM, 4, value)
        bench.note("low")

    bench.thread("high", high, 5)
    bench.thread("low", low, 20)
    bench.run(1)
    assert bench.log == [("high", 3), "low"]


def test_a_handler_s_release_switches_when_the_trap_ends():
    bench = Bench()
    kernel = bench.kernel
    semaphore = Semaphore(kernel, "s", 0)

    async def isr():
        await write32(DEVICE, 0)
        await semaphore.release()
        assert kernel.interrupt_nest == 1
        bench.note("after release", kernel.scheduler.current.name)

    async def high():
        await semaphore.take()
        bench.note("high")

    _add_device(bench)
    kernel.install_isr(EXT, isr)
    bench.thread("high", high, 5)
    bench.machine.at(5000, bench.machine.raise_line)
    bench.run(1)
    assert bench.log == [("after release", "high"), "high"]


# Each step of an interrupt is charged under its own name.
def test_cost_of_the_path_from_the_line_to_the_thread():
    costs = dict.fromkeys(COSTS, 0)
    costs.update({"trap_entry": 11, "ipc_call": 200, "context_switch": 3000, "trap_exit": 40000})
    bench = Bench(costs=costs)
    semaphore = Semaphore(bench.kernel, "s", 0)

    async def isr():
        bench.note("isr", bench.machine.cycle)
        await write32(DEVICE, 0)
        await semaphore.release()

    async def high():
        await semaphore.take()
        bench.note("high", bench.machine.cycle)

    _add_device(bench)
    bench.kernel.install_isr(EXT, isr)
    bench.thread("high", high, 5)
    bench.machine.at(50000, bench.machine.raise_line)
    bench.run(1)
    isr_at = 50000 + 11
    assert bench.log == [("isr", isr_at), ("high", isr_at + 5 + 200 + 3000 + 40000)]


def test_spend_is_interrupted_and_takes_up_the_rest_afterwards():
    bench = Bench()
    kernel = bench.kernel

    async def high():
        await kernel.delay(1)
        await kernel.spend(7000)
        bench.note("high", bench.machine.cycle)

    async def low():
        start = bench.machine.cycle
        await kernel.spend(2 * TICK)
        bench.note("low", bench.machine.cycle - start)

    bench.thread("low", low, 20)
    bench.thread("high", high, 5)
    bench.run(5)
    (_, high_end), (_, low_span) = bench.log
    # Two ticks hit the span. Of 10 cycles each: M-mode trap, entry, tick, SBI call with its store,
    # exit; around the high thread two switches.
    tick = 10 * 5 + 5
    assert low_span == 2 * TICK + 2 * tick + 7000 + 2 * 10
    assert TICK + 7000 < high_end < TICK + 7000 + 100


# The switch is finished first, whichever line it is; the next thread is interrupted at once.
def test_an_interrupt_during_a_context_switch_waits_for_its_end():
    for line in (EXT, SOFT):
        costs = dict.fromkeys(COSTS, 10)
        costs["context_switch"] = 1000
        bench = Bench(costs=costs)

        async def isr(bench=bench):
            bench.machine.lower_line(EXT)
            bench.note("isr", bench.machine.cycle - bench.log[0][1] >= 1000)

        async def first(bench=bench, line=line):
            now = bench.machine.cycle
            bench.note("first", now)
            bench.machine.at(now + 500, lambda: bench.machine.raise_line(line))

        async def second(bench=bench):
            bench.note("second")

        bench.kernel.install_isr(line, isr)
        bench.thread("second", second, 11)
        bench.thread("first", first, 10)
        bench.run(1)
        assert bench.log[1:] == [("isr", True), "second"]


def test_an_ipi_goes_through_m_mode_and_is_cleared_there():
    bench = Bench()
    kernel = bench.kernel
    seen = []

    async def isr():
        seen.append((bench.machine.cycle, bench.machine.hart.lines[0] & SOFT))

    kernel.install_isr(SOFT, isr)
    bench.machine.at(5000, lambda: bench.machine.raise_line(SOFT))
    bench.run(1)
    # M-mode trap 10, msip store 5, trap entry 10, sbi_clear_ipi 10.
    assert seen == [(5035, 0)]


def test_an_ipi_during_its_own_handler_is_not_lost():
    bench = Bench()
    kernel = bench.kernel

    async def isr():
        bench.note("begin")
        if len(bench.log) == 1:
            bench.machine.raise_line(SOFT)
        await kernel.spend(100)
        bench.note("end")

    kernel.install_isr(SOFT, isr)
    bench.machine.at(5000, lambda: bench.machine.raise_line(SOFT))
    bench.run(1)
    assert bench.log == ["begin", "end", "begin", "end"]


def test_an_ipi_before_its_handler_is_installed_waits_for_it():
    bench = Bench()
    kernel = bench.kernel

    async def isr():
        bench.note("ipi")

    async def body():
        await kernel.spend(1000)
        bench.note("install")
        kernel.install_isr(SOFT, isr)
        await load(RAM, 4)
        bench.note("after")

    bench.thread("t", body)
    bench.machine.at(500, lambda: bench.machine.raise_line(SOFT))
    bench.run(1)
    assert bench.log == ["install", "ipi", "after"]


# External before software before timer, as the privileged architecture orders them; M-mode first.
def test_order_of_interrupts_that_are_pending_together():
    bench = Bench()
    kernel = bench.kernel

    def noting(name, line):
        async def isr():
            if line == EXT:
                bench.machine.lower_line(EXT)
            bench.note(name, kernel.clock.tick)

        return isr

    kernel.install_isr(EXT, noting("ext", EXT))
    kernel.install_isr(SOFT, noting("soft", SOFT))

    async def body():
        await wait(TICK + 10, 0)
        bench.note("body", kernel.clock.tick)

    bench.thread("t", body)
    bench.machine.at(TICK + 5, lambda: bench.machine.raise_line(EXT | SOFT))
    bench.run(3)
    assert bench.log == [("ext", 0), ("soft", 0), ("body", 1)]


def test_handlers_do_not_nest():
    bench = Bench()
    kernel = bench.kernel

    async def ext():
        bench.note("ext begins")
        bench.machine.raise_line(SOFT)
        await kernel.spend(2000)
        bench.machine.lower_line(EXT)
        bench.note("ext ends", kernel.interrupt_nest)

    async def soft():
        bench.note("soft", kernel.interrupt_nest)

    kernel.install_isr(EXT, ext)
    kernel.install_isr(SOFT, soft)
    bench.machine.at(5000, bench.machine.raise_line)
    bench.run(1)
    assert bench.log == ["ext begins", ("ext ends", 1), ("soft", 1)]


def test_several_wake_ups_in_one_handler_end_with_the_best_thread():
    bench = Bench()
    kernel = bench.kernel
    semaphores = [Semaphore(kernel, f"s{n}", 0) for n in range(3)]

    def waiting(n):
        async def entry():
            await semaphores[n].take()
            bench.note(n)

        return entry

    async def isr():
        bench.machine.lower_line(EXT)
        for n in (2, 0, 1):
            await semaphores[n].release()

    for n in range(3):
        bench.thread(f"t{n}", waiting(n), 10 + n)
    kernel.install_isr(EXT, isr)
    bench.machine.at(5000, bench.machine.raise_line)
    bench.run(1)
    assert bench.log == [0, 1, 2]


def test_an_access_refused_by_the_bus_is_thrown_into_the_thread():
    bench = Bench()

    async def body():
        try:
            await read32(0xDEAD0000)
        except BusFault as fault:
            bench.note(fault.address, fault.resp, str(fault))
        bench.note(await load(RAM, 4))

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [(0xDEAD0000, 3, "bus fault at 0xdead0000: DECERR"), 0]


# The fault is not lost when an interrupt comes at the same moment.
def test_a_refused_access_survives_an_interrupt():
    bench = Bench()
    kernel = bench.kernel

    def read(offset, size):
        bench.machine.raise_line(EXT)
        raise BusFault(DEVICE, 2)

    async def isr():
        bench.machine.lower_line(EXT)
        bench.note("isr")

    async def body():
        try:
            await read32(DEVICE)
        except BusFault as fault:
            bench.note(str(fault))

    bench.machine.map_device(DEVICE, 4, read, None)
    kernel.install_isr(EXT, isr)
    bench.thread("t", body)
    bench.run(1)
    assert bench.log == ["isr", "bus fault at 0x10000000: SLVERR"]


def test_an_uncaught_fault_is_a_panic_of_the_thread():
    bench = Bench()

    async def body():
        await read32(0xDEAD0000)

    bench.thread("wild", body)
    assert _panic(bench) == "thread wild: BusFault: bus fault at 0xdead0000: DECERR"


def test_an_exception_in_a_handler_is_a_panic():
    bench = Bench()

    async def isr():
        raise ValueError("no such irq")

    bench.kernel.install_isr(EXT, isr)
    bench.machine.at(5000, bench.machine.raise_line)
    assert _panic(bench) == "interrupt: ValueError: no such irq"


def test_waiting_in_a_handler_is_a_panic():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)

    async def isr():
        await semaphore.take()

    bench.kernel.install_isr(EXT, isr)
    bench.machine.at(5000, bench.machine.raise_line)
    text = "interrupt: ValueError: Function[rt_sem_take] shall not be used in ISR"
    assert _panic(bench) == text


def _panic(bench):
    try:
        bench.run(1)
    except KernelPanic as panic:
        return str(panic)
    raise AssertionError("the run went on")


def test_send_ipi_writes_msip_of_each_hart_in_the_mask():
    bench = Bench()

    async def body():
        start = bench.machine.cycle
        assert await send_ipi(HART_MASK_1_AND_2) == SBI_SUCCESS
        bench.note(bench.machine.cycle - start)

    bench.thread("t", body)
    bench.run(1)
    assert bench.machine.ipis == {1: 1, 2: 1}
    assert bench.log == [10 + 2 * 5]


# The next deadline counts from the tick's own time, as in the port: ticks drift.
def test_ticks_come_a_period_after_the_last_was_served():
    bench = Bench()
    deadlines = []

    async def body():
        for _ in range(3):
            deadlines.append(bench.kernel.clock.deadline)
            await bench.kernel.delay(1)

    bench.thread("t", body)
    bench.run(5)
    steps = [deadlines[i + 1] - deadlines[i] for i in range(2)]
    # 4000 counts of mtime, and the 30 cycles of trap and tick: a count is 25 cycles.
    assert steps == [4001, 4001]


def test_start_up_runs_before_any_thread_and_without_interrupts():
    bench = Bench()
    kernel = bench.kernel

    async def isr():
        bench.machine.lower_line(EXT)
        bench.note("isr")

    async def entry():
        bench.note("thread", kernel.clock.tick)

    async def main():
        kernel.install_isr(EXT, isr)
        bench.machine.raise_line(EXT)
        await Thread(kernel, "t", entry, 1024, 10, 10).startup()
        await kernel.spend(3 * TICK)
        bench.note("started")
        assert kernel.scheduler.current is None

    bench.machine.run(kernel.run(main), until_cycles=4 * TICK)
    # The tick that came meanwhile is pending, and only one.
    assert bench.log == ["started", "isr", ("thread", 1)]


def test_m_mode_takes_its_part_of_the_tick_even_with_interrupts_off():
    bench = Bench()

    async def main():
        start = bench.machine.cycle
        await bench.kernel.spend(3 * TICK)
        bench.note(bench.machine.cycle - start)

    bench.machine.run(bench.kernel.run(main), until_cycles=4 * TICK)
    assert bench.log == [3 * TICK + 10]


def test_blocking_in_the_start_up_is_a_panic():
    bench = Bench()

    async def main():
        await bench.kernel.delay(1)

    try:
        bench.machine.run(bench.kernel.run(main))
    except KernelPanic as panic:
        text = "Function[rt_thread_delay] shall not be used before scheduler start"
        assert str(panic) == "startup: ValueError: " + text
    else:
        raise AssertionError("the run went on")


def test_switches_and_interrupts_are_reported_to_the_hart():
    bench = Bench()

    async def body():
        await bench.kernel.delay(1)

    bench.thread("worker", body, 9)
    bench.run(2)
    names = [name for _, name in bench.machine.hart.threads]
    assert names == ["startup", "timer", "worker", "tidle0", "worker", "tidle0"]
    kinds = [event[1:] for event in bench.machine.hart.events if event[1] == "switch"]
    assert kinds == [
        ("switch", 4, 0),
        ("switch", 9, 0),
        ("switch", 31, 0),
        ("switch", 9, 0),
        ("switch", 31, 0),
    ]
    assert ("irq", 2, 0) in [event[1:] for event in bench.machine.hart.events]


def test_only_soft_and_ext_have_handlers():
    bench = Bench()
    try:
        bench.kernel.install_isr(2, None)
    except ValueError as error:
        assert str(error) == "interrupt kind must be SOFT or EXT, not 2"
    else:
        raise AssertionError("accepted")


def test_a_missing_cost_is_refused_at_boot():
    board = Bench().machine.board
    del board["costs"]["ipc_call"]
    try:
        Bench(costs=board["costs"])
    except ValueError as error:
        assert str(error) == "the timing profile has no cost 'ipc_call' for the RTOS"
    else:
        raise AssertionError("accepted")
