# SPDX-License-Identifier: Apache-2.0
"""The vdev entry of a resource table as Linux's remoteproc fills it in, field by field."""

from __future__ import annotations

from sim.core import STORE
from sim.firmware.resource_table import FEATURE_NS
from sim.linux_peer.drivers import Steps
from sim.linux_peer.vhost_device import VhostDevice

# Offsets in a vdev entry, from its type on, and in a vring of it (include/linux/remoteproc.h).
GUEST_FEATURES, STATUS, VRINGS, VRING_BYTES = 16, 24, 28, 20
VRING_NOTIFY_ID = 12
ACKNOWLEDGE, DRIVER, DRIVER_OK = 1, 2, 4


def fill_in(vdev: int, device: VhostDevice, ram: int) -> Steps[None]:
    """Go from reset up to DRIVER_OK in the order of virtio.c and rproc_virtio.c.

    ``vdev`` is the address of the entry, ``ram`` that of the kernel's RAM on the bus: a ring's
    device address is a bus address.
    """
    rings = [(vdev + VRINGS + VRING_BYTES * ring.index, ring) for ring in device.vrings]
    for at, ring in rings:
        yield (STORE, at + VRING_NOTIFY_ID, 4, ring.index)
    yield (STORE, vdev + STATUS, 1, 0)
    yield (STORE, vdev + STATUS, 1, ACKNOWLEDGE)
    yield (STORE, vdev + STATUS, 1, ACKNOWLEDGE | DRIVER)
    yield (STORE, vdev + GUEST_FEATURES, 4, device.features & FEATURE_NS)
    for at, ring in rings:
        yield (STORE, at, 4, ram + (ring.desc or 0))


def driver_ok(vdev: int) -> Steps[None]:
    """Say that the driver is ready."""
    yield (STORE, vdev + STATUS, 1, ACKNOWLEDGE | DRIVER | DRIVER_OK)
