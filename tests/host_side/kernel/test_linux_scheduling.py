# SPDX-License-Identifier: Apache-2.0
"""Tasks, preemption, wait queues, mutexes, work and time on the plain machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from host_side.kernel.cpu import CostError
from host_side.kernel.errors import ERESTARTSYS, LinuxError
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.platform import Work
from host_side.kernel.requests import SOFT
from host_side.kernel.timers import bucket_expiry
from tests.host_side.plain_machine import (
    CLINT,
    COSTS,
    MAILBOX,
    NODES,
    PlainMachine,
    boot,
    linux_on,
    shared_machine,
)

MS = 1_000_000


class Bench:
    """A booted kernel that takes tasks."""

    def __init__(self, costs: dict[str, int] = COSTS, seed: int = 1) -> None:
        self.machine: PlainMachine = shared_machine()
        self.kernel: LinuxKernel = linux_on(self.machine, seed, NODES[:1], costs)
        self.notes: list[Any] = []
        boot(self.machine, self.kernel)

    def ipi(self) -> None:
        self.machine.harts[1].lines[0] |= SOFT

    def start(self, *bodies: Callable[[], Awaitable[None]], user: bool = False) -> list[Any]:
        tasks = [self.kernel.spawn(body(), body.__name__, user) for body in bodies]
        self.ipi()
        return tasks

    def run(self, *bodies: Callable[[], Awaitable[None]], limit_ns: int = 10**9) -> None:
        tasks = self.start(*bodies)
        self.machine.run(lambda: all(task.exited for task in tasks), limit_ns)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_interrupt_wakes_a_task_that_preempts_between_two_bus_cycles(bench: Bench) -> None:
    kernel = bench.kernel
    queue = kernel.wait_queue()
    flag: list[int] = []

    async def sleeper() -> None:
        await queue.wait(lambda: flag)
        bench.notes.append("sleeper")

    async def busy() -> None:
        for step in range(20):
            await kernel.bus.load(MAILBOX, 4)
            bench.notes.append(step)
            if step == 9:
                kernel.set_amp_handler(handler)
                bench.ipi()

    async def handler() -> None:
        flag.append(1)
        queue.wake_up()

    bench.start(sleeper)
    bench.machine.run_for(MS)
    bench.run(busy)
    assert bench.notes == [*range(10), "sleeper", *range(10, 20)]


def test_wake_up_by_a_task_waits_until_that_task_sleeps(bench: Bench) -> None:
    kernel = bench.kernel
    queue = kernel.wait_queue()
    flag: list[int] = []

    async def sleeper() -> None:
        await queue.wait(lambda: flag)
        bench.notes.append("sleeper")

    async def waker() -> None:
        flag.append(1)
        queue.wake_up()
        await kernel.bus.load(MAILBOX, 4)
        bench.notes.append("waker")

    bench.run(sleeper, waker)
    assert bench.notes == ["waker", "sleeper"]


def test_equals_take_turns_at_the_tick(bench: Bench) -> None:
    kernel = bench.kernel

    def spinner(name: str) -> Callable[[], Awaitable[None]]:
        async def spin() -> None:
            for _ in range(250):
                await kernel.cpu.spend_cycles(10_000)
                if bench.notes[-1:] != [name]:
                    bench.notes.append(name)

        return spin

    bench.run(spinner("a"), spinner("b"))
    assert bench.notes == ["a", "b"] * (len(bench.notes) // 2)
    assert len(bench.notes) >= 4


def test_spent_time_passes_in_full_despite_interrupts(bench: Bench) -> None:
    kernel = bench.kernel

    async def body() -> None:
        begin = kernel.clock.now_ns()
        await kernel.cpu.spend_cycles(10_000_000)
        bench.notes.append(kernel.clock.now_ns() - begin)

    ticks = kernel.jiffies
    bench.run(body)
    taken = bench.kernel.jiffies - ticks
    assert taken == 10
    assert bench.notes[0] >= 100 * MS + taken * 10 * COSTS["tick_softirq_min"]


def test_named_costs_are_charged() -> None:
    bench = Bench(COSTS | {"copy": 1234, "context_switch": 0})
    kernel = bench.kernel

    async def body() -> None:
        begin = kernel.clock.now_ns()
        await kernel.spend("copy")
        bench.notes.append(kernel.clock.now_ns() - begin)

    bench.run(body)
    assert bench.notes == [12340]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"copy": None}, "cost copy: expected cycles (an integer >= 0), found None"),
        ({"tick": -1}, "cost tick: expected cycles (an integer >= 0), found -1"),
        (
            {"tick_softirq_min": 9, "tick_softirq_max": 8},
            "cost tick_softirq_min (9) is above tick_softirq_max (8)",
        ),
    ],
)
def test_bad_costs(change: dict[str, Any], text: str) -> None:
    with pytest.raises(CostError) as caught:
        Bench(COSTS | change)
    assert str(caught.value) == text


def test_missing_costs_are_named() -> None:
    costs = {name: 1 for name in COSTS if name not in ("copy", "m_trap")}
    with pytest.raises(CostError) as caught:
        Bench(costs)
    assert str(caught.value) == "timing profile lacks the Linux costs m_trap, copy"


def test_woken_user_process_costs_more_than_a_thread() -> None:
    """wake_to_run is charged to user processes that come back from sleep."""
    bench = Bench(COSTS | {"wake_to_run": 777})
    kernel = bench.kernel
    late: list[int] = []

    async def sleeper() -> None:
        await kernel.sleep_ns(MS)
        late.append(kernel.clock.now_ns())

    for user in (False, True):
        (task,) = bench.start(sleeper, user=user)
        begin = kernel.clock.now_ns()
        bench.machine.run(lambda task=task: task.exited)
        late[-1] -= begin
    assert 7000 < late[1] - late[0] < 8600


def test_wait_with_timeout(bench: Bench) -> None:
    kernel = bench.kernel

    async def body() -> None:
        begin = kernel.clock.now_ns()
        bench.notes.append(await kernel.wait_queue().wait(lambda: False, 30 * MS))
        bench.notes.append(kernel.clock.now_ns() - begin)

    bench.run(body)
    assert bench.notes[0] is False
    assert 30 * MS <= bench.notes[1] <= 41 * MS


def test_condition_is_tested_once_more_before_sleeping(bench: Bench) -> None:
    """As ___wait_event: before queueing, after each prepare_to_wait."""
    kernel = bench.kernel
    queue = kernel.wait_queue()
    tests: list[int] = []

    async def attempt() -> int | None:
        tests.append(1)
        return 42 if len(tests) == 3 else None

    async def sleeper() -> None:
        bench.notes.append(await queue.wait_for(attempt))

    bench.start(sleeper)
    bench.machine.run_for(MS)
    assert len(tests) == 2

    async def waker() -> None:
        queue.wake_up()

    bench.run(waker)
    bench.machine.run_for(MS)
    assert bench.notes == [42]


def test_signal_ends_an_interruptible_wait(bench: Bench) -> None:
    kernel = bench.kernel

    async def body() -> None:
        try:
            await kernel.wait_queue().wait(lambda: False, interruptible=True)
        except LinuxError as error:
            bench.notes.append(error.errno)

    (task,) = bench.start(body)
    bench.machine.run_for(MS)
    kernel.send_signal(task)
    bench.ipi()
    bench.machine.run(lambda: task.exited)
    assert bench.notes == [ERESTARTSYS]


def test_mutex_hands_over_in_order(bench: Bench) -> None:
    kernel = bench.kernel
    mutex = kernel.mutex()

    def holder(name: str) -> Callable[[], Awaitable[None]]:
        async def body() -> None:
            async with mutex:
                bench.notes.append(f"{name} in")
                await kernel.sleep_ns(MS)
                bench.notes.append(f"{name} out")

        return body

    bench.run(holder("a"), holder("b"), holder("c"))
    assert bench.notes == ["a in", "a out", "b in", "b out", "c in", "c out"]
    assert not mutex.locked()


def test_work_pending_once_runs_once(bench: Bench) -> None:
    kernel = bench.kernel

    async def function() -> None:
        bench.notes.append("ran")

    work = Work(function, "work")

    async def body() -> None:
        bench.notes.append((kernel.schedule_work(work), kernel.schedule_work(work)))
        await kernel.sleep_ns(MS)

    bench.run(body)
    assert bench.notes == [(True, False), "ran"]


def test_work_queued_while_it_runs_runs_again_but_never_twice_at_once(bench: Bench) -> None:
    kernel = bench.kernel

    async def function() -> None:
        bench.notes.append("begin")
        if len(bench.notes) == 1:
            kernel.schedule_work(work)
            kernel.schedule_work(other)
        await kernel.sleep_ns(MS)
        bench.notes.append("end")

    async def quick() -> None:
        bench.notes.append("other")

    work, other = Work(function, "work"), Work(quick, "other")

    async def body() -> None:
        kernel.schedule_work(work)
        await kernel.sleep_ns(10 * MS)

    bench.run(body)
    assert bench.notes == ["begin", "other", "end", "begin", "end"]


def test_cancel_work_waits_for_a_running_item(bench: Bench) -> None:
    kernel = bench.kernel

    async def function() -> None:
        await kernel.sleep_ns(2 * MS)
        bench.notes.append("done")

    work = Work(function, "work")

    async def body() -> None:
        kernel.schedule_work(work)
        await kernel.sleep_ns(MS)
        kernel.schedule_work(work)
        await kernel.cancel_work(work)
        bench.notes.append("cancelled")
        await kernel.sleep_ns(5 * MS)

    bench.run(body)
    assert bench.notes == ["done", "cancelled"]


def test_high_resolution_sleeps_end_in_order_and_on_time(bench: Bench) -> None:
    kernel = bench.kernel

    def sleeper(us: int) -> Callable[[], Awaitable[None]]:
        async def body() -> None:
            begin = kernel.clock.now_ns()
            await kernel.sleep_ns(us * 1000)
            bench.notes.append(us)
            assert us * 1000 <= kernel.clock.now_ns() - begin <= us * 1000 + 60_000

        return body

    bench.run(*(sleeper(us) for us in (500, 20, 9000, 100, 15_000)))
    assert bench.notes == [20, 100, 500, 9000, 15_000]


@pytest.mark.parametrize(
    ("now", "delta", "fires"),
    [(0, 0, 1), (0, 62, 63), (0, 63, 64), (100, 63, 168), (0, 1500, 1536), (37, 1500, 1600)],
)
def test_timer_wheel_granularity(now: int, delta: int, fires: int) -> None:
    """Level 0 fires a jiffy late, level 1 on multiples of 8, level 2 on multiples of 64."""
    assert bucket_expiry(now, now + delta) == fires


def test_ticks_are_counted_and_their_softirqs_come_from_the_seed() -> None:
    def busy_times(seed: int) -> list[int]:
        bench = Bench(seed=seed)
        bench.machine.recording = True
        times: list[int] = []
        seen = bench.kernel.jiffies
        while len(times) < 8:
            bench.machine.run(lambda seen=seen: bench.kernel.jiffies > seen)
            begin, seen = bench.machine.cycle, bench.kernel.jiffies
            bench.machine.run(lambda: bench.machine.harts[1].wait == (-1, 3))
            times.append(bench.machine.cycle - begin)
        return times

    first = busy_times(1)
    assert first == busy_times(1)
    assert first != busy_times(2)
    assert all(COSTS["tick_softirq_min"] <= t <= COSTS["tick_softirq_max"] + 200 for t in first)
    assert len(set(first)) > 4


def test_timer_row_and_jiffies(bench: Bench) -> None:
    bench.machine.run_for(1_000 * MS)
    assert 100 <= bench.kernel.jiffies <= 101
    (row,) = bench.kernel.interrupts.irqs
    assert (row.action, row.counts) == ("riscv-timer", [bench.kernel.jiffies, 0, 0])


def test_secondary_cpus_come_up_by_ipi(bench: Bench) -> None:
    log = [record.text for record in bench.kernel.log.records]
    assert log[1:3] == ["smp: Bringing up secondary CPUs ...", "smp: Brought up 1 node, 3 CPUs"]
    assert bench.kernel.interrupts.ipis[0] == [2, 0, 0]
    assert bench.machine.harts[2].threads[-1] == "swapper/1"


def test_secondary_that_never_comes() -> None:
    machine = shared_machine()
    kernel = linux_on(machine, nodes=NODES[:1])
    machine.start(1, kernel.boot_cpu())
    machine.start(3, kernel.secondary_cpu(2))
    machine.run(lambda: kernel.booted, 2_000 * MS)
    log = [record.text for record in kernel.log.records]
    assert log[2:4] == ["CPU1: failed to come online", "smp: Brought up 1 node, 2 CPUs"]


def test_stray_ipi_on_a_secondary_is_counted(bench: Bench) -> None:
    bench.machine.harts[3].lines[0] |= SOFT
    bench.machine.run_for(MS)
    assert bench.kernel.interrupts.ipis[5] == [0, 0, 1]


def test_send_ipi_goes_through_sbi(bench: Bench) -> None:
    bench.machine.recording = True

    async def body() -> None:
        await bench.kernel.sbi.send_ipi(0b101, 2)

    bench.run(body)
    stores = [a[2:] for a in bench.machine.accesses if a[1] == "store4" and a[3] == 1]
    assert stores == [(CLINT + 8, 1), (CLINT + 16, 1)]


def test_fault_ends_the_task_only(bench: Bench) -> None:
    async def body() -> None:
        await bench.kernel.bus.load(0x7000_0000, 4)

    (task,) = bench.start(body)
    bench.machine.run(lambda: task.exited)
    log = [record.text for record in bench.kernel.log.records]
    assert log[-3] == "bus access at 0x70000000 refused: DECERR"
    assert log[-2:] == ["Oops [#1]", f"CPU: 0 PID: {task.pid} Comm: body"]
    bench.run(lambda: bench.kernel.sleep_ns(MS))


def test_fault_can_be_caught_by_the_task(bench: Bench) -> None:
    async def body() -> None:
        try:
            await bench.kernel.bus.read(0x7000_0000, 100)
        except bench.kernel.bus_fault as fault:
            bench.notes.append((fault.address, fault.resp))
        bench.notes.append(await bench.kernel.bus.load(MAILBOX, 4))

    bench.run(body)
    assert bench.notes == [(0x7000_0000, 3), 0]


def test_join_gives_the_result(bench: Bench) -> None:
    kernel = bench.kernel

    async def child() -> int:
        await kernel.sleep_ns(MS)
        return 7

    async def parent() -> None:
        bench.notes.append(await kernel.join(kernel.spawn(child(), "child")))

    bench.run(parent)
    assert bench.notes == [7]


def test_bus_chooses_single_accesses_where_they_fit(bench: Bench) -> None:
    bus = bench.kernel.bus
    bench.machine.recording = True

    async def body() -> None:
        await bus.write(MAILBOX + 4, b"\1\2\3\4")
        await bus.write(MAILBOX + 4, b"\1\2\3")
        await bus.write(MAILBOX + 6, b"\1\2\3\4")
        bench.notes.append(await bus.read(MAILBOX + 8, 8))
        await bus.read(MAILBOX + 4, 8)

    bench.run(body)
    kinds = [a[1] for a in bench.machine.accesses if a[2] & ~0xFFF == MAILBOX]
    assert kinds == ["store4", "write", "write", "load8", "read"]
    assert bench.notes == [b"\3\4" + bytes(6)]


@pytest.mark.parametrize("phase", range(0, 25, 3))
def test_timer_never_fires_early_whatever_the_phase_of_mtime(phase: int) -> None:
    """One interrupt a tick or sleep, so none came before its time; none is much late either.

    Without the cost of the traps on the way, an early interrupt finds nothing due and comes again.
    """
    machine = shared_machine()
    machine.mtime_phase = phase
    kernel = linux_on(machine, nodes=NODES[:1], costs=dict.fromkeys(COSTS, 0))
    boot(machine, kernel)
    late: list[int] = []

    async def sleeper() -> None:
        for step in range(40):
            begin = kernel.clock.now_ns()
            await kernel.sleep_ns(100_000 + 30 * step)
            late.append(kernel.clock.now_ns() - begin - 100_000 - 30 * step)

    kernel.spawn(sleeper(), "sleeper")
    machine.run(lambda: kernel.jiffies == 5)
    (row,) = kernel.interrupts.irqs
    assert row.counts[0] == 40 + 5
    assert 0 <= min(late) <= max(late) < 1_000


def test_reschedule_ipi_on_its_way_is_not_sent_again() -> None:
    """ipi-mux: a second IPI for a pending bit would look like one from the other domain."""
    slow = {"context_switch": 100, "m_trap": 50, "sbi_call": 60, "irq_entry": 50}
    bench = Bench(COSTS | slow)
    bench.machine.run_for(MS)
    assert bench.kernel.interrupts.ipis[5] == [0, 0, 0]
    assert bench.kernel.interrupts.ipis[0][0] in (1, 2)
