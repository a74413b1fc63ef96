# SPDX-License-Identifier: Apache-2.0
# Who runs: priorities, order among equals, time slices, yield, critical sections.

from kernel_bench import TICK, Bench

from rtos_side.kernel.errors import EINVAL, EOK, ERROR, KernelPanic
from rtos_side.kernel.scheduler import CLOSE, READY, RUNNING, STATE_MASK, SUSPEND, Scheduler
from rtos_side.kernel.thread import CTRL_CHANGE_PRIORITY, CTRL_CLOSE, CTRL_STARTUP, Thread


def _logger(bench, name):
    async def entry():
        bench.note(name)

    return entry


def test_the_lowest_number_runs_first():
    bench = Bench()
    for priority in (12, 3, 31 - 1, 0, 7):
        bench.thread(f"p{priority}", _logger(bench, priority), priority)
    bench.run(1)
    assert bench.log == [0, 3, 7, 12, 30]


# Inserted at the head of their list: the youngest of equals is first.
def test_of_equals_the_last_to_become_ready_runs_first():
    bench = Bench()
    for name in "abc":
        bench.thread(name, _logger(bench, name))
    bench.run(1)
    assert bench.log == ["c", "b", "a"]


def test_a_started_thread_of_higher_priority_runs_at_once_an_equal_one_later():
    bench = Bench()

    async def parent():
        await Thread(bench.kernel, "high", _logger(bench, "high"), 1024, 5, 10).startup()
        bench.note("parent")
        await Thread(bench.kernel, "peer", _logger(bench, "peer"), 1024, 10, 10).startup()
        bench.note("parent again")

    bench.thread("parent", parent)
    bench.run(1)
    assert bench.log == ["high", "parent", "parent again", "peer"]


