# SPDX-License-Identifier: Apache-2.0
"""The referee in a bench of a user's own: user_amp, cocotbext-axi masters, RefereeMonitor."""

from __future__ import annotations

import logging

import cocotb
import pytest
from user_sides import (
    BASE,
    BUFFER,
    LINUX_ADDRESS,
    PING,
    POOL,
    RTOS_ADDRESS,
    SETUP,
    TO_RTOS,
    TX,
    UserLink,
    message,
)

from sim.referee import Side
from sim.referee.cocotb_monitor import ProtocolError, RefereeMonitor


def attached(dut) -> RefereeMonitor:
    """The referee on the memory's bus and on both lines."""
    monitor = RefereeMonitor(SETUP)
    monitor.axi(dut, "m_axi", dut.clk_i, reset=dut.rst_ni)
    monitor.line("irq_rtos", dut.irq_rtos_o)
    monitor.line("irq_linux", dut.irq_linux_o)
    return monitor


async def started(dut) -> tuple[UserLink, RefereeMonitor]:
    """A link that has exchanged messages without a violation."""
    link, monitor = UserLink(dut), attached(dut)
    await link.start()
    await link.exchange()
    assert monitor.violations == []
    return link, monitor


def fired(monitor: RefereeMonitor) -> set[str]:
    """The ids of the rules that have fired."""
    monitor.finish()
    return set(monitor.referee.report.counts)


@cocotb.test()
async def a_clean_exchange_breaks_no_rule(dut) -> None:
    """Both directions; the log has every message, check() does not raise."""
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger = logging.getLogger("ampsim.referee")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    _, monitor = await started(dut)
    logger.removeHandler(handler)
    monitor.check()
    assert [item.sender for item in monitor.messages] == [Side.RTOS, Side.LINUX, Side.RTOS]
    assert [item.payload for item in monitor.messages[1:]] == [b"ping", b"pong"]
    ping = monitor.messages[1]
    assert lines[1] == (
        f"{ping.time_ns / 1000:.2f} us, linux -> rtos, 0x400 -> 0x1e, 4 bytes: 70 69 6e 67"
    )


@cocotb.test()
async def many_messages_through_all_descriptors(dut) -> None:
    """The rings wrap around."""
    link, monitor = await started(dut)
    for number in range(9):
        content = message(LINUX_ADDRESS, RTOS_ADDRESS, bytes(range(number, number + 40)))
        await link.linux_sends(content)
        await link.rtos_receives(content)
    monitor.check()
    assert len(monitor.messages) == 3 + 9


@cocotb.test()
async def an_index_that_jumps(dut) -> None:
    """The RTOS returns more than it has; check() says so and when."""
    link, monitor = await started(dut)
    await link.linux_sends(PING)
    head = await link.take(1)
    await link.rtos.read(TX, len(PING))
    await link.give_back(1, head, len(PING), step=3)
    with pytest.raises(ProtocolError, match=r"us, hart 1, 0x\w+: ring-used-index-jump: expected"):
        monitor.check()


@cocotb.test()
async def a_message_that_changes_after_its_publication(dut) -> None:
    """The sender writes into what it has given away."""
    link, monitor = await started(dut)
    await link.linux_sends(PING)
    await link.linux.store(TX + 16, 1, 0x50)
    assert fired(monitor) == {"buffer-written-after-publish"}


@cocotb.test()
async def a_message_without_a_doorbell(dut) -> None:
    """Linux publishes and does not ring; the test's end comes too early to call that late."""
    link, monitor = await started(dut)
    await link.linux.write(TX, PING)
    await link.post(1, 0, TX, len(PING), 0)
    monitor.referee.finish(10**9)
    assert set(monitor.referee.report.counts) == {"kick-missing", "message-not-taken"}


@cocotb.test()
async def a_doorbell_without_a_message(dut) -> None:
    """Linux rings although nothing is new."""
    link, monitor = await started(dut)
    await link.ring_rtos()
    assert fired(monitor) == {"kick-without-publish"}


@cocotb.test()
async def a_doorbell_whose_interrupt_never_comes(dut) -> None:
    """The RTL swallows it; the RTOS finds the message by itself."""
    link, monitor = await started(dut)
    dut.deaf_i.value = 1
    await link.linux.write(TX, PING)
    await link.post(1, 0, TX, len(PING), 0)
    await link.linux.store(TO_RTOS, 4, 1)
    await link.wait_us(3)
    await link.rtos_receives(PING)
    assert fired(monitor) == {"line-missing"}


@cocotb.test()
async def an_interrupt_without_a_doorbell(dut) -> None:
    """The RTL raises the line by itself."""
    link, monitor = await started(dut)
    dut.false_i.value = 1
    await link.wait_us(3)
    assert fired(monitor) == {"line-without-cause"}


@cocotb.test()
async def a_doorbell_that_is_cleared_with_the_one_before(dut) -> None:
    """Two doorbells, one interrupt, and the line goes down before the RTOS clears it again."""
    link, monitor = await started(dut)
    await link.linux.write(TX, PING)
    await link.post(1, 0, TX, len(PING), 0)
    await link.linux.store(TO_RTOS, 4, 1)
    await link.wait_us(1)
    await link.linux.write(TX + BUFFER, PING)
    await link.post(1, 1, TX + BUFFER, len(PING), 0)
    await link.linux.store(TO_RTOS, 4, 1)
    dut.deaf_i.value = 1
    await link.wait_us(3)
    assert fired(monitor) == {"line-lost"}


@cocotb.test()
async def a_write_into_the_other_sides_memory(dut) -> None:
    """The RTOS stores where only Linux may; a read of the same is nobody's business."""
    link, monitor = await started(dut)
    await link.rtos.load(BASE + 0x4000, 4)
    assert monitor.violations == []
    await link.rtos.store(BASE + 0x4000, 4, 1)
    assert fired(monitor) == {"memory-foreign-write"}


@cocotb.test()
async def a_bus_of_another_kind(dut) -> None:
    """A callback says what another monitor has seen: a write to a buffer that the RTOS has."""
    _, monitor = await started(dut)
    monitor.access(10**6, 0, True, POOL, b"\0\0\0\0")
    assert fired(monitor) == {"buffer-written-by-other"}
