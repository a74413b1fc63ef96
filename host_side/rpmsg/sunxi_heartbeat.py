# SPDX-License-Identifier: Apache-2.0
"""Watches the remote's heartbeat and reports a crash when it falls silent.

Allwinner's drivers/rpmsg/rpmsg_heartbeat.c (1.0.0): 16 s after a beat (``16 * HZ``; the remote
beats every 5 s) the remote of that name is reported as crashed, type watchdog. The first beat
starts the clock; one timer and one name serve all remotes. Unlike that version, and like older
ones of the driver, the timer stops when the channel goes away: else a remote that was stopped
would be reported too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from host_side.devicetree import DeviceTree
from host_side.kernel.platform import Platform
from host_side.kernel.printk import INFO
from host_side.kernel.timers import Timer, TimerWheel
from host_side.remoteproc.states import CrashType, State
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver
from host_side.rpmsg.sunxi_layout import HEARTBEAT, text_of

HEART_RATE_NS = 16_000_000_000
TIMEOUT_PROPERTY = "ampsim,heartbeat-timeout-ms"
"""Of the remote processor's node: another silence than 16 s, for benches in a hurry."""
TICK_INTERVAL = 100


class WatchedRemote(Protocol):
    """What the driver needs of a remote processor (``Rproc``)."""

    name: str

    @property
    def state(self) -> State:
        """Where its life stands."""

    def report_crash(self, kind: int) -> None:
        """rproc_report_crash()."""


class HeartbeatKernel(Platform, Protocol):
    """What the driver needs of the kernel."""

    wheel: TimerWheel
    tree: DeviceTree


class RpmsgHeartbeat(RpmsgDriver):
    """The driver; ``remotes`` gives the remote processors there are when it is called."""

    name = "rpmsg_heartbeat"
    id_table = ("sunxi,rpmsg_heartbeat",)

    def __init__(
        self, kernel: HeartbeatKernel, remotes: Callable[[], Sequence[WatchedRemote]]
    ) -> None:
        self._kernel = kernel
        self._remotes = remotes
        self._timer: Timer | None = None
        self._remote_name = ""
        self.ticks: dict[RpmsgDevice, int] = {}
        """The tick that is expected next, by channel."""

    async def probe(self, rpdev: RpmsgDevice) -> None:
        """Announce the channel back: the remote waits for that before it beats."""
        self.ticks[rpdev] = 0
        rpdev.announce = True

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        """A beat. Its length is not looked at, as in the original; what is missing reads as 0."""
        name, tick = HEARTBEAT.unpack_from(data.ljust(HEARTBEAT.size, b"\0"))
        if not self._remote_name:
            self._remote_name = text_of(name)
        self.ticks[rpdev] = (tick + 1) % TICK_INTERVAL
        self._stop()
        self._timer = self._kernel.wheel.add_ns(self._timeout_ns(), self._silent)

    async def remove(self, rpdev: RpmsgDevice) -> None:
        """The channel goes away, so no beat is expected any more."""
        self._kernel.printk(rpdev.log_prefix, f"{rpdev.dev_name} is removed", INFO)
        del self.ticks[rpdev]
        self._stop()
        self._remote_name = ""

    def _timeout_ns(self) -> int:
        for node in self._kernel.tree.nodes:
            if node.name == self._remote_name and TIMEOUT_PROPERTY in node.properties:
                return node.integer(TIMEOUT_PROPERTY) * 1_000_000
        return HEART_RATE_NS

    def _stop(self) -> None:
        if self._timer is not None:
            self._kernel.wheel.remove(self._timer)
            self._timer = None

    def _silent(self) -> None:
        """sunxi_rproc_report_crash(): the remote of that name, unless it is detached."""
        self._timer = None
        for remote in self._remotes():
            if remote.state is not State.DETACHED and remote.name == self._remote_name:
                remote.report_crash(CrashType.WATCHDOG)
                return
