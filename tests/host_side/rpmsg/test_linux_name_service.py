# SPDX-License-Identifier: Apache-2.0
"""Channels that come and go by name service messages, both ways (facts 2.3, 2.6)."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest

from host_side.kernel.errors import LinuxError
from host_side.rpmsg.core import ADDR_ANY, RpmsgDevice, RpmsgDriver
from tests.host_side.rpmsg.rig import POOL, Rig

PREFIX = "virtio_rpmsg_bus virtio0: "


class Service(RpmsgDriver):
    """A driver that notes what happens to it."""

    name = "service"
    id_table = ("service", "served-too")

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.probe_error = 0

    async def probe(self, rpdev: RpmsgDevice) -> None:
        self.notes.append(f"probe {rpdev.dev_name} src 0x{rpdev.src:x}")
        if self.probe_error:
            raise LinuxError(self.probe_error)

    async def remove(self, rpdev: RpmsgDevice) -> None:
        self.notes.append(f"remove {rpdev.dev_name}")

    async def callback(self, rpdev: RpmsgDevice, data: bytes, src: int) -> None:
        self.notes.append(f"data {data!r}")


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def rig(service: Service) -> Rig:
    return Rig(drivers=(service,))


def names(rig: Rig) -> list[str]:
    return [rpdev.dev_name for rpdev in rig.kernel.rpmsg.devices]


def test_helper_devices(rig: Rig) -> None:
    assert names(rig) == ["virtio0.rpmsg_ctrl.0.0", "virtio0.rpmsg_ns.53.53"]


def test_create_binds_and_sends_nothing(rig: Rig, service: Service) -> None:
    rig.announce(b"service", 0x1E)
    assert rig.log()[-1] == f"{PREFIX}creating channel service addr 0x1e"
    assert names(rig)[-1] == "virtio0.service.-1.30"
    assert service.notes == ["probe virtio0.service.-1.30 src 0x400"]
    assert rig.kernel.rpmsg.devices[-1].attributes() == {
        "name": "service\n",
        "src": "0x400\n",
        "dst": "0x1e\n",
        "announce": "false\n",
        "modalias": "rpmsg:service\n",
    }
    assert rig.sent() == []


def test_channel_without_driver_waits_for_one(rig: Rig) -> None:
    rig.announce(b"orphan", 5)
    rpdev = rig.kernel.rpmsg.devices[-1]
    assert (rpdev.driver, rpdev.ept, rpdev.src) == (None, None, ADDR_ANY)
    late = Service()
    late.id_table = ("orphan",)
    rig.call(rig.kernel.rpmsg.register_driver(late))
    assert late.notes == ["probe virtio0.orphan.-1.5 src 0x400"]


def test_message_for_the_new_endpoint(rig: Rig, service: Service) -> None:
    rig.announce(b"service", 0x1E)
    rig.deliver(0x400, b"hi")
    assert service.notes[-1] == "data b'hi'"


def test_destroy(rig: Rig, service: Service) -> None:
    rig.announce(b"service", 0x1E)
    rig.announce(b"service", 0x1E, flags=1)
    assert rig.log()[-1] == f"{PREFIX}destroying channel service addr 0x1e"
    assert service.notes[-1] == "remove virtio0.service.-1.30"
    assert len(names(rig)) == 2
    rig.announce(b"service", 0x1E)
    assert service.notes[-1].endswith("src 0x400")  # the lowest free address is used again


def test_destroy_unknown(rig: Rig) -> None:
    rig.announce(b"nobody", 1, flags=1)
    assert rig.log()[-2:] == [
        f"{PREFIX}destroying channel nobody addr 0x1",
        f"{PREFIX}rpmsg_destroy_channel failed: -22",
    ]


def test_only_bit_zero_of_the_flags_counts(rig: Rig) -> None:
    rig.announce(b"service", 0x1E, flags=0xFFFFFFFE)
    assert rig.log()[-1] == f"{PREFIX}creating channel service addr 0x1e"
    rig.announce(b"service", 0x1E, flags=0x80000001)
    assert rig.log()[-1] == f"{PREFIX}destroying channel service addr 0x1e"


def test_duplicate_is_refused(rig: Rig) -> None:
    rig.announce(b"service", 0x1E)
    rig.announce(b"service", 0x1E)
    assert rig.log()[-2:] == [
        f"{PREFIX}channel service:ffffffff:1e already exist",
        f"{PREFIX}rpmsg_create_channel failed",
    ]
    assert len(names(rig)) == 3


def test_same_name_other_address_is_another_channel(rig: Rig, service: Service) -> None:
    rig.announce(b"service", 0x1E)
    rig.announce(b"service", 0x1F)
    assert service.notes == [
        "probe virtio0.service.-1.30 src 0x400",
        "probe virtio0.service.-1.31 src 0x401",
    ]


@pytest.mark.parametrize("length", [0, 39, 41, 496])
def test_malformed(rig: Rig, length: int) -> None:
    rig.deliver(53, bytes(length))
    assert rig.log()[-1] == f"{PREFIX}malformed ns msg ({length})"
    assert rig.rx.avail_idx == 5
    assert len(names(rig)) == 2


def test_name_is_terminated_in_the_shared_buffer(rig: Rig) -> None:
    rig.announce(b"n" * 32, 9)
    assert rig.machine.memory.read(POOL + 16, 32) == b"n" * 31 + b"\0"
    assert rig.log()[-1] == f"{PREFIX}creating channel {'n' * 31} addr 0x9"


def test_empty_and_odd_names(rig: Rig) -> None:
    rig.announce(b"", 9)
    assert names(rig)[-1] == "virtio0..-1.9"
    rig.announce(b"a/b", 9)
    assert names(rig)[-1] == "virtio0.a!b.-1.9"


def test_channel_to_any_cannot_send_and_collides_with_every_address(
    rig: Rig, service: Service
) -> None:
    rig.announce(b"service", 0x1E)
    rig.announce(b"service", ADDR_ANY)
    assert rig.log()[-2] == f"{PREFIX}channel service:ffffffff:ffffffff already exist"
    rig.announce(b"served-too", ADDR_ANY)
    assert names(rig)[-1] == "virtio0.served-too.-1.-1"
    with pytest.raises(LinuxError, match=r"EINVAL \(-22\)"):
        rig.call(rig.kernel.rpmsg.devices[-1].ept.send(b"x"))


def test_source_of_the_announcement_does_not_count(rig: Rig) -> None:
    rig.deliver(53, pack("<32sII", b"service", 0x1E, 0), src=0xDEAD)
    assert names(rig)[-1] == "virtio0.service.-1.30"


def test_without_the_feature_there_is_no_name_service() -> None:
    rig = Rig(features=0)
    assert names(rig) == ["virtio0.rpmsg_ctrl.0.0"]
    rig.announce(b"service", 0x1E)
    assert rig.log()[-1] == f"{PREFIX}msg received with no recipient"


def test_probe_failure_leaves_the_channel_unbound(rig: Rig, service: Service) -> None:
    service.probe_error = 12
    rig.announce(b"service", 0x1E)
    prefix = "service virtio0.service.-1.30: "
    assert rig.log()[-2:] == [
        f"{prefix}rpmsg_dev_probe: failed: -12",
        f"{prefix}probe with driver service failed with error -12",
    ]
    rpdev = rig.kernel.rpmsg.devices[-1]
    assert (rpdev.driver, rpdev.ept) == (None, None)
    rig.deliver(0x400, b"x")
    assert rig.log()[-1] == f"{PREFIX}msg received with no recipient"


def test_channel_made_by_linux_is_announced(rig: Rig, service: Service) -> None:
    """src != ANY: CREATE with the endpoint's address to 53, after probe; DESTROY before remove."""
    rpdev = rig.call(rig.bus.create_channel("service", 0x91, 0x20))
    assert (rpdev.announce, rpdev.dev_name) == (True, "virtio0.service.145.32")
    rig.call(rig.bus.release_channel("service", 0x91, 0x20))
    field = b"service".ljust(32, b"\0")
    assert rig.sent() == [
        (0x91, 53, pack("<32sII", field, 0x91, 0)),
        (0x91, 53, pack("<32sII", field, 0x91, 1)),
    ]
    assert service.notes[-1] == "remove virtio0.service.145.32"


