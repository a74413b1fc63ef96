# SPDX-License-Identifier: Apache-2.0
"""Message box: what its two sides see, and random accesses against a model."""

from __future__ import annotations

import random

import cocotb
from apb_port import ApbPort, start
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles
from msgbox_model import (
    CHANNELS,
    DEPTH,
    FIFO_STATUS,
    MESSAGE,
    MESSAGE_STATUS,
    READ_ENABLE,
    READ_STATUS,
    THRESHOLD,
    WRITE_ENABLE,
    WRITE_STATUS,
    MsgboxModel,
)


async def _lines(dut: SimHandleBase) -> tuple[bool, bool]:
    """Levels of the read and the write interrupt, once the last access has had its effect."""
    await ClockCycles(dut.clk_i, 2)
    return bool(dut.read_irq_o.value), bool(dut.write_irq_o.value)


async def _fill(port: ApbPort, channel: int, words: list[int]) -> None:
    for word in words:
        await port.write(MESSAGE + 4 * channel, word)


@cocotb.test()
async def words_come_out_in_order_by_channel(dut: SimHandleBase) -> None:
    port = await start(dut)
    for channel in range(CHANNELS):
        await _fill(port, channel, [channel << 28 | n for n in range(channel + 2)])
    for channel in reversed(range(CHANNELS)):
        assert await port.read(MESSAGE_STATUS + 4 * channel) == channel + 2
        for n in range(channel + 2):
            assert await port.read(MESSAGE + 4 * channel) == channel << 28 | n
        assert await port.read(MESSAGE_STATUS + 4 * channel) == 0


@cocotb.test()
async def ninth_word_is_dropped(dut: SimHandleBase) -> None:
    """The sender has to look at the count; the box keeps the words it has."""
    port = await start(dut)
    await _fill(port, 2, list(range(100, 100 + DEPTH)))
    assert await port.read(FIFO_STATUS + 8) == 1
    assert await port.read(FIFO_STATUS + 4) == 0
    await port.write(MESSAGE + 8, 0xDEAD)
    assert await port.read(MESSAGE_STATUS + 8) == DEPTH
    assert [await port.read(MESSAGE + 8) for _ in range(DEPTH)] == list(range(100, 100 + DEPTH))


@cocotb.test()
async def reading_an_empty_channel_takes_nothing(dut: SimHandleBase) -> None:
    port = await start(dut)
    assert await port.read(MESSAGE) == 0
    assert await port.read(MESSAGE_STATUS) == 0
    await port.write(MESSAGE, 7)
    assert await port.read(MESSAGE_STATUS) == 1
    assert await port.read(MESSAGE) == 7


@cocotb.test()
async def read_interrupt_is_cleared_only_when_the_channel_is_empty(dut: SimHandleBase) -> None:
    port = await start(dut)
    await port.write(READ_ENABLE, 1 << 2)
    await _fill(port, 0, [1])
    assert await _lines(dut) == (False, False)  # not enabled on channel 0
    await _fill(port, 1, [2, 3])
    assert await _lines(dut) == (True, False)
    assert await port.read(READ_STATUS) == 0b101
    await port.write(READ_STATUS, 1 << 2)
    assert await _lines(dut) == (True, False)
    await port.read(MESSAGE + 4)
    await port.read(MESSAGE + 4)
    assert await _lines(dut) == (True, False)  # empty, not cleared yet
    await port.write(READ_STATUS, 1 << 2)
    assert await _lines(dut) == (False, False)
    assert await port.read(READ_STATUS) == 0b001


@cocotb.test()
async def word_that_comes_while_the_receiver_clears_is_not_lost(dut: SimHandleBase) -> None:
    """The receiver found the channel empty, a word comes, then it clears: told again at once."""
    port = await start(dut)
    await port.write(READ_ENABLE, 1)
    await _fill(port, 0, [1])
    await port.read(MESSAGE)
    assert await port.read(MESSAGE_STATUS) == 0
    await _fill(port, 0, [2])
    await port.write(READ_STATUS, 1)
    assert await _lines(dut) == (True, False)
    assert await port.read(MESSAGE) == 2


@cocotb.test()
@cocotb.parametrize(code=[0, 1, 2, 3])
async def write_interrupt_waits_for_as_many_free_places(dut: SimHandleBase, code: int) -> None:
    port = await start(dut)
    await port.write(THRESHOLD + 12, code)
    await _fill(port, 3, [9] * DEPTH)
    await port.write(WRITE_STATUS, 0x80)
    await port.write(WRITE_ENABLE, 0x80)
    for _ in range((1 << code) - 1):
        await port.read(MESSAGE + 12)
        assert await _lines(dut) == (False, False)
    await port.read(MESSAGE + 12)
    assert await _lines(dut) == (False, True)


@cocotb.test()
async def write_interrupt_of_an_empty_channel_comes_when_it_is_enabled(dut: SimHandleBase) -> None:
    """The Linux driver counts on it: it turns the interrupt on to be told that there is room."""
    port = await start(dut)
    await port.write(WRITE_STATUS, 0xFF)
    assert await _lines(dut) == (False, False)
    await port.write(WRITE_ENABLE, 0xFF)
    assert await _lines(dut) == (False, True)
    assert await port.read(WRITE_ENABLE) == 0xAA


def _access(generator: random.Random, sends: bool) -> tuple[bool, int, int]:
    """A write or not, its offset and value; channels fill up where ``sends``."""
    channel = 4 * generator.randrange(CHANNELS)
    kind = generator.random()
    if kind < 0.7:
        return (
            generator.random() < (0.85 if sends else 0.25),
            MESSAGE + channel,
            generator.getrandbits(32),
        )
    if kind < 0.8:
        return True, generator.choice((READ_STATUS, WRITE_STATUS)), generator.getrandbits(8)
    if kind < 0.85:
        return True, generator.choice((READ_ENABLE, WRITE_ENABLE)), generator.getrandbits(8)
    if kind < 0.88:
        return True, THRESHOLD + channel, generator.getrandbits(2)
    offsets = (READ_STATUS, WRITE_STATUS, READ_ENABLE, WRITE_ENABLE)
    channels = (FIFO_STATUS, MESSAGE_STATUS, THRESHOLD)
    return False, generator.choice([*offsets, *(base + channel for base in channels)]), 0


@cocotb.test()
@cocotb.parametrize(seed=[1, 2, 3])
async def random_accesses_follow_the_model(dut: SimHandleBase, seed: int) -> None:
    port, model, generator = await start(dut), MsgboxModel(), random.Random(seed)
    for number in range(800):
        written, offset, value = _access(generator, sends=number // 60 % 2 == 0)
        where = f"access {number} at {offset:#x}"
        if written:
            model.write(offset, value)
            await port.write(offset, value)
        else:
            expected = model.read(offset)
            found = await port.read(offset)
            assert found == expected, f"{where}: expected {expected:#x}, found {found:#x}"
        assert await _lines(dut) == (model.read_irq, model.write_irq), where
