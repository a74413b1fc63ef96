# SPDX-License-Identifier: Apache-2.0
"""The referee on AXI4-Lite: a port of 32 bits for each side, whose accesses have no IDs."""

from __future__ import annotations

import cocotb
from user_sides import PING, SETUP, TX, LiteMasterOfUser, UserLink, message

from sim.referee.cocotb_monitor import RefereeMonitor

CONTENT = message(0x400, 0x1E, bytes(range(41)))


async def started(dut) -> tuple[UserLink, RefereeMonitor]:
    """A link that has exchanged messages without a violation."""
    link, monitor = UserLink(dut, LiteMasterOfUser), RefereeMonitor(SETUP)
    for number, side in enumerate(("linux", "rtos")):
        monitor.axi(dut, f"{side}_axil", dut.clk_i, reset=dut.rst_ni, master=number)
    monitor.line("irq_rtos", dut.irq_rtos_o)
    monitor.line("irq_linux", dut.irq_linux_o)
    await link.start()
    await link.exchange()
    assert monitor.violations == []
    return link, monitor


@cocotb.test()
async def a_clean_exchange_breaks_no_rule(dut) -> None:
    """All descriptors are used; a length that is no multiple of the bus."""
    link, monitor = await started(dut)
    for _ in range(9):
        await link.linux_sends(CONTENT)
        await link.rtos_receives(CONTENT)
    monitor.check()
    assert [item.payload for item in monitor.messages[1:4]] == [b"ping", b"pong", CONTENT[16:]]
    assert len(monitor.messages) == 3 + 9


@cocotb.test()
async def an_index_that_jumps(dut) -> None:
    """The RTOS returns more than it has."""
    link, monitor = await started(dut)
    await link.linux_sends(PING)
    head = await link.take(1)
    await link.rtos.read(TX, len(PING))
    await link.give_back(1, head, len(PING), step=3)
    monitor.finish()
    assert "ring-used-index-jump" in monitor.referee.report.counts


@cocotb.test()
async def a_descriptor_that_changes_while_the_device_has_it(dut) -> None:
    """The lower half of its address, as a bus of 32 bits writes it."""
    link, monitor = await started(dut)
    await link.linux_sends(PING)
    await link.linux.store(SETUP.rings[1].base, 4, TX + 8)
    monitor.finish()
    assert "ring-desc-changed-in-use" in monitor.referee.report.counts


@cocotb.test()
async def a_buffer_that_was_never_looked_at(dut) -> None:
    """Reads that are wider than what was asked for count as reads of the next entry only."""
    link, monitor = await started(dut)
    await link.linux_sends(PING)
    await link.rtos.load(SETUP.rings[1].avail + 4 + 2, 2)
    await link.give_back(1, 0, len(PING))
    monitor.finish()
    assert {"ring-used-not-taken", "message-lost"} <= set(monitor.referee.report.counts)
