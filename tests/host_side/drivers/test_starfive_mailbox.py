# SPDX-License-Identifier: Apache-2.0
"""The StarFive driver and a remote that runs on hart 4 of the plain machine as the RTOS does."""

from __future__ import annotations

from collections.abc import Generator
from struct import pack, unpack
from typing import Any

import pytest

from host_side.devicetree import DeviceNode
from host_side.drivers import starfive_rpmsg
from host_side.kernel.linux import LinuxKernel
from host_side.kernel.requests import LOAD, READ, SOFT, STORE, WAIT, WRITE
from host_side.rpmsg import name_service, virtio_rpmsg_bus
from host_side.rpmsg.core import RpmsgDevice, RpmsgDriver
from tests.host_side.plain_machine import (
    BUFFERS,
    CLINT,
    MAILBOX,
    NODES,
    VRINGS,
    PlainMachine,
    boot,
    linux_on,
    shared_machine,
)

# The remote's view of the mailbox.
TX_STATUS, RX_STATUS, TX_CH = MAILBOX, MAILBOX + 0x40, MAILBOX + 0xC0
RING0, RING1 = VRINGS, VRINGS + 0xC0
AVAIL, USED = 0x40, 0x80
READY, BUSY, DONE = 0, 1, 2
NUM = 2

Steps = Generator[Any, Any, Any]


class Remote:
    """An echo firmware in bus requests: announces itself, sends back what it gets."""

    def __init__(self) -> None:
        self.ipis = 0
        self.echoed = 0
        self.tx_seen = self.tx_used = self.rx_seen = self.rx_used = 0

    def run(self) -> Steps:
        yield (STORE, TX_STATUS, 4, READY)
        yield (STORE, RX_STATUS, 4, READY)
        yield from self._wait_ipi()
        yield from self._send(0x4004, 53, pack("<32sII", b"echo", 0x4004, 0))
        while True:
            yield from self._wait_ipi()
            yield from self._serve()

    def _wait_ipi(self) -> Steps:
        yield (WAIT, -1, SOFT)
        yield (STORE, CLINT + 16, 4, 0)
        self.ipis += 1
        if (yield (LOAD, TX_STATUS, 4)) == DONE:
            yield (STORE, TX_STATUS, 4, READY)
        if (yield (LOAD, RX_STATUS, 4)) == BUSY:
            yield (STORE, RX_STATUS, 4, DONE)

    def _serve(self) -> Steps:
        while (yield (LOAD, RING1 + AVAIL + 2, 2)) != self.rx_seen:
            head = yield (LOAD, RING1 + AVAIL + 4 + 2 * (self.rx_seen % NUM), 2)
            self.rx_seen = (self.rx_seen + 1) & 0xFFFF
            address = yield (LOAD, RING1 + 16 * head, 8)
            src, dst, _, length, _ = unpack("<IIIHH", (yield (READ, address, 16)))
            data = yield (READ, address + 16, length)
            yield from self._give(RING1, self.rx_used, head)
            self.rx_used = (self.rx_used + 1) & 0xFFFF
            yield from self._notify(1)
            yield from self._send(dst, src, data)
            self.echoed += 1

    def _send(self, src: int, dst: int, data: bytes) -> Steps:
        while (yield (LOAD, RING0 + AVAIL + 2, 2)) == self.tx_seen:
            yield (WAIT, 100, 0)
        head = yield (LOAD, RING0 + AVAIL + 4 + 2 * (self.tx_seen % NUM), 2)
        self.tx_seen = (self.tx_seen + 1) & 0xFFFF
        address = yield (LOAD, RING0 + 16 * head, 8)
        yield (WRITE, address, pack("<IIIHH", src, dst, 0, len(data), 0) + data)
        yield from self._give(RING0, self.tx_used, head)
        self.tx_used = (self.tx_used + 1) & 0xFFFF
        yield from self._notify(0)

    def _give(self, ring: int, used: int, head: int) -> Steps:
        yield (WRITE, ring + USED + 4 + 8 * (used % NUM), pack("<II", head, 512))
        yield (STORE, ring + USED + 2, 2, (used + 1) & 0xFFFF)

    def _notify(self, vector: int) -> Steps:
        yield (STORE, TX_CH, 4, vector << 16)
        if vector == 0:
            yield (STORE, TX_STATUS, 4, BUSY)
        yield (STORE, CLINT + 4, 4, 1)


class Echo(RpmsgDriver):
    """Sends a numbered message when bound and after each answer, ``count`` in all."""

    name = "echo_client"
    id_table = ("echo",)

    def __init__(self, count: int) -> None:
        self.count = count
        self.got: list[bytes] = []

    async def probe(self, rpdev: RpmsgDevice) -> None:
        await rpdev.ept.send(b"message 0")

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        self.got.append(data)
        if len(self.got) < self.count:
            await rpdev.ept.send(b"message %d" % len(self.got))


class System:
    """Booted Linux beside the remote."""

    def __init__(
        self, count: int = 1, nodes: tuple[DeviceNode, ...] = NODES, seed: int = 1
    ) -> None:
        self.machine: PlainMachine = shared_machine()
        self.kernel: LinuxKernel = linux_on(self.machine, seed, nodes)
        self.client = Echo(count)
        self.remote = Remote()
        self.machine.start(4, self.remote.run())
        self.machine.recording = True
        self.machine.memory.write(VRINGS, b"\xff" * 0x10000)
        for module in (name_service, virtio_rpmsg_bus, starfive_rpmsg):
            self.kernel.add_initcall(module.init)
        self.kernel.add_initcall(lambda kernel: kernel.rpmsg.register_driver(self.client))
        boot(self.machine, self.kernel)

    def log(self) -> list[str]:
        return [record.text for record in self.kernel.log.records]

    def finish(self) -> None:
        self.machine.run(lambda: len(self.client.got) >= self.client.count)
        self.machine.run_for(1_000_000)


