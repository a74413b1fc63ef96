# SPDX-License-Identifier: Apache-2.0
# Timers: order, one-shot and periodic, stop and restart, the timer thread, wrap of the tick.

from kernel_bench import TICK, Bench

from rtos_side.kernel.errors import EOK, ERROR
from rtos_side.kernel.semaphore import Semaphore
from rtos_side.kernel.timer import (
    GET_REMAIN_TIME,
    GET_STATE,
    GET_TIME,
    HARD_TIMER,
    ONE_SHOT,
    PERIODIC,
    SET_ONESHOT,
    SET_PERIODIC,
    SET_TIME,
    SOFT_TIMER,
    Timer,
)

KINDS = (HARD_TIMER, SOFT_TIMER)


def _noter(bench):
    async def function(*what):
        bench.note(bench.kernel.clock.tick, *what)

    return function


# Run what sets the timers up, in a thread.
def _set_up(bench, body, ticks=12):
    bench.thread("setup", body, 9)
    bench.run(ticks)


def test_one_shot_fires_once():
    for kind in KINDS:
        bench = Bench()
        timer = Timer(bench.kernel, "t", _noter(bench), 3, ONE_SHOT | kind)
        _set_up(bench, timer.start)
        assert bench.log == [3]
        assert not timer.active


def test_periodic_fires_until_it_is_stopped():
    for kind in KINDS:
        bench = Bench()
        timer = Timer(bench.kernel, "t", _noter(bench), 2, PERIODIC | kind)

        async def body(bench=bench, timer=timer):
            await timer.start()
            await bench.kernel.delay(7)
            bench.note(await timer.stop(), await timer.stop())

        _set_up(bench, body)
        assert bench.log == [2, 4, 6, (EOK, -ERROR)]


def test_timers_of_the_same_tick_fire_in_order_of_their_start():
    for kind in KINDS:
        bench = Bench()

        async def body(bench=bench, kind=kind):
            for name, ticks in (("d", 6), ("a", 5), ("b", 5), ("e", 6), ("z", 2), ("c", 5)):
                await Timer(bench.kernel, name, _noter(bench), ticks, kind, (name,)).start()

        _set_up(bench, body)
        assert bench.log == [(2, "z"), (5, "a"), (5, "b"), (5, "c"), (6, "d"), (6, "e")]


def test_starting_again_counts_from_now():
    for kind in KINDS:
        bench = Bench()
        timer = Timer(bench.kernel, "t", _noter(bench), 4, kind)

        async def body(bench=bench, timer=timer):
            await timer.start()
            await bench.kernel.delay(3)
            await timer.start()

        _set_up(bench, body)
        assert bench.log == [7]


# A periodic timer of 2 ticks whose function calls one of the timer's own methods.
def _meddle_with_itself(kind, call):
    bench = Bench()

    async def function():
        bench.note(bench.kernel.clock.tick)
        assert await getattr(timer, call)() == EOK

    timer = Timer(bench.kernel, "t", function, 2, PERIODIC | kind)
    _set_up(bench, timer.start, 11)
    return bench.log


def test_a_function_may_stop_or_restart_its_own_timer():
    for kind in KINDS:
        assert _meddle_with_itself(kind, "stop") == [2]
        assert _meddle_with_itself(kind, "start") == [2, 4, 6, 8, 10]
        assert _meddle_with_itself(kind, "delete") == [2]


# A periodic timer whose function restarts it once; stopped after tick 5.
def _restart_once(kind):
    bench = Bench()

    async def function():
        bench.note(bench.kernel.clock.tick)
        if len(bench.log) == 1:
            await timer.start()

    async def body():
        await timer.start()
        await bench.kernel.delay(5)
        await timer.stop()

    timer = Timer(bench.kernel, "t", function, 2, PERIODIC | kind)
    _set_up(bench, body)
    return bench.log


def test_a_function_that_restarts_its_timer_does_not_double_it():
    for kind in KINDS:
        assert _restart_once(kind) == [2, 4]


def test_one_function_may_stop_another_timer_that_is_due():
    for kind in KINDS:
        bench = Bench()
        second = Timer(bench.kernel, "second", _noter(bench), 3, kind, ("second",))

        async def first(bench=bench, second=second):
            bench.note("first", await second.stop())

        async def body(bench=bench, first=first, second=second, kind=kind):
            await Timer(bench.kernel, "first", first, 3, kind).start()
            await second.start()

        _set_up(bench, body)
        assert bench.log == [("first", EOK)]