def test_failed_announcement_undoes_the_probe(rig: Rig, service: Service) -> None:
    for _ in range(4):
        rig.call(rig.bus.send(rig.kernel.rpmsg.devices[0], 1, 2, b"", True))
    rig.call(rig.bus.create_channel("service", 0x91, 0x20), limit_ns=20 * 10**9)
    prefix = "service virtio0.service.145.32: "
    assert rig.log()[-4:] == [
        f"{prefix}timeout waiting for a tx buffer",
        f"{prefix}failed to announce service -512",
        f"{prefix}failed to announce creation",
        f"{prefix}probe with driver service failed with error -512",
    ]
    assert service.notes[-1] == "remove virtio0.service.145.32"


def test_release_unknown(rig: Rig) -> None:
    with pytest.raises(LinuxError, match=r"EINVAL \(-22\)"):
        rig.call(rig.bus.release_channel("nobody", ADDR_ANY, ADDR_ANY))


async def ignore(rpdev: Any, data: bytes, src: int) -> None:
    """Callback that drops its message."""


@pytest.mark.parametrize(
    ("address", "errno"), [(53, -28), (0x400, -28), (0x80000000, -22), (0xFFFFFFFE, -22)]
)
def test_explicit_address_refused(rig: Rig, address: int, errno: int) -> None:
    rig.announce(b"service", 0x1E)
    rpdev = rig.kernel.rpmsg.devices[0]
    with pytest.raises(LinuxError) as caught:
        rig.call(rpdev.create_ept(ignore, "x", address, ADDR_ANY))
    assert caught.value.errno == -errno
    assert rig.log()[-1] == f"rpmsg virtio0.rpmsg_ctrl.0.0: idr_alloc failed: {errno}"