def test_probe_clears_the_rings_and_fills_the_receive_ring() -> None:
    system = System()
    memory = system.machine.memory
    assert memory.read(VRINGS + 0x180, 0x10000 - 0x180) == bytes(0x10000 - 0x180)
    assert unpack("<QIHH", memory.read(RING0, 16))[:3] == (BUFFERS, 512, 2)
    assert unpack("<QIHH", memory.read(RING0 + 16, 16))[:3] == (BUFFERS + 512, 512, 2)
    assert memory.u16(RING1 + AVAIL) == 1
    assert "starfive-rpmsg rpmsg: registered virtio0" in system.log()


def test_features_ok_is_seen_by_linux_only() -> None:
    device = System().kernel.virtio.devices[0]
    assert device.features == 1 | 1 << 32


def test_echo_goes_round() -> None:
    system = System(count=20)
    system.finish()
    assert system.client.got == [b"message %d" % n for n in range(20)]


def test_every_kick_is_an_ipi_but_only_output_marks_the_mailbox() -> None:
    system = System(count=3)
    system.finish()
    linux = [a[1:] for a in system.machine.accesses if a[0] == 1]
    ipis = linux.count(("store4", CLINT + 16, 1))
    # One when the device comes up, one for each message sent, one for each batch received.
    assert ipis == 1 + 3 + 4
    assert linux.count(("store4", RX_STATUS, BUSY)) == 3


def test_amp_ipis_are_counted_on_the_boot_cpu() -> None:
    system = System(count=5)
    system.finish()
    amp = system.kernel.interrupts.ipis[5]
    sent = sum(a[1:] == ("store4", CLINT + 4, 1) and a[0] == 4 for a in system.machine.accesses)
    assert 0 < amp[0] <= sent
    assert amp[1:] == [0, 0]


def test_handler_order_of_mailbox_accesses() -> None:
    """IPI: msip = 0, tx status, rx status, rx status = DONE; worker: rx status, then the ring."""
    system = System(count=1)
    system.finish()
    linux = [a[1:] for a in system.machine.accesses if a[0] == 1]
    begin = linux.index(("load4", TX_STATUS, BUSY))
    assert linux[begin - 2 : begin + 4] == [
        ("store4", CLINT + 4, 0),
        ("load4", RX_STATUS, READY),
        ("load4", TX_STATUS, BUSY),
        ("store4", TX_STATUS, DONE),
        ("load4", TX_STATUS, DONE),
        ("load2", RING0 + USED + 2, 1),
    ]


def test_unbind_takes_everything_down() -> None:
    system = System(count=2)
    system.finish()
    kernel = system.kernel
    device = next(d for d in kernel.platform_bus.devices if d.driver)
    task = kernel.spawn(kernel.platform_bus.unbind(device), "unbind")
    system.machine.run(lambda: task.exited)
    assert kernel.rpmsg.devices == []
    assert kernel.virtio.devices == []
    got = len(system.client.got)
    system.machine.memory.put(TX_STATUS, 4, BUSY)
    system.machine.harts[1].lines[0] |= SOFT
    system.machine.run_for(1_000_000)
    assert system.machine.memory.u32(TX_STATUS) == BUSY
    assert len(system.client.got) == got


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        (
            "rtos-hart-id",
            "four",
            "/rpmsg: expected one integer in rtos-hart-id, found 'four'",
        ),
        (
            "memory-region",
            {"mailbox": (MAILBOX, 4096)},
            "/rpmsg: expected a memory-region named buffers, found none",
        ),
    ],
)
def test_bad_node(key: str, value: Any, text: str) -> None:
    node = NODES[1]._replace(properties={**NODES[1].properties, key: value})
    log = System(nodes=(NODES[0], node)).log()
    failed = "starfive-rpmsg rpmsg: probe with driver starfive-rpmsg failed with error -22"
    assert [f"starfive-rpmsg rpmsg: {text}", failed] == log[-3:-1]


def test_rings_outside_the_memory_panic_the_boot() -> None:
    """The driver probes in the init task: an access fault there is the end."""
    far = dict(NODES[1].properties["memory-region"], vrings=(0x7000_0000, 0x1000))
    node = NODES[1]._replace(properties={**NODES[1].properties, "memory-region": far})
    machine = shared_machine()
    kernel = linux_on(machine, nodes=(NODES[0], node))
    kernel.add_initcall(starfive_rpmsg.init)
    for number, software in enumerate((kernel.boot_cpu(), *map(kernel.secondary_cpu, (1, 2)))):
        machine.start(number + 1, software)
    machine.run(lambda: kernel.panicked)
    assert [record.text for record in kernel.log.records][-4:] == [
        "bus access at 0x70000000 refused: DECERR",
        "Oops [#1]",
        "CPU: 0 PID: 1 Comm: swapper/0",
        "Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b",
    ]


def test_same_seed_same_run() -> None:
    def trace(seed: int) -> list[Any]:
        system = System(count=30, seed=seed)
        system.finish()
        system.machine.run_for(50_000_000)
        return [*system.machine.accesses, *system.kernel.log.records]

    assert trace(1) == trace(1)
