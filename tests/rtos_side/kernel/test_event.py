# SPDX-License-Identifier: Apache-2.0
# Events: AND and OR, CLEAR with several waiters, errors.

from kernel_bench import Bench

from rtos_side.kernel.errors import EOK, ERROR, ETIMEOUT, KernelPanic
from rtos_side.kernel.ipc import FIFO, OPTION_AND, OPTION_CLEAR, OPTION_OR, PRIO, Event


def _receiver(bench, event, name, bits, option, timeout=-1):
    async def entry():
        bench.note(name, await event.recv(bits, option, timeout), bench.kernel.clock.tick)

    return entry


def _sender(bench, event, *sets):
    async def entry():
        for bits in sets:
            await bench.kernel.delay(1)
            assert await event.send(bits) == EOK

    return entry


def test_and_waits_for_all_bits():
    bench = Bench()
    event = Event(bench.kernel, "e")
    bench.thread("t", _receiver(bench, event, "t", 0b110, OPTION_AND))
    bench.thread("sender", _sender(bench, event, 0b010, 0b001, 0b100), 20)
    bench.run(5)
    assert bench.log == [("t", (EOK, 0b110), 3)]
    assert event.set == 0b111


def test_or_waits_for_any_bit_and_says_which():
    bench = Bench()
    event = Event(bench.kernel, "e")
    bench.thread("t", _receiver(bench, event, "t", 0b110, OPTION_OR))
    bench.thread("sender", _sender(bench, event, 0b001, 0b101), 20)
    bench.run(5)
    assert bench.log == [("t", (EOK, 0b100), 2)]


def test_bits_that_are_there_are_received_at_once():
    bench = Bench()
    event = Event(bench.kernel, "e")

    async def body():
        await event.send(0b1011)
        bench.note(await event.recv(0b0110, OPTION_OR | OPTION_CLEAR), event.set)
        bench.note(await event.recv(0b1001, OPTION_AND), event.set)
        bench.note(await event.recv(0b1001, OPTION_AND | OPTION_CLEAR), event.set)
        bench.note(await event.recv(0b1001, OPTION_OR, 0), event.set)

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [
        ((EOK, 0b0010), 0b1001),
        ((EOK, 0b1001), 0b1001),
        ((EOK, 0b1001), 0),
        ((-ETIMEOUT, 0), 0),
    ]


# One send can wake several, but CLEAR takes the bits from those who stand behind.
def test_clear_of_one_waiter_hides_the_bits_from_later_ones():
    bench = Bench()
    event = Event(bench.kernel, "e", FIFO)
    for name, option in (("c", OPTION_OR), ("b", OPTION_OR | OPTION_CLEAR), ("a", OPTION_OR)):
        bench.thread(name, _receiver(bench, event, name, 1, option))
    bench.thread("sender", _sender(bench, event, 1), 20)
    bench.run(5)
    # The last thread made waits first; a and b are woken, b takes the bit, c misses it.
    assert sorted(bench.log) == [("a", (EOK, 1), 1), ("b", (EOK, 1), 1)]
    assert [thread.name for thread in event.waiters] == ["c"]
    assert event.set == 0


def test_clear_removes_only_what_was_matched():
    bench = Bench()
    event = Event(bench.kernel, "e")
    bench.thread("t", _receiver(bench, event, "t", 0b011, OPTION_OR | OPTION_CLEAR))
    bench.thread("sender", _sender(bench, event, 0b110), 20)
    bench.run(5)
    assert bench.log == [("t", (EOK, 0b010), 1)]
    assert event.set == 0b100


def test_prio_order_decides_who_gets_a_cleared_bit():
    bench = Bench()
    event = Event(bench.kernel, "e", PRIO)
    option = OPTION_OR | OPTION_CLEAR
    bench.thread("high", _receiver(bench, event, "high", 1, option), 8)

    async def early():
        bench.note("low", await event.recv(1, option))

    low = bench.thread("low", early, 12)
    bench.thread("sender", _sender(bench, event, 1), 20)
    bench.run(3)
    assert bench.log == [("high", (EOK, 1), 1)]
    assert event.waiters == [low]


def test_a_wait_gives_up_after_so_many_ticks():
    bench = Bench()
    event = Event(bench.kernel, "e")
    bench.thread("t", _receiver(bench, event, "t", 0b11, OPTION_AND, 4))
    bench.thread("sender", _sender(bench, event, 0b01), 20)
    bench.run(8)
    assert bench.log == [("t", (-ETIMEOUT, 0), 4)]


def test_empty_sets_are_errors():
    bench = Bench()
    event = Event(bench.kernel, "e")

    async def body():
        bench.note(await event.send(0), await event.recv(0, OPTION_OR))

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [(-ERROR, (-ERROR, 0))]


def test_neither_and_nor_or_is_a_panic():
    bench = Bench()
    event = Event(bench.kernel, "e")
    bench.thread("t", _receiver(bench, event, "t", 1, OPTION_CLEAR))
    try:
        bench.run(1)
    except KernelPanic as panic:
        text = "thread t: ValueError: event e: option 4 has neither AND nor OR"
        assert str(panic) == text
    else:
        raise AssertionError("accepted")


def test_reset_and_delete_fail_the_waiters():
    for call in ("reset", "delete"):
        bench = Bench()
        event = Event(bench.kernel, "e")
        bench.thread("t", _receiver(bench, event, "t", 0b11, OPTION_AND))

        async def body(call=call, bench=bench, event=event):
            await bench.kernel.delay(1)
            await event.send(0b01)
            assert await getattr(event, call)() == EOK

        bench.thread("body", body, 20)
        bench.run(3)
        assert bench.log == [("t", (-ERROR, 0), 1)]
        assert event.set == (0 if call == "reset" else 1)
        assert (event in bench.kernel.objects.list("event")) == (call == "reset")
