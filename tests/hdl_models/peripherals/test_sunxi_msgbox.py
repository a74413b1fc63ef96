# SPDX-License-Identifier: Apache-2.0
"""Message box: FIFOs, interrupts that clear on an empty FIFO, thresholds, on both simulators."""

from __future__ import annotations

from bench import run_block
from hypothesis import given
from hypothesis import strategies as st
from msgbox_model import DEPTH, MESSAGE, MESSAGE_STATUS, READ_STATUS, MsgboxModel


def test_sunxi_msgbox(simulator: str) -> None:
    sources = ["peripherals/sunxi_msgbox.sv", "peripherals/sunxi_msgbox_channel.sv"]
    run_block("sunxi_msgbox", sources, "sunxi_msgbox_cases", simulator=simulator)


@given(st.lists(st.one_of(st.none(), st.integers(0, 2**32 - 1)), max_size=40))
def test_model_keeps_what_fits_and_its_order(accesses: list[int | None]) -> None:
    """None reads, a number writes: the model by which the RTL is judged is a queue of 8."""
    model, kept, taken = MsgboxModel(), [], []
    for word in accesses:
        if word is None:
            expected = kept.pop(0) if kept else 0
            taken.append(model.read(MESSAGE) == expected)
        else:
            model.write(MESSAGE, word)
            kept = [*kept, word][:DEPTH]
        assert model.read(MESSAGE_STATUS) == len(kept)
        model.write(READ_STATUS, 1)
        assert model.read(READ_STATUS) == bool(kept)
    assert all(taken)
