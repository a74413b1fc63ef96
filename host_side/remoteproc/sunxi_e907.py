# SPDX-License-Identifier: Apache-2.0
"""V821's E907 as the A27 handles it: resets, clocks, boot address, the stop handshake.

The vendor's sunxi_rproc_e907_boot.c and rproc_e907-sun300iw1.c: a core whose clock gate is open at
probe is running already. Before a stop the core is asked to go to sleep (STOP_NOTIFY): a message,
then the stop record within 5 s, then its work mode within 1 s. When a time runs out, that is logged
and the reset comes anyway. The record is cleared afterwards, as the driver does when it is built
with standby; a second stop would find the first one's otherwise.

The original asks a crashed core, too. A dead one costs it 6 s, and its mailbox queue may keep the
message for the firmware that is started next, which then stops. Here a crashed core is not asked,
unless the node has ``ampsim,ask-crashed``, which brings the original's behaviour back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from host_side.devicetree import DeviceNode
from host_side.kernel.errors import LinuxError
from host_side.kernel.timers import HZ
from host_side.mailbox.framework import MailboxChannel
from host_side.remoteproc.core import Rproc
from host_side.remoteproc.states import State

if TYPE_CHECKING:
    from host_side.kernel.linux import LinuxKernel

START_ADDRESS, WORK_MODE = 0x204, 0x248
NORMAL_MODE = 3
STOP_MESSAGE = 0xF3F3_0301
STOP_DONE, STOP_CLEARED = 0x16AA_0001, 0x16AA_0000
RECORD_TIMEOUT, MODE_TIMEOUT = 5 * HZ, 1 * HZ
"""READY_TO_STOP_TIMEOUT and INTO_WFI_TIMEOUT, in jiffies."""

Line = tuple[int, int]
"""(address, bit) of a reset or a clock gate in the clock unit; a reset bit of 0 holds."""


class E907:
    """The registers of one E907. DeviceTreeError when the node does not name them."""

    def __init__(self, kernel: LinuxKernel, node: DeviceNode) -> None:
        self._kernel = kernel
        self._load = kernel.bus.load
        self._store = kernel.bus.store
        self._config = node.reg[0][0]
        self._resets = {name: node.line("resets", name) for name in ("cfg", "sys", "core")}
        self._gate = node.line("clocks", "core")
        self._other_gates = [
            (int(address), int(bit))
            for name, (address, bit) in node.properties["clocks"].items()
            if name != "core"
        ]
        self._keys: dict[int, int] = dict(node.properties.get("ampsim,register-keys", {}))
        self._notify = node.flag("ampsim,stop-notify")
        self._ask_crashed = node.flag("ampsim,ask-crashed")
        self._record = node.integer("stop-record-reg") if self._notify else 0

    async def is_booted(self) -> bool:
        """The core's clock gate is open."""
        address, bit = self._gate
        return bool(await self._load(address, 4) >> bit & 1)

    async def start(self, address: int) -> None:
        """Hold the core, open the clocks, write its boot address, let it go (common_start_seq)."""
        for name in ("cfg", "sys", "core"):
            await self._set(self._resets[name], 0)
        if await self.is_booted():
            await self._set(self._gate, 0)
        for gate in (*self._other_gates, self._gate):
            await self._set(gate, 1)
        for name in ("cfg", "sys"):
            await self._set(self._resets[name], 1)
        await self._store(self._config + START_ADDRESS, 4, address & 0xFFFF_FFFF)
        await self._set(self._resets["core"], 1)

    async def stop(self, rproc: Rproc, channel: MailboxChannel) -> None:
        """Ask the core to stop; hold it, close its clock (common_stop_seq)."""
        if self._notify and (self._ask_crashed or rproc.state is not State.CRASHED):
            await self._ask(rproc, channel)
        await self._set(self._resets["core"], 0)
        await self._set(self._gate, 0)
        for name in ("cfg", "sys"):
            await self._set(self._resets[name], 0)
        if self._notify:
            await self._store(self._record, 4, STOP_CLEARED)

    async def _ask(self, rproc: Rproc, channel: MailboxChannel) -> None:
        try:
            await channel.send_message(STOP_MESSAGE)
        except LinuxError as error:
            # The driver's function for it returns 0 all the same, so the waiting begins.
            rproc.error(f"sunxi_rproc_send_mbox_msg send mbox msg err:{-error.errno}")
        if not await self._poll(self._record, RECORD_TIMEOUT, STOP_DONE, equal=True):
            rproc.parent_error("rproc wait for ready to stop timeout! Force stop!")
        mode = self._config + WORK_MODE
        if not await self._poll(mode, MODE_TIMEOUT, NORMAL_MODE, equal=False):
            rproc.parent_error("rproc wait into wfi mode timeout! Force stop!")

    async def _poll(self, address: int, timeout: int, value: int, *, equal: bool) -> bool:
        """Look until a register has (or has no longer) a value; False when the time ran out."""
        kernel = self._kernel
        deadline = kernel.jiffies + timeout
        while (await self._load(address, 4) == value) is not equal:
            if kernel.jiffies > deadline:
                return False
            await kernel.msleep(1)
        return True

    async def _set(self, line: Line, value: int) -> None:
        """Change one bit; a register with a key is written with it, unread."""
        address, bit = line
        key = self._keys.get(address)
        present = await self._load(address, 4) if key is None else key
        await self._store(address, 4, present & ~(1 << bit) | value << bit)