# The defect of kernels up to 5.0: the third of three equals never ran (RT-Thread #8050, #6820).
def test_round_robin_starves_none_of_four_busy_equals():
    bench = Bench()

    def busy(name):
        async def entry():
            while True:
                await bench.kernel.spend(TICK // 4)
                bench.note(name)

        return entry

    for name in "abcd":
        bench.thread(name, busy(name), tick=2)
    bench.run(40)
    turns = [name for i, name in enumerate(bench.log) if i == 0 or bench.log[i - 1] != name]
    assert turns[:12] == list("dcba" * 3)
    for name in "abcd":
        assert 36 <= bench.log.count(name) <= 44


def test_each_thread_keeps_its_own_slice():
    bench = Bench()
    kernel = bench.kernel
    ticks = {}

    def busy(name):
        async def entry():
            while True:
                await kernel.spend(TICK // 10)
                ticks.setdefault(name, set()).add(kernel.clock.tick)

        return entry

    bench.thread("short", busy("short"), tick=1)
    bench.thread("long", busy("long"), tick=3)
    bench.run(41)
    only_short = len(ticks["short"] - ticks["long"])
    only_long = len(ticks["long"] - ticks["short"])
    assert 2 * only_short < only_long


def test_yield_passes_through_the_peers_in_turn():
    bench = Bench()

    def turn(name):
        async def entry():
            for _ in range(3):
                bench.note(name)
                assert await bench.kernel.yield_() == EOK

        return entry

    for name in "abc":
        bench.thread(name, turn(name))
    bench.run(1)
    assert bench.log == list("cbacbacba")


def test_yield_does_not_let_lower_priorities_run():
    bench = Bench()

    async def high():
        await bench.kernel.yield_()
        bench.note("high")

    bench.thread("low", _logger(bench, "low"), 11)
    bench.thread("high", high, 10)
    bench.run(1)
    assert bench.log == ["high", "low"]


# A slice that ends without a peer leaves the mark on; preempted later, the thread goes to the tail.
def test_a_thread_whose_slice_is_over_queues_behind_a_peer_when_it_is_preempted():
    scheduler, threads = _scheduler(a=10, b=10, high=3)
    a, b, high = threads["a"], threads["b"], threads["high"]
    scheduler.insert(a)
    scheduler.start()
    a.state |= 8
    assert not scheduler.schedule()
    scheduler.insert(high)
    scheduler.insert(b)
    assert scheduler.schedule() and scheduler.current is high
    high.state = SUSPEND
    assert scheduler.schedule() and scheduler.current is b


class _Fake:
    def __init__(self, priority):
        self.priority = priority
        self.state = READY


def _scheduler(**priorities):
    return Scheduler(), {name: _Fake(priority) for name, priority in priorities.items()}


def test_the_running_thread_is_not_in_the_ready_table():
    scheduler, threads = _scheduler(a=10)
    scheduler.insert(threads["a"])
    scheduler.start()
    assert threads["a"].state & STATE_MASK == RUNNING
    assert not scheduler.schedule()
    scheduler.insert(threads["a"])
    assert threads["a"].state & STATE_MASK == RUNNING
    assert not scheduler.schedule()


def test_critical_sections_nest_and_the_last_exit_schedules():
    bench = Bench()
    kernel = bench.kernel

    async def high():
        await kernel.delay(2)
        bench.note("high")

    async def low():
        kernel.enter_critical()
        kernel.enter_critical()
        await kernel.spend(5 * TICK)
        bench.note("inner")
        await kernel.exit_critical()
        await kernel.spend(TICK)
        bench.note("outer", kernel.clock.tick)
        await kernel.exit_critical()
        bench.note("low")

    bench.thread("low", low, 20)
    bench.thread("high", high, 5)
    bench.run(10)
    assert bench.log == ["inner", ("outer", 6), "high", "low"]


def test_waiting_in_a_critical_section_is_a_panic_that_names_the_thread():
    bench = Bench()

    async def body():
        bench.kernel.enter_critical()
        await bench.kernel.delay(1)

    bench.thread("careless", body)
    _expect_panic(
        bench,
        "thread careless: ValueError: Function[rt_thread_delay]: scheduler is not available",
    )


def test_ending_in_a_critical_section_is_a_panic():
    bench = Bench()

    async def body():
        bench.kernel.enter_critical()

    bench.thread("careless", body)
    _expect_panic(bench, "thread careless: ValueError: the thread ended inside a critical section")


def test_an_exception_in_a_thread_ends_the_run_and_names_it():
    bench = Bench()

    async def body():
        await bench.kernel.delay(1)
        raise KeyError("lost")

    bench.thread("unlucky", body)
    try:
        bench.run(3)
    except KernelPanic as panic:
        assert panic.where == "thread unlucky"
        assert isinstance(panic.cause, KeyError)
        assert str(panic).startswith("thread unlucky: KeyError: ")
    else:
        raise AssertionError("the run went on")


def _expect_panic(bench, text):
    try:
        bench.run(3)
    except KernelPanic as panic:
        assert str(panic) == text, panic
    else:
        raise AssertionError("the run went on")


def test_suspend_until_resume():
    bench = Bench()

    async def sleeper():
        assert await thread.suspend() == EOK
        bench.note("resumed")

    async def waker():
        assert thread.state & SUSPEND
        bench.note("waker")
        assert await thread.resume() == EOK
        assert await thread.resume() == -ERROR

    thread = bench.thread("sleeper", sleeper, 5)
    bench.thread("waker", waker, 10)
    bench.run(1)
    assert bench.log == ["waker", "resumed"]


def test_a_ready_thread_can_be_suspended_by_another():
    bench = Bench()

    async def master():
        await victim.suspend()
        await bench.kernel.delay(3)
        bench.note("master", bench.kernel.clock.tick)
        await victim.resume()

    victim = bench.thread("victim", _logger(bench, "victim"), 11)
    bench.thread("master", master, 10)
    bench.run(5)
    assert bench.log == [("master", 3), "victim"]


def test_an_ended_thread_is_freed_by_idle():
    bench = Bench()
    freed = []
    thread = bench.thread("brief", _logger(bench, "brief"), 30)
    thread.cleanup = lambda ended: freed.append((ended, len(bench.log)))

    async def other():
        bench.note("other")

    bench.thread("other", other, 30)
    assert thread in bench.kernel.objects.list("thread")
    bench.run(1)
    assert freed == [(thread, 2)]
    assert thread.state & STATE_MASK == CLOSE
    names = [known.name for known in bench.kernel.objects.list("thread")]
    assert names == ["timer", "tidle0"]
    assert [timer.name for timer in bench.kernel.objects.list("timer")] == ["timer", "tidle0"]


def test_a_deleted_thread_never_runs_again():
    bench = Bench()

    async def victim_entry():
        while True:
            bench.note("victim")
            await bench.kernel.delay(1)

    async def killer():
        await bench.kernel.delay(3)
        bench.note("kill")
        assert await victim.delete() == EOK

    victim = bench.thread("victim", victim_entry, 10)
    bench.thread("killer", killer, 9)
    bench.run(10)
    assert bench.log == ["victim", "victim", "victim", "kill"]
    assert victim not in bench.kernel.objects.list("thread")


def test_deleting_oneself_does_not_return():
    bench = Bench()

    async def body():
        await thread.delete()
        bench.note("still here")

    thread = bench.thread("suicidal", body)
    bench.run(2)
    assert bench.log == []
    assert thread not in bench.kernel.objects.list("thread")


def test_control_starts_closes_and_changes_priority():
    bench = Bench()
    kernel = bench.kernel
    other = Thread(kernel, "other", _logger(bench, "other"), 1024, 20, 10)
    doomed = Thread(kernel, "doomed", _logger(bench, "doomed"), 1024, 20, 10)

    async def body():
        assert await other.control(CTRL_STARTUP) == EOK
        assert await doomed.control(CTRL_STARTUP) == EOK
        assert await doomed.control(CTRL_CLOSE) == EOK
        assert await other.control(CTRL_CHANGE_PRIORITY, 2) == EOK
        bench.note("changed")
        await kernel.schedule()
        bench.note("body")

    bench.thread("body", body, 10)
    bench.run(2)
    assert bench.log == ["changed", "other", "body"]


def test_startup_twice_is_refused():
    bench = Bench()

    async def body():
        await thread.startup()

    thread = bench.thread("eager", body)
    _expect_panic(bench, "thread eager: ValueError: thread eager was started before")


def test_priority_and_slice_are_checked():
    bench = Bench()
    for priority, tick, text in (
        (32, 10, "thread t: priority 32 is not 0 to 31"),
        (-1, 10, "thread t: priority -1 is not 0 to 31"),
        (5, 0, "thread t: time slice 0 is not positive"),
    ):
        try:
            Thread(bench.kernel, "t", None, 1024, priority, tick)
        except ValueError as error:
            assert str(error) == text
        else:
            raise AssertionError(text)
    assert bench.kernel.objects.list("thread") == []


def test_entry_gets_its_arguments():
    bench = Bench()

    async def entry(first, second):
        bench.note(first, second)

    bench.thread("t", entry, args=(1, "two"))
    bench.run(1)
    assert bench.log == [(1, "two")]


def test_delay_of_zero_ticks_is_an_error_and_does_not_sleep():
    bench = Bench()

    async def body():
        bench.note(await bench.kernel.delay(0), bench.kernel.clock.tick)

    bench.thread("t", body)
    bench.run(2)
    assert bench.log == [(-EINVAL, 0)]


def test_delays_count_ticks():
    bench = Bench()
    kernel = bench.kernel

    async def body():
        assert await kernel.delay(3) == EOK
        bench.note(kernel.clock.tick)
        assert await kernel.mdelay(4) == EOK
        bench.note(kernel.clock.tick)
        assert kernel.scheduler.current.error == EOK

    bench.thread("t", body)
    bench.run(10)
    assert bench.log == [3, 7]


def test_delay_until_keeps_the_rhythm_and_catches_up():
    bench = Bench()
    kernel = bench.kernel

    async def body():
        last = kernel.clock.tick
        for work in (0, 3, 7, 0, 0):
            await kernel.spend(work * TICK)
            last = await kernel.delay_until(last, 5)
            bench.note(last, kernel.clock.tick)

    bench.thread("t", body)
    bench.run(40)
    # 7 ticks of work are longer than the period: the next one counts from there.
    assert bench.log == [(5, 5), (10, 10), (17, 17), (22, 22), (27, 27)]


def test_milliseconds_are_rounded_up_to_ticks():
    kernel = Bench(tick_hz=100).kernel
    assert [kernel.tick_from_millisecond(ms) for ms in (0, 1, 10, 11, 1000, 1001)] == [
        0,
        1,
        1,
        2,
        100,
        101,
    ]
    assert kernel.tick_from_millisecond(-1) == -1


def test_names_are_cut_to_sixteen():
    bench = Bench()
    assert bench.thread("a-name-that-is-too-long", None).name == "a-name-that-is-t"
