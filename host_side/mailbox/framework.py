# SPDX-License-Identifier: Apache-2.0
"""The mailbox framework: channels, their queue of messages, tx-done (drivers/mailbox/mailbox.c).

A message is one 32-bit word here. One message of a channel is active at a time; the next is
submitted when that one is done, which the controller's interrupt says, or polling, or the client.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from enum import IntEnum
from functools import partial
from typing import Protocol

from host_side.drivers.irqs_off import IrqsOff
from host_side.kernel.cpu import Cpu
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform, WaitQueue
from host_side.kernel.printk import ERR

EBUSY, EINVAL, ENOBUFS, ENODEV, ETIME, EPROBE_DEFER = 16, 22, 105, 19, 62, 517

TX_QUEUE_LEN = 20
"""Messages a channel holds besides the active one (MBOX_TX_QUEUE_LEN)."""
DEFAULT_TIMEOUT_MS = 3_600_000
"""How long a blocking send waits when its client says nothing (tx_tout 0)."""

RxCallback = Callable[[int], Awaitable[None]]
TxDone = Callable[[int, int], None]
"""``tx_done(message, result)``: ``result`` is 0 or a negative errno."""


class TxDoneBy(IntEnum):
    """Who tells that the active message is done."""

    IRQ = 1
    POLL = 2
    ACK = 4


class MailboxPlatform(Platform, Protocol):
    """A platform with one CPU for spin locks, and high-resolution timers."""

    cpu: Cpu

    def start_hrtimer(self, ns: int, expire: Callable[[], Awaitable[None]]) -> Awaitable[None]:
        """Call ``await expire()`` in interrupt context, ``ns`` from now."""


class MailboxClient:
    """struct mbox_client; ``prefix`` is the log prefix of the client's device.

    ``rx_callback`` is awaited in interrupt context for each word. A ``tx_block`` client's send
    returns when the message is done, or after ``tx_tout_ms`` (0: an hour).
    """

    def __init__(
        self,
        prefix: str,
        rx_callback: RxCallback | None = None,
        tx_done: TxDone | None = None,
        *,
        tx_block: bool = False,
        tx_tout_ms: int = 0,
        knows_txdone: bool = False,
    ) -> None:
        self.prefix = prefix
        self.rx_callback = rx_callback
        self.tx_done = tx_done
        self.tx_block = tx_block
        self.tx_tout_ms = tx_tout_ms
        self.knows_txdone = knows_txdone


class MailboxOps(Protocol):
    """mbox_chan_ops; ``index`` is the channel's number in its controller."""

    async def send_data(self, index: int, message: int) -> None:
        """Hand one word to the hardware. LinuxError EBUSY when it has no room."""

    async def startup(self, index: int) -> None:
        """A client has the channel now."""

    async def shutdown(self, index: int) -> None:
        """The client has given it back."""

    async def last_tx_done(self, index: int) -> bool:
        """The active word has been taken (only asked when polling)."""


class MailboxController:
    """Channels of one device; ``label`` is what devicetrees call it, ``prefix`` its log prefix."""

    def __init__(
        self,
        platform: MailboxPlatform,
        ops: MailboxOps,
        label: str,
        prefix: str,
        channels: int,
        *,
        txdone: TxDoneBy = TxDoneBy.POLL,
        txpoll_period_ms: int = 5,
    ) -> None:
        self.ops = ops
        self.label = label
        self.prefix = prefix
        self.channels = [MailboxChannel(platform, self, index) for index in range(channels)]
        self.txdone = txdone
        self._platform = platform
        self._period_ns = txpoll_period_ms * 1_000_000
        self._armed = 0

    async def received(self, index: int, message: int) -> None:
        """mbox_chan_received_data(): to the client's callback, or dropped. From interrupts."""
        client = self.channels[index].client
        if client is not None and client.rx_callback is not None:
            await client.rx_callback(message)

    async def chan_txdone(self, index: int, result: int) -> None:
        """mbox_chan_txdone(): the controller's interrupt says that the active message is done."""
        channel = self.channels[index]
        if channel.txdone is not TxDoneBy.IRQ:
            self._platform.printk(self.prefix, "Controller can't run the TX ticker", ERR)
            return
        await channel.tick(result)

    async def start_poll(self) -> None:
        """Look at once whether the message is done, then every ``txpoll_period_ms``."""
        await self._start_timer(0)

    async def _start_timer(self, ns: int) -> None:
        self._armed += 1
        await self._platform.start_hrtimer(ns, partial(self._poll, self._armed))

    async def _poll(self, armed: int) -> None:
        """txdone_hrtimer(); a timer that was started anew meanwhile has no effect."""
        if armed != self._armed:
            return
        again = False
        for channel in self.channels:
            if channel.active is None or channel.client is None:
                continue
            if await self.ops.last_tx_done(channel.index):
                await channel.tick(0)
            else:
                again = True
        if again and armed == self._armed:
            await self._start_timer(self._period_ns)


