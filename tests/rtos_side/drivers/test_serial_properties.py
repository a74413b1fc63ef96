# SPDX-License-Identifier: Apache-2.0
"""The receive ring is a queue that forgets its oldest bytes when it is full."""

from hypothesis import given
from hypothesis import strategies as st

from rtos_side.drivers.serial import RxRing

operations = st.lists(st.one_of(st.none(), st.integers(0, 255)), max_size=200)


@given(st.integers(2, 20), operations)
def test_ring_is_a_bounded_queue(size: int, steps: list[int | None]) -> None:
    ring = RxRing(size)
    model: list[int] = []
    for step in steps:
        if step is None:
            assert ring.pop() == (model.pop(0) if model else -1)
        else:
            model.append(step)
            dropped = len(model) == size
            if dropped:
                model.pop(0)
            assert ring.push(step) is dropped
        assert len(ring) == len(model)
