# SPDX-License-Identifier: Apache-2.0
"""The rulebook of the virtio device in the resource table, and of memory that is not shared."""

from __future__ import annotations

from sim.referee.rule import Severity, chapter

status_rule = chapter("status")
feature_rule = chapter("features")
table_rule = chapter("table")
memory_rule = chapter("memory")

STATUS_ORDER = status_rule(
    "order",
    "VirtIO 1.2, 3.1.1; Linux writes 0, 1, 3, 7",
    "the status goes ACKNOWLEDGE, DRIVER, DRIVER_OK, one bit after the other",
)
STATUS_CLEARED = status_rule(
    "bits-cleared",
    "VirtIO 1.2, 2.1.1",
    "no bit of the status is cleared but by a reset to 0",
)
STATUS_UNKNOWN = status_rule(
    "bits-unknown",
    "VirtIO 1.2, 2.1; Linux writes no FEATURES_OK where VERSION_1 cannot be offered",
    "of the status only ACKNOWLEDGE, DRIVER, DRIVER_OK and FAILED are used",
)
STATUS_BY_DEVICE = status_rule(
    "written-by-device",
    "Linux remoteproc_virtio.c; rpmsg-lite and open-amp read it",
    "the remote does not write the status",
)
NOT_OFFERED = feature_rule(
    "not-offered",
    "VirtIO 1.2, 2.2.1",
    "the driver accepts no feature that the device does not offer",
)
LATE = feature_rule(
    "late",
    "VirtIO 1.2, 3.1.1; Linux virtio.c",
    "features are accepted between DRIVER and DRIVER_OK",
)
OFFER_CHANGED = feature_rule(
    "offer-changed",
    "VirtIO 1.2, 2.2",
    "what the device offers does not change",
)
VERSION = table_rule(
    "reserved",
    "Linux remoteproc_core.c: 'rsc table has non zero reserved bytes'",
    "the reserved words of the table and of its vdev are zero",
)
RING_OUTSIDE = table_rule(
    "ring-outside-carveout",
    "Linux remoteproc_virtio.c: the ring lies in vdev0vringN",
    "a ring lies inside the memory that is set aside for it",
)
RING_ALIGN = table_rule(
    "ring-alignment",
    "VirtIO 1.2, 2.7; Linux include/linux/rsc_table.h",
    "a ring's address is a multiple of its alignment",
)
RING_NUM = table_rule(
    "ring-size",
    "VirtIO 1.2, 2.7: a power of 2",
    "the number of descriptors of a ring is a power of 2",
)
RING_MOVED = table_rule(
    "ring-moved",
    "Linux remoteproc_virtio.c writes it while the queue is found",
    "the address of a ring is written between DRIVER and DRIVER_OK",
)
NOTIFY_IDS = table_rule(
    "notify-ids",
    "Linux remoteproc_core.c: ids come from one idr",
    "the rings of a link have different notify ids",
)
BY_DEVICE = table_rule(
    "written-by-device",
    "Linux include/linux/rsc_table.h: filled in by the host",
    "the remote does not write its resource table while Linux has a driver on it",
)
FOREIGN = memory_rule(
    "foreign-write",
    "the board's devicetree: memory of each side",
    "a side writes its own memory and the shared regions, not the other side's",
)
BUS_ERROR = memory_rule(
    "bus-error",
    "AXI: SLVERR, DECERR",
    "an access to the memory of the link gives no bus error",
    Severity.WARNING,
)
