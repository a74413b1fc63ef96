# SPDX-License-Identifier: Apache-2.0
# A named rpmsg channel: an announced endpoint with a queue, and the address of the other side.
#
# An rpmsg-lite endpoint knows no partner. Here the partner is whoever announces a channel of the
# same name back (Linux's drivers do, with rpdev->announce), or else the sender of the first
# message. Until then nothing can be sent: on a new channel Linux is first.

from rtos_side.hal import const
from rtos_side.rpmsg_lite.constants import (
    RL_ADDR_ANY,
    RL_BLOCK,
    RL_DONT_BLOCK,
    RL_NOT_READY,
    RL_NS_CREATE,
    RL_NS_DESTROY,
    RL_RELEASE,
    RL_SUCCESS,
    RL_TRUE,
)
from rtos_side.rpmsg_lite.resource_table import F_NS
from rtos_side.rpmsg_lite.rpmsg_lite import (
    rpmsg_lite_create_ept,
    rpmsg_lite_destroy_ept,
    rpmsg_lite_send,
)
from rtos_side.rpmsg_lite.rpmsg_ns import rpmsg_ns_announce
from rtos_side.rpmsg_lite.rpmsg_queue import (
    rpmsg_queue_create,
    rpmsg_queue_destroy,
    rpmsg_queue_get_current_size,
    rpmsg_queue_nocopy_free,
    rpmsg_queue_recv,
    rpmsg_queue_recv_nocopy,
    rpmsg_queue_rx_cb,
)

# How long a send waits for a free buffer, in ms: as long as Linux and open-amp do.
SEND_TIMEOUT = const(15000)


async def _drop():
    return RL_RELEASE


class Channel:
    # deaf: messages on it are only taken for who sends them, and dropped; recv() is not to be used.
    def __init__(self, link, name, deaf=False):
        self.link = link
        self._deaf = deaf
        self.dev = link.dev
        self.name = name
        self.ept = None
        # Address of the other side.
        self.dst = RL_ADDR_ANY
        self._queue = None
        self._src = [0]
        self._length = [0]
        self._buffer = bytearray(self.dev.env.payload_size)
        self._view = memoryview(self._buffer)

    # Make the endpoint and announce it.
    async def open(self):
        dev = self.dev
        self._queue = rpmsg_queue_create(dev)
        self.ept = await rpmsg_lite_create_ept(dev, RL_ADDR_ANY, self._received, self._queue)
        self.link.channels.append(self)
        if self._supports_ns():
            await rpmsg_ns_announce(dev, self.ept, self.name, RL_NS_CREATE)

    # Whether Linux's driver wants to hear of channels.
    def _supports_ns(self):
        return bool(self.dev.env.vdev.features & F_NS)

    # In interrupt context.
    def _received(self, payload, payload_len, src, queue):
        if self.dst == RL_ADDR_ANY:
            self.dst = src
        return _drop() if self._deaf else rpmsg_queue_rx_cb(payload, payload_len, src, queue)

    # Whether the other side is known.
    @property
    def ready(self):
        return self.ept is not None and self.dst != RL_ADDR_ANY

    # Wait for the other side, so many ms or until the channel ends (openamp_ept_open looks each ms
    # too). -> whether it is there
    async def wait_ready(self, timeout=RL_BLOCK):
        kernel = self.dev.env.kernel
        waited = 0
        while not self.ready and self.alive and waited < timeout:
            await kernel.mdelay(1)
            waited += 1
        return self.ready

    # False once the channel is closed, or its link has ended.
    @property
    def alive(self):
        return self.ept is not None and self.dev.link_state == RL_TRUE

    # Send bytes to the other side. -> RL_SUCCESS or an error of rpmsg_lite_send()
    async def send(self, data, timeout=SEND_TIMEOUT):
        if not self.ready:
            return RL_NOT_READY
        return await rpmsg_lite_send(self.dev, self.ept, self.dst, data, len(data), timeout)

    # The next message: a view of it that is valid until the next call; None when there is none in
    # so many ms, or the channel has ended.
    async def recv(self, timeout=RL_BLOCK):
        while self.alive:
            status = await rpmsg_queue_recv(
                self.dev,
                self._queue,
                self._src,
                self._buffer,
                len(self._buffer),
                self._length,
                timeout,
            )
            if status == RL_SUCCESS:
                return self._view[: self._length[0]]
            if timeout != RL_BLOCK:
                break
        return None

    # End the channel; whoever waits in recv() gets None. With a link that is still there Linux is
    # told.
    async def close(self):
        ept = self.ept
        if ept is None:
            return
        self.link.channels.remove(self)
        if self.dev.link_state == RL_TRUE and self._supports_ns():
            await rpmsg_ns_announce(self.dev, ept, self.name, RL_NS_DESTROY)
        self.ept = None
        self.dst = RL_ADDR_ANY
        await rpmsg_lite_destroy_ept(self.dev, ept)
        await self._drop_unread()
        await rpmsg_queue_destroy(self.dev, self._queue)

    # Buffers that nobody will read any more go back to Linux, unless it has left.
    async def _drop_unread(self):
        dev = self.dev
        data = [0]
        while dev.link_state == RL_TRUE and rpmsg_queue_get_current_size(self._queue):
            await rpmsg_queue_recv_nocopy(dev, self._queue, None, data, None, RL_DONT_BLOCK)
            await rpmsg_queue_nocopy_free(dev, data[0])
