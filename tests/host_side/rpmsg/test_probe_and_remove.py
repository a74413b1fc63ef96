# SPDX-License-Identifier: Apache-2.0
"""How the virtio device comes up and goes down: status, features, buffers (facts 1.3, 2.1, 2.8)."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest

from host_side.rpmsg.core import RpmsgDriver
from tests.host_side.rpmsg.rig import POOL, RING0, RING1, Rig

VERSION_1, EVENT_IDX = 1 << 32, 1 << 29


class Quiet(RpmsgDriver):
    """A driver with an endpoint and nothing to say."""

    name = "quiet"
    id_table = ("quiet",)

    async def callback(self, rpdev: Any, data: bytes, src: int) -> None:
        """Nothing to do."""


def test_status_without_version_1() -> None:
    """FEATURES_OK is never written for a legacy device."""
    assert Rig(features=1).transport.statuses == [0, 1, 3, 7]


def test_status_with_version_1() -> None:
    assert Rig(features=1 | VERSION_1).transport.statuses == [0, 1, 3, 0xB, 0xF]


@pytest.mark.parametrize(
    ("offered", "taken"), [(0xFFFFFFFF, 0xF0000001), (0x0FFFFFFE, 0), (VERSION_1 | 2, VERSION_1)]
)
def test_features_outside_driver_and_transport_are_dropped(offered: int, taken: int) -> None:
    """Bits 28 and up belong to the transport, which may drop more of them."""
    assert Rig(features=offered).device.features == taken


@pytest.mark.parametrize(("num", "buffers"), [(2, 4), (4, 8), (128, 256), (256, 512), (512, 512)])
def test_number_of_buffers_comes_from_the_rx_ring(num: int, buffers: int) -> None:
    rig = Rig(num=num, align=64)
    assert rig.bus.num_bufs == buffers
    assert rig.rx.avail_idx == buffers // 2
    last = POOL + 512 * (buffers // 2 - 1)
    entries = [rig.rx.take() for _ in range(buffers // 2)]
    assert entries[0][1:] == (POOL, 512, 2)
    assert entries[-1][1:] == (last, 512, 2)


def test_ring_size_that_is_no_power_of_two_is_masked_wrongly() -> None:
    """num 6, mask 5: as on the original, slots 2 and 3 stay empty and heads 0 and 1 are lost."""
    rig = Rig(num=6)
    slots = [rig.machine.memory.u16(rig.rx.avail + 4 + 2 * i) for i in range(6)]
    assert slots == [2, 3, 0, 0, 4, 5]


def test_pool_too_small() -> None:
    """No fallback: the probe fails, the status says so, the kernel goes on."""
    rig = Rig(pool=2048)
    assert rig.transport.statuses == [0, 1, 3, 0x83]
    assert rig.log()[-2:] == [
        "virtio_rpmsg_bus virtio0: probe with driver virtio_rpmsg_bus failed with error -12",
        "Run /sbin/init as init process",
    ]
    assert rig.transport.vqs == []


def test_online_message_and_sysfs() -> None:
    rig = Rig()
    assert "virtio_rpmsg_bus virtio0: rpmsg host is online" in rig.log()
    assert rig.call(rig.device.attributes()) == {
        "device": "0x0007\n",
        "vendor": "0x0000\n",
        "status": "0x00000007\n",
        "modalias": "virtio:d00000007v00000000\n",
        "features": "1" + "0" * 63 + "\n",
    }


def test_first_kick_is_suppressed_by_an_early_flag() -> None:
    """The kick is decided before DRIVER_OK; the rings' memset came before that."""

    class Early(RpmsgDriver):
        name = "early"
        id_table = ("rpmsg_ctrl",)

        async def probe(self, rpdev: Any) -> None:
            await rpdev.bus._platform.bus.store(RING0 + 0x50, 2, 1)

    assert Rig(drivers=(Early(),)).transport.kicks == []


def test_event_idx_with_a_device_that_never_updates_avail_event() -> None:
    """Linux kicks vring0 once and vring1 for the first message only (facts 7)."""
    rig = Rig(features=1 | EVENT_IDX, drivers=(Quiet(),))
    rig.announce(b"quiet", 30)
    ept = rig.kernel.rpmsg.devices[-1].ept
    for _ in range(3):
        rig.call(ept.send(b"x"))
    assert rig.transport.kicks == [0, 1]


def test_remove_order_and_final_status() -> None:
    rig = Rig(drivers=(Quiet(),))
    rig.announce(b"quiet", 30)
    rig.call(rig.bus.create_channel("quiet", 0x91, 0x20))
    rings = [rig.machine.memory.read(base, 0x40) for base in (RING0, RING1)]
    rig.sent()
    rig.call(rig.kernel.virtio.unregister_device(rig.device))
    # The announced channel still says good-bye although the status is 0 already.
    assert rig.sent() == [(0x91, 53, pack("<32sII", b"quiet", 0x91, 1))]
    assert rig.transport.kicks[-1] == 1
    assert rig.transport.statuses[-2:] == [0, 1]
    assert rig.kernel.rpmsg.devices == []
    assert rig.transport.vqs == []
    assert rig.machine.memory.read(RING0, 0x40) == rings[0]


def test_pool_is_free_again_after_remove() -> None:
    rig = Rig(pool=0x1000)
    rig.call(rig.kernel.virtio.unregister_device(rig.device))
    device = rig.call(rig.kernel.virtio.register_device(rig.transport, 7))
    assert device.name == "virtio0"
    assert rig.transport.statuses[-1] == 7


def test_worker_that_finds_the_driver_gone_finds_no_endpoint_either() -> None:
    """rpmsg_remove() does not wait for it and leaves vdev->priv alone: no oops, no delivery."""
    rig = Rig()
    rvq = rig.transport.vqs[0]
    rig.deliver(53, b"", interrupt=False)
    rig.call(rig.kernel.virtio.unregister_device(rig.device))
    rig.call(rvq.interrupt())
    assert rig.log()[-1] == "virtio_rpmsg_bus virtio0: msg received with no recipient"
    assert rig.kernel.oopses == 0


class Departing(Quiet):
    """A driver that forgets the channel first, and takes its time to end."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.meanwhile: Any = None

    async def callback(self, rpdev: Any, data: bytes, src: int) -> None:
        self.got.append(data)

    async def remove(self, rpdev: Any) -> None:
        await self.meanwhile()


def test_message_while_the_driver_is_removed_reaches_nobody() -> None:
    """The endpoint outlives the driver's remove(), which nothing keeps apart from a callback."""
    driver = Departing()
    rig = Rig(drivers=(driver,))
    rig.announce(b"quiet", 30)
    rvq = rig.transport.vqs[0]
    rig.deliver(rig.kernel.rpmsg.devices[-1].src, b"before")
    rig.deliver(rig.kernel.rpmsg.devices[-1].src, b"late", interrupt=False)
    driver.meanwhile = rvq.interrupt
    rig.call(rig.kernel.virtio.unregister_device(rig.device))
    assert driver.got == [b"before"]
    assert rig.kernel.oopses == 0


def test_driver_that_binds_again_gets_messages_again() -> None:
    driver = Departing()
    driver.meanwhile = _at_once
    rig = Rig(drivers=(driver,))
    rig.announce(b"quiet", 30)
    rig.call(rig.kernel.rpmsg.unregister_driver(driver))
    rig.call(rig.kernel.rpmsg.register_driver(driver))
    rig.deliver(rig.kernel.rpmsg.devices[-1].src, b"again")
    assert driver.got == [b"again"]


async def _at_once() -> None:
    """Nothing happens meanwhile."""
