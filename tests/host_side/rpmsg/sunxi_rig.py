# SPDX-License-Identifier: Apache-2.0
"""Linux with Allwinner's rpmsg drivers, and a remote of the test's own that answers them.

The remote knows the wire as bytes: name service messages to address 53, 44-byte requests, 8-byte
acks. It runs on hart 4, so that Linux can wait for it.
"""

from __future__ import annotations

from collections.abc import Generator
from struct import pack, unpack
from typing import Any

from host_side.devicetree import DeviceNode, DeviceTree
from host_side.rpmsg.sunxi_client import SunxiClient
from host_side.rpmsg.sunxi_ctrl import SunxiMaster
from host_side.rpmsg.sunxi_numbers import SunxiNumbers
from host_side.rpmsg.sunxi_test import SunxiTest
from tests.host_side.shell.user_rig import UserRig

OK, FAILED, NOLISTEN, BUSY, NOMEM, NOENT = range(0x13131411, 0x13131417)
CREATE, CLOSE, RESET_GRP, RESET_ALL = 0x13141413, 0x13141414, 0x12131516, 0x14151617
NODE = "e907_rproc@43030000"
CTRL = f"/dev/rpmsg_ctrl-{NODE}"
CLASS = f"/sys/class/rpmsg/rpmsg_ctrl-{NODE}"
CTRL_ADDR, FIRST_CLIENT = 0x400, 0x500


class RemoteProcessor:
    """What the transport belongs to."""

    name = "e907_rproc"


class SunxiRig(UserRig):
    """``bound`` are names clients may ask for, ``acks`` what a request is answered with."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kernel.tree = DeviceTree([*self.kernel.tree.nodes, DeviceNode(f"/soc/{NODE}")])
        self.transport.rproc = RemoteProcessor()
        self.bound = {"test"}
        self.acks: dict[int, int | None] = {}
        self.requests: list[tuple[str, int, int, int]] = []
        self.peers: dict[str, int] = {}
        """Linux's address by channel name, learned from the name service."""
        self.gone: list[str] = []
        self.clients: dict[int, tuple[int, int]] = {}
        """Our and Linux's address of each client by its id."""
        self.received: list[tuple[int, bytes]] = []
        self.log_numbers = SunxiNumbers()
        self._pending: list[tuple[str, int]] = []
        user = self.user
        for driver in (
            SunxiMaster(self.kernel, self.kernel.tree, user.fs, user.sysfs, self.log_numbers),
            SunxiClient(self.kernel, user.fs, user.sysfs, self.log_numbers),
            SunxiTest(self.kernel),
        ):
            self.call(self.kernel.rpmsg.register_driver(driver))
        self.machine.start(4, self._run())

    def announce_ctrl(self) -> None:
        """The remote opens its control endpoint."""
        self.announce(b"sunxi,rpmsg_ctrl", CTRL_ADDR)
        self.machine.run(lambda: "sunxi,rpmsg_ctrl" in self.peers)

    def _run(self) -> Generator[Any, Any, None]:
        while True:
            yield (4, 300, 0)
            for src, dst, data in self.give_back():
                self._take(src, dst, data)

    def _take(self, src: int, dst: int, data: bytes) -> None:
        if dst == 53:
            name, address, flags = unpack("<32sII", data)
            text = name.split(b"\0")[0].decode()
            if flags:
                self.gone.append(text)
            else:
                self._hello(text, address)
        elif dst == CTRL_ADDR and len(data) == 44:
            name, number, ctrl, command = unpack("<32sIII", data)
            self._request(name.split(b"\0")[0].decode(), number, ctrl, command)
        else:
            self.received.append((dst, data))
            self._client_acked(dst, data)

    def _hello(self, name: str, address: int) -> None:
        self.peers[name] = address
        if name == "sunxi,rpmsg_client" and self._pending:
            client, number = self._pending[0]
            ours = FIRST_CLIENT + number
            self.clients[number] = (ours, address)
            self.reply(address, pack("<32sIII", client.encode(), number, 0, CREATE), ours)

    def _request(self, name: str, number: int, ctrl: int, command: int) -> None:
        self.requests.append((name, number, ctrl, command))
        answer = self.acks.get(command, OK)
        if command == CREATE and name in self.bound and answer == OK:
            self._pending.append((name, number))
            self.tell(53, pack("<32sII", b"sunxi,rpmsg_client", FIRST_CLIENT + number, 0))
            return
        if command == CREATE and name not in self.bound:
            answer = NOLISTEN
        if answer is None:
            return
        if answer == OK:
            self._close(number, command)
        self.ack(number, answer)

    def _close(self, number: int, command: int) -> None:
        for known in [number] if command == CLOSE else list(self.clients):
            ours, _ = self.clients.pop(known)
            self.tell(53, pack("<32sII", b"sunxi,rpmsg_client", ours, 1))

    def _client_acked(self, dst: int, data: bytes) -> None:
        if self._pending and dst == FIRST_CLIENT + self._pending[0][1]:
            _, number = self._pending.pop(0)
            self.ack(number, unpack("<II", data)[1])

    def ack(self, number: int, ack: int) -> None:
        """Answer on the control channel."""
        self.reply(self.peers["sunxi,rpmsg_ctrl"], pack("<II", number, ack), CTRL_ADDR)

    def reply(self, dst: int, data: bytes, src: int) -> None:
        """Send to Linux from within the remote."""
        self.deliver(dst, data, src=src, interrupt=False)
        self.raise_interrupt(0)

    def tell(self, dst: int, data: bytes) -> None:
        """Send from an address that does not matter."""
        self.reply(dst, data, 1)

    def to_client(self, number: int, data: bytes) -> None:
        """Send to a client's device and let Linux take it."""
        ours, theirs = self.clients[number]
        self.deliver(theirs, data, src=ours)
