# SPDX-License-Identifier: Apache-2.0
"""The rulebook of the rings: indices, entries and descriptors of a split virtqueue."""

from __future__ import annotations

from sim.referee.rule import Severity, chapter

rule = chapter("ring")

AVAIL_BACK = rule(
    "avail-index-back",
    "VirtIO 1.2, 2.7.6.1",
    "the driver never moves the available index back",
)
AVAIL_OVERRUN = rule(
    "avail-index-jump",
    "VirtIO 1.2, 2.7.13.3",
    "no more buffers are available than the ring has descriptors",
)
AVAIL_STALE = rule(
    "avail-entry-stale",
    "VirtIO 1.2, 2.7.13.2",
    "an entry of the available ring is written before the index that covers it",
)
HEAD_RANGE = rule(
    "avail-head-range",
    "VirtIO 1.2, 2.7.13.2",
    "an available entry names a descriptor of the table",
)
HEAD_IN_USE = rule(
    "avail-head-in-use",
    "VirtIO 1.2, 2.7.13.1",
    "a descriptor is made available again only after the device has returned it",
)
DESC_IN_USE = rule(
    "desc-changed-in-use",
    "VirtIO 1.2, 2.7.13.1",
    "a descriptor does not change while the device has it",
)
DESC_LOOP = rule(
    "desc-chain-loop",
    "VirtIO 1.2, 2.7.5.1",
    "a chain of descriptors ends: it has no loop",
)
DESC_NEXT_RANGE = rule(
    "desc-next-range",
    "VirtIO 1.2, 2.7.5",
    "the next field of a chained descriptor names a descriptor of the table",
)
DESC_CHAINED = rule(
    "desc-chained",
    "Linux drivers/rpmsg/virtio_rpmsg_bus.c: one scatterlist entry a message",
    "a message is one descriptor; rpmsg-lite follows no chain",
)
DESC_INDIRECT = rule(
    "desc-indirect",
    "VirtIO 1.2, 2.7.5.3.1",
    "the flag INDIRECT is set only where VIRTIO_F_INDIRECT_DESC was negotiated",
)
DESC_FLAGS = rule(
    "desc-flags",
    "VirtIO 1.2, 2.7.5",
    "of a descriptor's flags only NEXT, WRITE and INDIRECT are used",
)
DESC_DIRECTION = rule(
    "desc-direction",
    "VirtIO 1.2, 2.7.5; RPMsg: vring 0 is filled by the remote, vring 1 by Linux",
    "buffers for the device to write carry WRITE, buffers for it to read do not",
)
DESC_OUTSIDE = rule(
    "desc-outside-buffers",
    "Linux drivers/rpmsg/virtio_rpmsg_bus.c: buffers come from the vdev's memory",
    "a descriptor's buffer lies inside the memory of the link's buffers",
)
DESC_TOO_LONG = rule(
    "desc-too-long",
    "Linux drivers/rpmsg/virtio_rpmsg_bus.c: MAX_RPMSG_BUF_SIZE",
    "a descriptor is not longer than one message buffer",
)
DESC_TOO_SHORT = rule(
    "desc-too-short",
    "Linux drivers/rpmsg/virtio_rpmsg_bus.c: struct rpmsg_hdr",
    "a descriptor has room for the header of a message",
)
DESC_OVERLAP = rule(
    "desc-overlap",
    "VirtIO 1.2, 2.7.13",
    "two available descriptors have no byte of a buffer in common",
)
DESC_HIGH_ADDRESS = rule(
    "desc-address-32bit",
    "rpmsg-lite lib/virtio/virtqueue.c: addresses are cut to 32 bits",
    "the upper half of a descriptor's address is zero",
)
USED_BACK = rule(
    "used-index-back",
    "VirtIO 1.2, 2.7.8; Linux virtio_ring.c: taken for up to 65535 new entries",
    "the device never moves the used index back",
)
USED_JUMP = rule(
    "used-index-jump",
    "VirtIO 1.2, 2.7.8; Linux virtio_ring.c: entries are consumed until a bad id",
    "the used index covers no more buffers than the device was given",
)
USED_STALE = rule(
    "used-entry-stale",
    "VirtIO 1.2, 2.7.8.2",
    "an element of the used ring is written before the index that covers it",
)
USED_RANGE = rule(
    "used-id-range",
    "Linux virtio_ring.c: 'id %u out of range' breaks the queue",
    "a used element names a descriptor of the table",
)
USED_NOT_POSTED = rule(
    "used-id-not-posted",
    "Linux virtio_ring.c: 'id %u is not a head!' breaks the queue",
    "a used element names a buffer that the device has",
)
USED_NOT_TAKEN = rule(
    "used-not-taken",
    "VirtIO 1.2, 2.7.6: the device reads what it is given",
    "the device has read the descriptor of a buffer that it returns",
)
USED_LENGTH = rule(
    "used-length",
    "VirtIO 1.2, 2.7.8.2; Linux: 'inbound msg too big'",
    "the used length is not greater than the descriptor's",
)
AVAIL_FLAGS = rule(
    "avail-flags",
    "VirtIO 1.2, 2.7.6",
    "of the available ring's flags only NO_INTERRUPT is used",
)
USED_FLAGS = rule(
    "used-flags",
    "VirtIO 1.2, 2.7.8",
    "of the used ring's flags only NO_NOTIFY is used",
)
DEVICE_WRITES_DRIVER = rule(
    "driver-part-written-by-device",
    "VirtIO 1.2, 2.7.5.2 and 2.7.6",
    "the device writes neither descriptors nor the available ring",
)
DRIVER_WRITES_DEVICE = rule(
    "device-part-written-by-driver",
    "VirtIO 1.2, 2.7.8",
    "the driver does not write the used ring while the device works on it",
)
CLEARED_LIVE = rule(
    "cleared-while-live",
    "Linux remoteproc_virtio.c: rings are cleared while the queue is found",
    "a ring is not cleared while the link is up",
)
WRITTEN_EARLY = rule(
    "device-early",
    "VirtIO 1.2, 2.1.2: no buffer is used before DRIVER_OK",
    "the device does not write its ring before the driver is ready",
)
TAKEN_OUT_OF_ORDER = rule(
    "device-take-order",
    "VirtIO 1.2, 2.7.6; rpmsg-lite virtqueue.c: vq_available_idx",
    "the device takes the entries of the available ring one after the other, each once",
)
CONSUMED_OUT_OF_ORDER = rule(
    "driver-take-order",
    "VirtIO 1.2, 2.7.14",
    "the driver takes the elements of the used ring one after the other, each once",
)
TAKEN_UNPUBLISHED = rule(
    "device-take-unpublished",
    "VirtIO 1.2, 2.7.6",
    "the device takes no entry that the available index does not cover",
)
CONSUMED_UNPUBLISHED = rule(
    "driver-take-unpublished",
    "VirtIO 1.2, 2.7.14",
    "the driver takes no element that the used index does not cover",
)
AVAIL_EMPTY = rule(
    "avail-index-same",
    "Linux virtio_ring.c: the index is stored once for every buffer",
    "the available index is stored when it changes",
    Severity.WARNING,
)