def test_dynamic_addresses_are_the_lowest_free(rig: Rig) -> None:
    rpdev = rig.kernel.rpmsg.devices[0]
    epts = [rig.call(rpdev.create_ept(ignore, "x", ADDR_ANY, 0)) for _ in range(3)]
    assert [ept.addr for ept in epts] == [0x400, 0x401, 0x402]
    rig.call(epts[1].destroy())
    assert rig.call(rpdev.create_ept(ignore, "x", ADDR_ANY, 0)).addr == 0x401
    assert rig.call(rpdev.create_ept(ignore, "x", 7, 0)).addr == 7


def test_taken_address_fails_the_probe(rig: Rig, service: Service) -> None:
    rpdev = rig.kernel.rpmsg.devices[0]
    rig.call(rpdev.create_ept(ignore, "x", 0x91, 0))
    rig.call(rig.bus.create_channel("service", 0x91, 0x20))
    prefix = "service virtio0.service.145.32: "
    assert rig.log()[-3:] == [
        f"{prefix}idr_alloc failed: -28",
        f"{prefix}failed to create endpoint",
        f"{prefix}probe with driver service failed with error -12",
    ]
    assert service.notes == []


def test_driver_override(rig: Rig, service: Service) -> None:
    rig.announce(b"orphan", 5)
    rpdev = rig.kernel.rpmsg.devices[-1]
    rpdev.driver_override = "other"
    other = Service()
    other.name = "other"
    other.id_table = ()
    rig.call(rig.kernel.rpmsg.register_driver(other))
    assert other.notes == ["probe virtio0.orphan.-1.5 src 0x400"]


def test_unregistered_driver_leaves_its_channels(rig: Rig, service: Service) -> None:
    rig.announce(b"service", 0x1E)
    rig.call(rig.kernel.rpmsg.unregister_driver(service))
    assert service.notes[-1] == "remove virtio0.service.-1.30"
    assert names(rig)[-1] == "virtio0.service.-1.30"
    rig.deliver(0x400, b"x")
    assert rig.log()[-1] == f"{PREFIX}msg received with no recipient"
