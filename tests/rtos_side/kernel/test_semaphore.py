# SPDX-License-Identifier: Apache-2.0
# Semaphores: wake order, handover, timeouts, reset and delete with waiters.

from kernel_bench import TICK, Bench

from rtos_side.kernel.errors import EFULL, EINTR, EOK, ERROR, ETIMEOUT
from rtos_side.kernel.ipc import FIFO, PRIO, Semaphore


# Threads that take in this order: (name, priority), one a tick.
def _takers(bench, semaphore, who, timeout=-1):
    for delay, (name, priority) in enumerate(who):
        bench.thread(name, _taker(bench, semaphore, name, delay, timeout), priority)


def _taker(bench, semaphore, name, delay, timeout):
    async def entry():
        if delay:
            await bench.kernel.delay(delay)
        bench.note(name, await semaphore.take(timeout), bench.kernel.clock.tick)

    return entry


def _releaser(bench, semaphore, at_tick, count):
    async def entry():
        await bench.kernel.delay(at_tick)
        for _ in range(count):
            assert await semaphore.release() == EOK
            assert semaphore.value == 0

    return entry


WHO = (("low", 12), ("high", 8), ("mid", 10))


def test_fifo_wakes_in_order_of_arrival():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0, FIFO)
    _takers(bench, semaphore, WHO)
    bench.thread("releaser", _releaser(bench, semaphore, 5, 3), 20)
    bench.run(10)
    assert [entry[0] for entry in bench.log] == ["low", "high", "mid"]


def test_prio_wakes_in_order_of_priority():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0, PRIO)
    _takers(bench, semaphore, WHO)
    bench.thread("releaser", _releaser(bench, semaphore, 5, 3), 20)
    bench.run(10)
    assert [entry[0] for entry in bench.log] == ["high", "mid", "low"]


def test_prio_keeps_the_order_of_equals():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0, PRIO)
    _takers(bench, semaphore, (("a", 10), ("b", 10), ("c", 10)))
    bench.thread("releaser", _releaser(bench, semaphore, 5, 3), 20)
    bench.run(10)
    assert [entry[0] for entry in bench.log] == ["a", "b", "c"]


# A handover does not raise the value, so nobody can snatch it from the one that was woken.
def test_a_release_hands_over_without_raising_the_value():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)

    async def thief():
        await bench.kernel.delay(1)
        assert await semaphore.release() == EOK
        bench.note("value", semaphore.value)
        bench.note("thief", await semaphore.trytake())

    bench.thread("waiter", _taker(bench, semaphore, "waiter", 0, -1), 20)
    bench.thread("thief", thief, 5)
    bench.run(3)
    assert bench.log == [("value", 0), ("thief", -ETIMEOUT), ("waiter", EOK, 1)]


def test_value_counts_down_and_trytake_does_not_wait():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 2)

    async def body():
        results = [await semaphore.take(), await semaphore.trytake(), await semaphore.trytake()]
        bench.note(results, semaphore.value, bench.kernel.clock.tick)

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [([EOK, EOK, -ETIMEOUT], 0, 0)]


def test_take_gives_up_after_so_many_ticks():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)
    bench.thread("t", _taker(bench, semaphore, "t", 0, 4))
    bench.run(10)
    assert bench.log == [("t", -ETIMEOUT, 4)]
    assert semaphore.waiters == []


def test_a_release_in_time_stops_the_timeout():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)

    async def body():
        bench.note(await semaphore.take(4), bench.kernel.clock.tick)
        await bench.kernel.spend(6 * TICK)
        bench.note(bench.kernel.clock.tick, bench.threads[0].error)

    bench.thread("t", body)
    bench.thread("releaser", _releaser(bench, semaphore, 2, 1), 20)
    bench.run(12)
    assert bench.log == [(EOK, 2), (8, EOK)]


def test_delete_wakes_all_waiters_with_an_error():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)
    _takers(bench, semaphore, WHO)

    async def deleter():
        await bench.kernel.delay(5)
        assert await semaphore.delete() == EOK

    bench.thread("deleter", deleter, 20)
    bench.run(10)
    assert sorted(entry[:2] for entry in bench.log) == [
        ("high", -ERROR),
        ("low", -ERROR),
        ("mid", -ERROR),
    ]
    assert bench.kernel.objects.list("semaphore") == []


# Each goes to the head of its ready list, so of equals the one that waited last runs first.
def test_equals_that_are_woken_together_run_in_reverse_order():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)
    _takers(bench, semaphore, (("a", 10), ("b", 10), ("c", 10)))

    async def deleter():
        await bench.kernel.delay(5)
        await semaphore.delete()

    bench.thread("deleter", deleter, 8)
    bench.run(10)
    assert [entry[0] for entry in bench.log] == ["c", "b", "a"]


def test_reset_fails_the_waiters_and_sets_the_value():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)
    _takers(bench, semaphore, WHO[:1])

    async def resetter():
        await bench.kernel.delay(5)
        assert await semaphore.reset(7) == EOK
        bench.note("value", semaphore.value)

    bench.thread("resetter", resetter, 5)
    bench.run(10)
    assert bench.log == [("value", 7), ("low", -ERROR, 5)]


def test_the_value_ends_at_65535():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 65534)

    async def body():
        bench.note(await semaphore.release(), await semaphore.release(), semaphore.value)

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [(EOK, -EFULL, 65535)]


def test_a_waiter_resumed_by_hand_gets_an_error_and_leaves_the_queue():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)

    async def meddler():
        await bench.kernel.delay(2)
        await bench.threads[0].resume()
        assert await semaphore.release() == EOK
        bench.note("value", semaphore.value)

    bench.thread("t", _taker(bench, semaphore, "t", 0, -1))
    bench.thread("meddler", meddler, 20)
    bench.run(5)
    assert bench.log == [("t", -EINTR, 2), ("value", 1)]


def test_a_deleted_waiter_gets_nothing():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)
    bench.thread("doomed", _taker(bench, semaphore, "doomed", 0, -1), 9)
    bench.thread("heir", _taker(bench, semaphore, "heir", 1, -1), 10)

    async def master():
        await bench.kernel.delay(3)
        await bench.threads[0].delete()
        await semaphore.release()

    bench.thread("master", master, 20)
    bench.run(5)
    assert bench.log == [("heir", EOK, 3)]


def test_calls_take_the_time_of_an_ipc_call():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 1)

    async def body():
        start = bench.machine.cycle
        await semaphore.take()
        await semaphore.release()
        bench.note(bench.machine.cycle - start)

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [20]


def test_a_release_preempts_the_releaser_only_for_higher_priority():
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 0)
    for name, priority in (("high", 5), ("peer", 10)):
        bench.thread(name, _taker(bench, semaphore, name, 0, -1), priority)

    async def body():
        await bench.kernel.spend(TICK // 2)
        await semaphore.release()
        bench.note("one")
        await semaphore.release()
        bench.note("two")

    bench.thread("body", body, 10)
    bench.run(5)
    assert [entry if isinstance(entry, str) else entry[0] for entry in bench.log] == [
        "high",
        "one",
        "two",
        "peer",
    ]


def test_value_is_checked():
    bench = Bench()
    try:
        Semaphore(bench.kernel, "s", 65536)
    except ValueError as error:
        assert str(error) == "semaphore s: value 65536 is not 0 to 65535"
    else:
        raise AssertionError("accepted")
    assert bench.kernel.objects.list("semaphore") == []