def test_control():
    bench = Bench()
    timer = Timer(bench.kernel, "t", _noter(bench), 3, ONE_SHOT)

    async def body():
        bench.note(await timer.control(GET_TIME), await timer.control(GET_STATE))
        await timer.start()
        # What RT-Thread calls the remaining time is the tick at which the timer fires.
        await bench.kernel.delay(1)
        bench.note(await timer.control(GET_REMAIN_TIME), await timer.control(GET_STATE))
        # A new time stops the timer.
        assert await timer.control(SET_TIME, 4) == EOK
        bench.note(await timer.control(GET_TIME), await timer.control(GET_STATE))
        assert await timer.control(SET_PERIODIC) == EOK
        await timer.start()
        await bench.kernel.delay(9)
        assert await timer.control(SET_ONESHOT) == EOK

    _set_up(bench, body, 20)
    assert bench.log == [(3, 0), (3, 1), (4, 0), 5, 9, 13]


def test_soft_functions_run_in_the_timer_thread_and_may_wait():
    bench = Bench()
    kernel = bench.kernel

    async def slow():
        bench.note(kernel.scheduler.current.name, kernel.interrupt_nest, kernel.clock.tick)
        await kernel.delay(4)
        bench.note("slow", kernel.clock.tick)

    async def body():
        await Timer(kernel, "slow", slow, 2, SOFT_TIMER).start()
        await Timer(kernel, "late", _noter(bench), 3, SOFT_TIMER).start()

    _set_up(bench, body)
    assert bench.log == [("timer", 0, 2), ("slow", 6), 6]


# Only its sleep until the next timer is cut short by a new timer, not what a function waits for.
def test_starting_a_timer_does_not_wake_a_function_that_waits():
    bench = Bench()
    kernel = bench.kernel

    async def slow():
        await kernel.delay(5)
        bench.note("slow", kernel.clock.tick)

    async def body():
        await Timer(kernel, "slow", slow, 1, SOFT_TIMER).start()
        await kernel.delay(3)
        await Timer(kernel, "new", _noter(bench), 1, SOFT_TIMER).start()

    _set_up(bench, body)
    assert bench.log == [("slow", 6), 6]


def test_hard_functions_run_in_the_tick_interrupt():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)

    async def function():
        bench.note("nest", bench.kernel.interrupt_nest)
        await semaphore.release()

    async def waiter():
        await semaphore.take()
        bench.note("woken", bench.kernel.clock.tick)

    bench.thread("waiter", waiter, 1)
    timer = Timer(bench.kernel, "t", function, 2)
    _set_up(bench, timer.start)
    assert bench.log == [("nest", 1), ("woken", 2)]


def test_a_soft_timer_started_earlier_than_the_first_is_not_late():
    bench = Bench()

    async def body():
        await Timer(bench.kernel, "late", _noter(bench), 9, SOFT_TIMER, ("late",)).start()
        await bench.kernel.delay(1)
        await Timer(bench.kernel, "soon", _noter(bench), 2, SOFT_TIMER, ("soon",)).start()

    _set_up(bench, body)
    assert bench.log == [(3, "soon"), (9, "late")]


def test_a_soft_timer_of_zero_ticks_fires_at_once():
    bench = Bench()
    timer = Timer(bench.kernel, "t", _noter(bench), 0, SOFT_TIMER)
    _set_up(bench, timer.start)
    assert bench.log == [0]


# A timer of the start-up is served as soon as the timer thread runs.
def test_a_soft_timer_may_be_started_before_the_scheduler():
    bench = Bench()
    timer = Timer(bench.kernel, "t", _noter(bench), 2, SOFT_TIMER)
    bench.machine.run(bench.kernel.run(timer.start), until_cycles=5 * TICK)
    assert bench.log == [2]


def test_time_goes_on_where_the_tick_wraps():
    for kind in KINDS:
        bench = Bench()
        bench.kernel.clock.tick = 0xFFFFFFFE

        async def body(bench=bench, kind=kind):
            await Timer(bench.kernel, "b", _noter(bench), 4, kind, ("b",)).start()
            await Timer(bench.kernel, "a", _noter(bench), 1, kind, ("a",)).start()
            await Timer(bench.kernel, "c", _noter(bench), 5, kind, ("c",)).start()
            await bench.kernel.delay(3)
            bench.note("delay", bench.kernel.clock.tick)

        _set_up(bench, body)
        assert bench.log == [(0xFFFFFFFF, "a"), ("delay", 1), (2, "b"), (3, "c")]


def test_half_the_range_is_too_long():
    bench = Bench()
    timer = Timer(bench.kernel, "t", None, 0x7FFFFFFF)
    try:
        timer.arm()
    except ValueError as error:
        assert str(error) == "timer t: 2147483647 ticks is too long"
    else:
        raise AssertionError("accepted")
    assert not timer.active


def test_delete_takes_the_timer_out_of_the_list():
    bench = Bench()
    timer = Timer(bench.kernel, "doomed", _noter(bench), 5)

    async def body():
        await timer.start()
        await timer.delete()

    _set_up(bench, body)
    assert bench.log == []
    assert timer not in bench.kernel.objects.list("timer")