class MailboxChannel:
    """struct mbox_chan."""

    def __init__(
        self, platform: MailboxPlatform, controller: MailboxController, index: int
    ) -> None:
        self.controller = controller
        self.index = index
        self.client: MailboxClient | None = None
        self.txdone = TxDoneBy.POLL
        self.active: int | None = None
        self._platform = platform
        self._queue: list[int | None] = [None] * TX_QUEUE_LEN
        self._free = 0
        self._count = 0
        self._completions = 0
        self._complete: WaitQueue = platform.wait_queue("room", f"mailbox channel {index}")

    @property
    def queued(self) -> int:
        """Messages that wait behind the active one."""
        return self._count

    async def bind(self, client: MailboxClient) -> None:
        """__mbox_bind_client(). LinuxError EBUSY when the channel has one, or startup's."""
        if self.client is not None:
            text = "__mbox_bind_client: mailbox not free"
            self._platform.printk(client.prefix, text, ERR)
            raise LinuxError(EBUSY)
        self._free = self._count = self._completions = 0
        self.active = None
        self.client = client
        self.txdone = self.controller.txdone
        if self.txdone is TxDoneBy.POLL and client.knows_txdone:
            self.txdone = TxDoneBy.ACK
        try:
            await self.controller.ops.startup(self.index)
        except LinuxError as error:
            text = f"Unable to startup the chan ({-error.errno})"
            self._platform.printk(client.prefix, text, ERR)
            await self.free()
            raise

    async def free(self) -> None:
        """mbox_free_channel(): what is queued is dropped, without a callback."""
        if self.client is None:
            return
        await self.controller.ops.shutdown(self.index)
        self.client = None
        self.active = None

    async def send_message(self, message: int) -> int:
        """mbox_send_message(): the slot (0 to 19) the word got.

        LinuxError EINVAL without a client, ENOBUFS when the queue is full (with the kernel's
        message), ETIME when a blocking send waited too long. A word that the hardware has no room
        for stays queued: it goes out with a later one.
        """
        client = self.client
        if client is None:
            raise LinuxError(EINVAL)
        if self._count == TX_QUEUE_LEN:
            text = "Try increasing MBOX_TX_QUEUE_LEN"
            self._platform.printk(self.controller.prefix, text, ERR)
            raise LinuxError(ENOBUFS)
        slot = self._free
        self._queue[slot] = message
        self._count += 1
        self._free = (slot + 1) % TX_QUEUE_LEN
        await self._submit()
        if client.tx_block:
            await self._wait(client.tx_tout_ms or DEFAULT_TIMEOUT_MS)
        return slot

    async def client_txdone(self, result: int) -> None:
        """mbox_client_txdone(): the client knows from elsewhere that the message is done."""
        if self.txdone is not TxDoneBy.ACK:
            text = "Client can't run the TX ticker"
            self._platform.printk(self.controller.prefix, text, ERR)
            return
        await self.tick(result)

    async def tick(self, result: int) -> None:
        """tx_tick(): the active message is over; submit the next, tell the client."""
        message, self.active = self.active, None
        await self._submit()
        client = self.client
        if message is None or client is None:
            return
        if client.tx_done is not None:
            client.tx_done(message, result)
        if result != -ETIME and client.tx_block:
            self._completions += 1
            self._complete.wake_up()

    async def _submit(self) -> None:
        """msg_submit(): under the channel's lock with interrupts off."""
        sent = False
        with IrqsOff(self._platform.cpu):
            if self._count and self.active is None:
                message = self._queue[(self._free - self._count) % TX_QUEUE_LEN]
                assert message is not None
                try:
                    await self.controller.ops.send_data(self.index, message)
                except LinuxError:
                    return
                self.active = message
                self._count -= 1
                sent = True
        if sent and self.txdone is TxDoneBy.POLL:
            await self.controller.start_poll()

    async def _wait(self, timeout_ms: int) -> None:
        if await self._complete.wait(lambda: self._completions, timeout_ms * 1_000_000):
            self._completions -= 1
            return
        await self.tick(-ETIME)
        raise LinuxError(ETIME)


class Mailboxes:
    """The registered controllers (mbox_cons)."""

    def __init__(self, platform: MailboxPlatform) -> None:
        self._platform = platform
        self.controllers: list[MailboxController] = []

    def register(self, controller: MailboxController) -> None:
        """mbox_controller_register()."""
        self.controllers.append(controller)

    def unregister(self, controller: MailboxController) -> None:
        """mbox_controller_unregister()."""
        self.controllers.remove(controller)

    async def request_channel(
        self, client: MailboxClient, label: str, index: int
    ) -> MailboxChannel:
        """mbox_request_channel(): channel ``index`` of the controller named ``label``.

        LinuxError EPROBE_DEFER (no such controller yet), EINVAL (no such channel), EBUSY (taken).
        """
        found: Sequence[MailboxController] = [
            controller for controller in self.controllers if controller.label == label
        ]
        if not found:
            raise LinuxError(EPROBE_DEFER)
        if not 0 <= index < len(found[0].channels):
            raise LinuxError(EINVAL)
        channel = found[0].channels[index]
        await channel.bind(client)
        return channel
