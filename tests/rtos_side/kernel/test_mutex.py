# SPDX-License-Identifier: Apache-2.0
# Mutexes: ownership, recursion, priority inheritance along chains, ceiling, failed waits.

from kernel_bench import TICK, Bench

from rtos_side.kernel.errors import EFULL, EOK, ERROR, ETIMEOUT, KernelPanic
from rtos_side.kernel.ipc import FIFO, Mutex, Semaphore
from rtos_side.kernel.mutex import NO_PRIORITY


# A thread that takes mutexes in order from a tick on, sleeps so many ticks, and releases them in
# the opposite order.
def _holder(bench, mutexes, at_tick, sleep, name=None):
    async def entry():
        if at_tick:
            await bench.kernel.delay(at_tick)
        for mutex in mutexes:
            assert await mutex.take() == EOK
        if name:
            bench.note(name)
        if sleep:
            await bench.kernel.delay(sleep)
        for mutex in reversed(mutexes):
            assert await mutex.release() == EOK

    return entry


# A function that is called with interrupts off at a tick's end.
def _look(bench, at_tick, function):
    bench.machine.at(at_tick * TICK + TICK // 2, lambda: bench.note(function()))


def test_recursion_is_counted_up_to_255():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")

    async def body():
        for _ in range(255):
            assert await mutex.take() == EOK
        assert await mutex.take() == -EFULL
        assert mutex.hold == 255
        for _ in range(255):
            assert mutex.owner is bench.threads[0]
            assert await mutex.release() == EOK
        bench.note(mutex.owner, mutex.hold)

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [(None, 0)]


def test_waiting_is_an_event_with_the_mutexs_name():
    bench = Bench()
    mutex = Mutex(bench.kernel, "spi")
    bench.thread("first", _holder(bench, [mutex], 0, 3), 10)
    bench.thread("second", _holder(bench, [mutex], 1, 0), 11)
    bench.run(6)
    waits = [event[1:] for event in bench.machine.hart.events if event[1].startswith("lock_wait")]
    assert waits == [("lock_wait spi", 0, 0)]


def test_only_the_owner_can_release():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")

    async def other():
        bench.note(await mutex.release(), bench.kernel.scheduler.current.error)

    bench.thread("owner", _holder(bench, [mutex], 0, 3), 10)
    bench.thread("other", other, 11)
    bench.thread("unowned", other, 31 - 1)
    bench.run(5)
    assert bench.log == [(-ERROR, -ERROR), (-ERROR, -ERROR)]


def test_trytake_of_a_held_mutex_fails_at_once():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")

    async def other():
        await bench.kernel.delay(1)
        bench.note(await mutex.trytake(), bench.kernel.clock.tick, mutex.owner.name)

    bench.thread("owner", _holder(bench, [mutex], 0, 3), 10)
    bench.thread("other", other, 9)
    bench.run(5)
    assert bench.log == [(-ETIMEOUT, 1, "owner")]


def test_waiters_stand_in_order_of_priority_whatever_the_flag():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m", FIFO)
    bench.thread("owner", _holder(bench, [mutex], 0, 5), 20)
    for at_tick, (name, priority) in enumerate((("low", 12), ("high", 8), ("mid", 10))):
        bench.thread(name, _holder(bench, [mutex], at_tick + 1, 0, name), priority)
    bench.run(10)
    assert bench.log == ["high", "mid", "low"]


def test_the_owner_inherits_and_loses_the_waiter_s_priority():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")

    async def busy():
        await mutex.take()
        await bench.kernel.spend(4 * TICK)
        await mutex.release()

    owner = bench.thread("owner", busy, 20)
    bench.thread("high", _holder(bench, [mutex], 2, 0, "high"), 5)

    async def middle():
        await bench.kernel.delay(3)
        bench.note("middle")

    bench.thread("middle", middle, 10)
    for tick in (1, 2):
        _look(bench, tick, lambda: owner.priority)
    bench.run(10)
    # The middle thread does not hold up the high one.
    assert bench.log == [20, 5, "high", "middle"]
    assert owner.priority == 20


def test_a_chain_of_owners_inherits_to_its_end():
    bench = Bench()
    mutexes = [Mutex(bench.kernel, f"m{n}") for n in range(3)]
    a = bench.thread("a", _holder(bench, [mutexes[0]], 0, 8), 25)
    b = bench.thread("b", _holder(bench, [mutexes[1], mutexes[0]], 1, 0), 20)
    c = bench.thread("c", _holder(bench, [mutexes[2], mutexes[1]], 2, 0), 15)
    bench.thread("d", _holder(bench, [mutexes[2]], 3, 0, "d"), 3)
    for tick in range(4):
        _look(bench, tick, lambda: (a.priority, b.priority, c.priority))
    bench.run(20)
    assert bench.log == [(25, 20, 15), (20, 20, 15), (15, 15, 15), (3, 3, 3), "d"]
    assert (a.priority, b.priority, c.priority) == (25, 20, 15)


def test_releasing_one_of_two_mutexes_keeps_what_the_other_brings():
    bench = Bench()
    first, second = Mutex(bench.kernel, "first"), Mutex(bench.kernel, "second")
    kernel = bench.kernel

    async def owner():
        await first.take()
        await second.take()
        await kernel.delay(3)
        bench.note(kernel.scheduler.current.priority)
        await second.release()
        bench.note(kernel.scheduler.current.priority)
        await first.release()
        bench.note(kernel.scheduler.current.priority)

    bench.thread("owner", owner, 20)
    bench.thread("on first", _holder(bench, [first], 1, 0), 12)
    bench.thread("on second", _holder(bench, [second], 2, 0), 6)
    bench.run(8)
    assert bench.log == [6, 12, 20]


# The waiter that gave up no longer counts; the next best one does.
def test_a_timed_out_wait_takes_its_priority_back_along_the_chain():
    bench = Bench()
    m0, m1 = Mutex(bench.kernel, "m0"), Mutex(bench.kernel, "m1")

    async def impatient():
        await bench.kernel.delay(3)
        bench.note("took", await m1.take(2), bench.kernel.clock.tick)
        await bench.kernel.delay(5)

    a = bench.thread("a", _holder(bench, [m0], 0, 15), 25)
    b = bench.thread("b", _holder(bench, [m1, m0], 1, 0), 20)
    bench.thread("patient", _holder(bench, [m1], 2, 0), 12)
    bench.thread("impatient", impatient, 4)
    for tick in (2, 3, 6):
        _look(bench, tick, lambda: (a.priority, b.priority))
    bench.run(10)
    assert bench.log == [(12, 12), (4, 4), ("took", -ETIMEOUT, 5), (12, 12)]


def test_a_deleted_waiter_takes_its_priority_back():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")
    owner = bench.thread("owner", _holder(bench, [mutex], 0, 10), 20)
    doomed = bench.thread("doomed", _holder(bench, [mutex], 1, 0, "doomed"), 5)

    async def killer():
        await bench.kernel.delay(3)
        bench.note(owner.priority)
        await doomed.delete()
        bench.note(owner.priority, mutex.waiters)

    bench.thread("killer", killer, 3)
    bench.run(15)
    assert bench.log == [5, (20, [])]


def test_a_thread_that_ends_passes_its_mutexes_on():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")

    async def careless():
        await mutex.take()
        await mutex.take()
        await bench.kernel.delay(3)

    bench.thread("careless", careless, 10)
    bench.thread("heir", _holder(bench, [mutex], 1, 0, "heir"), 12)
    bench.run(6)
    assert bench.log == ["heir"]
    assert mutex.owner is None


def test_delete_fails_the_waiters():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")

    async def owner():
        await mutex.take()
        await bench.kernel.delay(3)
        await mutex.delete()
        owner = bench.threads[0]
        bench.note("owner", owner.taken, owner.priority)

    async def waiter():
        await bench.kernel.delay(1)
        bench.note(await mutex.take())

    bench.thread("owner", owner, 20)
    bench.thread("waiter", waiter, 10)
    bench.run(5)
    # It keeps what it had inherited, so its former waiter is no better.
    assert bench.log == [("owner", [], 10), -ERROR]
    assert bench.kernel.objects.list("mutex") == []


def test_a_ceiling_lifts_the_owner_while_it_holds_the_mutex():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")
    kernel = bench.kernel

    async def body():
        assert await mutex.set_ceiling(7) == NO_PRIORITY
        await mutex.take()
        bench.note(kernel.scheduler.current.priority)
        assert await mutex.set_ceiling(4) == 7
        bench.note(kernel.scheduler.current.priority)
        await mutex.release()
        bench.note(kernel.scheduler.current.priority)
        assert await mutex.set_ceiling(32) == NO_PRIORITY
        assert mutex.ceiling == 4

    bench.thread("t", body, 15)
    bench.run(1)
    assert bench.log == [7, 4, 15]


def test_a_waiter_whose_priority_changes_moves_in_the_queue():
    bench = Bench()
    outer, inner = Mutex(bench.kernel, "outer"), Mutex(bench.kernel, "inner")
    bench.thread("owner", _holder(bench, [outer], 0, 6), 25)
    bench.thread("first", _holder(bench, [outer], 1, 0, "first"), 14)
    bench.thread("second", _holder(bench, [inner, outer], 2, 0, "second"), 15)
    bench.thread("booster", _holder(bench, [inner], 3, 0, "booster"), 5)
    bench.run(12)
    assert bench.log == ["second", "booster", "first"]


# Once it has the mutex the new owner is no longer a waiter of it: boosted, it stays where it waits.
def test_an_heir_that_waits_for_something_else_is_still_woken():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")
    semaphore = Semaphore(bench.kernel, "s", 0)

    async def heir():
        await bench.kernel.delay(1)
        await mutex.take()
        bench.note("heir", await semaphore.take(), bench.kernel.scheduler.current.priority)
        await mutex.release()

    async def releaser():
        await bench.kernel.delay(6)
        await semaphore.release()

    bench.thread("owner", _holder(bench, [mutex], 0, 2), 20)
    bench.thread("heir", heir, 15)
    bench.thread("high", _holder(bench, [mutex], 4, 0, "high"), 5)
    bench.thread("releaser", releaser, 25)
    bench.run(10)
    assert bench.log == [("heir", EOK, 5), "high"]


# The mutex forgets the priority of a waiter that has become its owner.
def test_inheritance_works_for_each_owner_in_turn():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")
    bench.thread("first", _holder(bench, [mutex], 0, 3), 25)
    bench.thread("high", _holder(bench, [mutex], 1, 1), 5)
    low = bench.thread("low", _holder(bench, [mutex], 2, 5), 20)
    bench.thread("mid", _holder(bench, [mutex], 6, 0), 8)
    for tick in (5, 6):
        _look(bench, tick, lambda: (mutex.owner.name, low.priority))
    bench.run(15)
    assert bench.log == [("low", 20), ("low", 8)]


def test_taking_in_an_interrupt_is_a_panic_even_without_waiting():
    bench = Bench()
    mutex = Mutex(bench.kernel, "m")

    async def isr():
        await mutex.take(0)

    bench.kernel.install_isr(4, isr)
    bench.machine.at(5000, bench.machine.raise_line)
    try:
        bench.run(1)
    except KernelPanic as panic:
        text = "interrupt: ValueError: Function[rt_mutex_take] shall not be used in ISR"
        assert str(panic) == text
    else:
        raise AssertionError("the run went on")
