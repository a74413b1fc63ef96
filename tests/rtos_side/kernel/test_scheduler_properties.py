# SPDX-License-Identifier: Apache-2.0
"""The ready table and the timer lists against models that are slow and obvious."""

from hypothesis import given
from hypothesis import strategies as st

from rtos_side.kernel.scheduler import READY, RUNNING, STATE_MASK, SUSPEND, YIELD, Scheduler
from rtos_side.kernel.timer_list import TICK_MASK, TimerList


class _Clock:
    def __init__(self, tick: int) -> None:
        self.tick = tick


class _Timer:
    def __init__(self, ticks: int, function) -> None:
        self.init_tick = ticks
        self.periodic = self.firing = False
        self.active = True
        self.function = function
        self.args = ()


class _Thread:
    def __init__(self, number: int, priority: int) -> None:
        self.number = number
        self.priority = priority
        self.state = SUSPEND

    def __repr__(self) -> str:
        return f"T{self.number}@{self.priority}"


class _Model:
    """One list of all ready threads, in the order in which equals would run."""

    def __init__(self, idle: _Thread) -> None:
        self.current = idle
        self.ready: list[_Thread] = []
        self.locked = 0

    def wake(self, thread: _Thread, *, tail: bool = False) -> None:
        self.ready.insert(len(self.ready) if tail else 0, thread)

    def schedule(self, *, running: bool, yielding: bool) -> None:
        if self.locked or not self.ready:
            return
        best = min(thread.priority for thread in self.ready)
        if running and (
            self.current.priority < best or (self.current.priority == best and not yielding)
        ):
            return
        old, self.current = self.current, next(t for t in self.ready if t.priority == best)
        if running:
            self.wake(old, tail=yielding)
        self.ready.remove(self.current)


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["wake", "suspend", "yield", "lock", "unlock", "priority"]),
        st.integers(0, 7),
        st.integers(0, 30),
    ),
    max_size=80,
)


@given(st.lists(st.integers(0, 4), min_size=8, max_size=8), _STEPS)
def test_the_choice_is_that_of_the_model(
    priorities: list[int], steps: list[tuple[str, int, int]]
) -> None:
    idle = _Thread(-1, 31)
    threads = [_Thread(number, priority) for number, priority in enumerate(priorities)]
    scheduler = Scheduler()
    scheduler.insert(idle)
    scheduler.start()
    model = _Model(idle)
    for step, number, priority in steps:
        thread, current = threads[number], scheduler.current
        if step == "wake" and thread.state & SUSPEND:
            scheduler.insert(thread)
            model.wake(thread)
        elif step == "suspend" and current is not idle and not scheduler.lock_nest:
            current.state = SUSPEND | (current.state & ~STATE_MASK)
        elif step == "yield":
            current.state |= YIELD
        elif step == "lock":
            scheduler.lock_nest += 1
            model.locked += 1
        elif step == "unlock" and scheduler.lock_nest:
            scheduler.lock_nest -= 1
            model.locked -= 1
        elif step == "priority" and thread.state & STATE_MASK == READY:
            scheduler.remove(thread)
            model.ready.remove(thread)
            thread.priority = priority
            scheduler.insert(thread)
            model.wake(thread)
        state = current.state
        model.schedule(running=state & STATE_MASK == RUNNING, yielding=bool(state & YIELD))
        scheduler.schedule()
        assert scheduler.current is model.current
        assert scheduler.current.state & STATE_MASK == RUNNING
        for ready in model.ready:
            assert ready.state & STATE_MASK == READY


@given(
    st.integers(0, TICK_MASK),
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 30)), max_size=40),
)
def test_timers_fire_in_order_of_time_and_then_of_start(
    origin: int, starts: list[tuple[int, int]]
) -> None:
    """Whenever and for how long they were started, also across the wrap of the tick."""
    clock = _Clock(origin)
    timers = TimerList(clock)
    fired: list[tuple[int, int]] = []

    def timer(number: int, ticks: int) -> _Timer:
        async def function() -> None:
            fired.append(((clock.tick - origin) & TICK_MASK, number))

        return _Timer(ticks, function)

    by_tick = sorted(enumerate(starts), key=lambda item: item[1][0])
    expected = []
    for order, (number, (at, ticks)) in enumerate(by_tick):
        expected.append((at + ticks, order, number))
    pending = list(by_tick)
    for now in range(90):
        clock.tick = (origin + now) & TICK_MASK
        _finish(timers.check())
        while pending and pending[0][1][0] == now:
            number, (_, ticks) = pending.pop(0)
            timers.insert(timer(number, ticks))
    assert fired == [(at, number) for at, _, number in sorted(expected)]


def _finish(coroutine) -> None:
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")
