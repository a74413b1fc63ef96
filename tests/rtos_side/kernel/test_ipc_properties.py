# SPDX-License-Identifier: Apache-2.0
"""Whatever the timing of threads, ticks and interrupts: nothing is lost, made up, or shared."""

from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_bench import RAM, Bench

from rtos_side.hal import EXT, load, store
from rtos_side.kernel.errors import EFULL, EOK, ETIMEOUT
from rtos_side.kernel.ipc import FIFO, PRIO, Mailbox, MessageQueue, Mutex, Semaphore

_FLAGS = st.sampled_from([FIFO, PRIO])
_PRIORITIES = st.lists(st.integers(5, 9), min_size=2, max_size=5)
# Cycles from one external interrupt to the next.
_GAPS = st.lists(st.integers(50, 30000), max_size=40)


def _interrupts(bench: Bench, gaps: list[int], handler) -> None:
    async def isr() -> None:
        bench.machine.lower_line(EXT)
        await handler()

    bench.kernel.install_isr(EXT, isr)
    cycle = 1000
    for gap in gaps:
        cycle += gap
        bench.machine.at(cycle, bench.machine.raise_line)


@settings(max_examples=60)
@given(_FLAGS, _PRIORITIES, st.lists(st.integers(-1, 3), min_size=1, max_size=8), _GAPS)
def test_semaphore_counts_are_conserved(
    flag: int, priorities: list[int], timeouts: list[int], gaps: list[int]
) -> None:
    bench = Bench()
    semaphore = Semaphore(bench.kernel, "s", 1, flag)
    results: list[int] = []

    def taker():
        async def entry() -> None:
            for timeout in timeouts:
                results.append(await semaphore.take(timeout))
                assert semaphore.value == 0 or not semaphore.waiters
                await bench.kernel.spend(777)

        return entry

    for number, priority in enumerate(priorities):
        bench.thread(f"t{number}", taker(), priority)
    _interrupts(bench, gaps, semaphore.release)
    bench.run(60)
    assert results.count(EOK) + semaphore.value == 1 + len(gaps)
    assert set(results) <= {EOK, -ETIMEOUT}
    unfinished = len(priorities) * len(timeouts) - len(results)
    assert (unfinished > 0) == bool(semaphore.waiters)
    assert not semaphore.waiters or semaphore.value == 0


@settings(max_examples=60)
@given(
    _PRIORITIES,
    st.lists(
        st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True), min_size=2, max_size=5
    ),
    st.integers(-1, 4),
    st.integers(1, 20000),
    _GAPS,
)
def test_mutexes_exclude_and_give_back_what_was_inherited(
    priorities: list[int], plans: list[list[int]], timeout: int, work: int, gaps: list[int]
) -> None:
    """Threads take mutexes in ascending order, which cannot deadlock, and count in memory."""
    bench = Bench()
    mutexes = [Mutex(bench.kernel, f"m{number}") for number in range(3)]
    counts = [0, 0, 0]
    finished: list[str] = []
    wake = Semaphore(bench.kernel, "wake", 0)

    def worker(name: str, plan: list[int]):
        async def entry() -> None:
            for _ in range(3):
                held = []
                for number in sorted(plan):
                    if await mutexes[number].take(timeout) != EOK:
                        break
                    held.append(number)
                    assert mutexes[number].owner.name == name
                    await _count(number)
                for number in reversed(held):
                    assert await mutexes[number].release() == EOK
                await wake.take(1)
            finished.append(name)

        return entry

    async def _count(number: int) -> None:
        value = await load(RAM + 4 * number, 4)
        await bench.kernel.spend(work)
        await store(RAM + 4 * number, 4, value + 1)
        counts[number] += 1

    workers = [(priorities[n], plans[n]) for n in range(min(len(priorities), len(plans)))]
    for number, (priority, plan) in enumerate(workers):
        bench.thread(f"t{number}", worker(f"t{number}", plan), priority, tick=1)
    _interrupts(bench, gaps, wake.release)
    bench.run(120)
    assert sorted(finished) == [f"t{number}" for number in range(len(workers))]
    assert [bench.ram.load(RAM + 4 * number, 4) for number in range(3)] == counts
    for mutex in mutexes:
        assert (mutex.owner, mutex.hold, mutex.waiters) == (None, 0, [])
    for thread in bench.threads:
        assert thread.priority == thread.init_priority
        assert thread.taken == []


@settings(max_examples=60)
@given(_FLAGS, st.integers(1, 3), _PRIORITIES, st.integers(1, 30000), _GAPS)
def test_messages_arrive_once_and_in_order(
    flag: int, size: int, priorities: list[int], work: int, gaps: list[int]
) -> None:
    """From several waiting senders and an interrupt, through queues that are often full."""
    bench = Bench()
    queue = MessageQueue(bench.kernel, "mq", 8, size, flag)
    mailbox = Mailbox(bench.kernel, "mb", size, flag)
    received: list[bytes] = []
    dropped = 0
    sent_by_isr = 0

    def sender(name: int):
        async def entry() -> None:
            for number in range(5):
                assert await queue.send(bytes([name, number]), -1) == EOK
                await bench.kernel.spend(work)

        return entry

    async def relay() -> None:
        buffer = bytearray(8)
        while True:
            length = await queue.recv(buffer)
            assert length == 2
            assert await mailbox.send(bytes(buffer[:length]), -1) == EOK

    async def reader() -> None:
        while True:
            status, message = await mailbox.recv()
            assert status == EOK
            received.append(message)
            await bench.kernel.spend(work // 3)

    async def interrupt() -> None:
        nonlocal dropped, sent_by_isr
        status = await queue.send(bytes([255, sent_by_isr]))
        if status == EOK:
            sent_by_isr += 1
        else:
            assert status == -EFULL
            dropped += 1

    for name, priority in enumerate(priorities):
        bench.thread(f"s{name}", sender(name), priority)
    bench.thread("relay", relay, 7)
    bench.thread("reader", reader, 6)
    _interrupts(bench, gaps, interrupt)
    bench.run(40)
    assert sent_by_isr + dropped == len(gaps)
    for name in range(len(priorities)):
        assert [m[1] for m in received if m[0] == name] == list(range(5))
    assert [m[1] for m in received if m[0] == 255] == list(range(sent_by_isr))
    assert len(received) == 5 * len(priorities) + sent_by_isr


@settings(max_examples=20)
@given(_PRIORITIES, st.integers(1, 30000), _GAPS)
def test_the_same_inputs_give_the_same_run(
    priorities: list[int], work: int, gaps: list[int]
) -> None:
    def run() -> tuple[object, ...]:
        bench = Bench()
        semaphore = Semaphore(bench.kernel, "s", 0)

        def worker():
            async def entry() -> None:
                while True:
                    await semaphore.take(2)
                    await bench.kernel.spend(work)

            return entry

        for number, priority in enumerate(priorities):
            bench.thread(f"t{number}", worker(), priority, tick=1)
        _interrupts(bench, gaps, semaphore.release)
        bench.run(15)
        hart = bench.machine.hart
        return hart.threads, hart.events, bench.machine.requests, bench.machine.cycle

    assert run() == run()
