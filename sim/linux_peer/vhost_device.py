# SPDX-License-Identifier: Apache-2.0
"""The device's end of a vhost-user connection: a virtio device whose driver is in a real kernel.

The kernel connects when its platform device probes, and closes when it is unbound; a later bind
connects anew. Each request is acknowledged before the kernel goes on, but a kick: that one is
acknowledged when its bus accesses are done (:meth:`VhostDevice.kick_done`), so the kernel stands
still in the middle of virtqueue_notify() meanwhile, as a hart does in a store.
"""

from __future__ import annotations

import mmap
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sim.linux_peer import vhost_messages as vhost
from sim.linux_peer.listener import listen
from sim.linux_peer.vhost_messages import Message, Request


@dataclass
class Vring:
    """One queue: guest physical addresses of its three parts, None before the kernel has said."""

    index: int
    num: int = 0
    desc: int | None = None
    avail: int = 0
    used: int = 0
    enabled: bool = False


class Memory(NamedTuple):
    """The kernel's RAM as mapped here: byte 0 of ``data`` is guest physical address ``first``."""

    data: mmap.mmap
    first: int


class VhostDevice:
    """A device with ``queues`` queues; ``features`` is what it offers, a mask of virtio bits."""

    def __init__(self, path: Path, queues: int, features: int) -> None:
        self._offered = features | vhost.F_PROTOCOL_FEATURES
        self._queues = queues
        self._listener = listen(path)
        self.channel: socket.socket | None = None
        self.calls: socket.socket | None = None
        self.memory: Memory | None = None
        self.features = 0
        self.vrings: list[Vring] = []
        self._answers = {
            Request.GET_FEATURES: lambda: self._offered,
            Request.GET_PROTOCOL_FEATURES: lambda: (
                vhost.REPLY_ACK | vhost.SLAVE_REQ | vhost.INBAND_NOTIFICATIONS
            ),
        }

    def descriptors(self) -> list[int]:
        """Return what to wait for: the listener, or the channel once the kernel has connected."""
        return [(self.channel or self._listener).fileno()]

    def take(self) -> int | None:
        """Do what has arrived; return the index of the queue that was kicked, if one was."""
        if self.channel is None:
            self.channel, _ = self._listener.accept()
            self.vrings = [Vring(index) for index in range(self._queues)]
            return None
        message = vhost.receive(self.channel)
        if message is None:
            self.disconnect()
            return None
        if message.request == Request.VRING_KICK:
            return message.state()[0]
        self._serve(message)
        return None

    @property
    def connected(self) -> bool:
        """Tell whether the kernel's driver holds the device."""
        return self.channel is not None

    def _serve(self, message: Message) -> None:
        answer = self._answers.get(Request(message.request))
        if answer is None:
            self._settings(message)
        if answer is not None or message.flags & vhost.NEED_REPLY:
            self._reply(message.request, answer() if answer else 0)

    def _reply(self, request: int, value: int) -> None:
        if self.channel is not None:
            vhost.send(self.channel, request, vhost.REPLY, vhost.U64.pack(value))

    def kick_done(self) -> None:
        """Let the kernel go on after a kick."""
        self._reply(Request.VRING_KICK, 0)

    def _settings(self, message: Message) -> None:
        match message.request:
            case Request.SET_FEATURES:
                self.features = message.u64()
            case Request.SET_SLAVE_REQ_FD:
                self.calls = socket.socket(fileno=message.fds[0])
            case Request.SET_MEM_TABLE:
                self._map(message)
            case Request.SET_VRING_NUM:
                index, number = message.state()
                self.vrings[index].num = number
            case Request.SET_VRING_ADDR:
                index, _, desc, used, avail, _ = vhost.VRING_ADDRESSES.unpack(message.payload)
                ring = self.vrings[index]
                ring.desc, ring.used, ring.avail = desc, used, avail
            case Request.SET_VRING_ENABLE:
                index, enabled = message.state()
                self.vrings[index].enabled = bool(enabled)

    def _map(self, message: Message) -> None:
        """Map the one region: there are two only where the kernel has been given more memory."""
        first, size, _, offset = vhost.REGION.unpack_from(message.payload, vhost.REGIONS_AT)
        self.memory = Memory(mmap.mmap(message.fds[0], size, offset=offset), first)
        for descriptor in message.fds:
            os.close(descriptor)

    def disconnect(self) -> None:
        """Close the connection, from either end."""
        for channel in (self.channel, self.calls):
            if channel is not None:
                channel.close()
        self.channel = self.calls = None
        self.vrings = []

    def call(self, index: int) -> None:
        """Raise the interrupt of a queue; the kernel answers on ``calls`` when it has taken it."""
        assert self.calls is not None
        payload = vhost.VRING_STATE.pack(index, 0)
        vhost.send(self.calls, vhost.SLAVE_VRING_CALL, vhost.NEED_REPLY, payload)

    def call_answered(self) -> None:
        """Take the answer to :meth:`call`."""
        assert self.calls is not None
        if vhost.receive(self.calls) is None:
            self.disconnect()

    def close(self) -> None:
        """End the connection and listen no more."""
        self.disconnect()
        self._listener.close()
