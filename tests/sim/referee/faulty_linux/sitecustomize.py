# SPDX-License-Identifier: Apache-2.0
"""Imported by the simulator's Python at its start: plants the fault of Linux that a test names."""

from __future__ import annotations

import os
from types import coroutine

from host_side.kernel.requests import SERIES, STORE
from host_side.remoteproc.virtio_transport import RprocTransport
from host_side.virtio.device import Status, VirtioDevice
from host_side.virtio.layout import DESC_LEN, DESC_SIZE
from host_side.virtio.virtqueue import Virtqueue

TO_RTOS = 1


def change_descriptors(change) -> None:
    """Have `change(offset, value)` decide what is stored in descriptors to the RTOS."""
    steps = Virtqueue._add_steps

    def changed_request(request, descriptor):
        if request[0] == SERIES:
            row = tuple(changed_request(each, descriptor) for each in request[1])
            return (SERIES, row, *request[2:])
        if request[0] == STORE and 0 <= (offset := request[1] - descriptor) < DESC_SIZE:
            return (*request[:3], change(offset, request[3]))
        return request

    @coroutine
    def changed(self, address, length, flags, token):
        inner = steps(self, address, length, flags, token)
        descriptor, reply = self._desc + DESC_SIZE * self.free_head, None
        while True:
            try:
                request = inner.send(reply)
            except StopIteration:
                return
            reply = yield changed_request(request, descriptor) if self.index == TO_RTOS else request

    Virtqueue._add_steps = changed


def too_long(offset: int, value: int) -> int:
    """Every descriptor reaches into the next buffers."""
    return value + 1024 if offset == DESC_LEN else value


def no_acknowledge() -> None:
    """The bit ACKNOWLEDGE of the status is left out."""
    add = VirtioDevice.add_status

    async def added(self, bit: int) -> None:
        if bit != Status.ACKNOWLEDGE:
            await add(self, bit)

    VirtioDevice.add_status = added


def greedy() -> None:
    """A feature is accepted that nobody has offered."""
    finalize = RprocTransport.finalize_features

    async def finalized(self, features: int) -> int:
        return await finalize(self, features | 1 << 7)

    RprocTransport.finalize_features = finalized


FAULTS = {
    "ring-desc-too-long": lambda: change_descriptors(too_long),
    "status-order": no_acknowledge,
    "features-not-offered": greedy,
}
FAULTS.get(os.environ.get("AMPSIM_TEST_FAULT", ""), lambda: None)()
