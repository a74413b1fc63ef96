# SPDX-License-Identifier: Apache-2.0
# Which buffers there are, in the role of the slave. Pure state: no bus, no waiting.
#
# A buffer is in one of three places, as in the vendor's controller: allocated here only (local),
# allocated by the other side only (remote), or by both with the same length (live). The slave gives
# the ids, and has the same id for a buffer from its allocation to its release.

from rtos_side.hal import const
from rtos_side.rpbuf.buffer import RemoteBuffer
from rtos_side.rpbuf.errors import EACCES, EINVAL, ENOENT, ENOMEM, EOK
from rtos_side.rpbuf.layout import NAME_SIZE

BUFFERS_MAX = const(32)


class Controller:
    def __init__(self):
        # By name.
        self.local = {}
        self.remote = {}
        # By id.
        self.live = [None] * BUFFERS_MAX
        self._ids = [False] * BUFFERS_MAX

    # This side ##################################################################

    # Take a new buffer in. -> EOK, then buffer.id is set and is_live() says whether the other side
    # has it already; or -EINVAL (name, length, or they differ from the other side's), -EACCES (no
    # id is left)
    def add(self, buffer):
        if not 0 < len(buffer.name) < NAME_SIZE or buffer.length <= 0:
            return -EINVAL
        if self.find(buffer.name) is not None:
            return -EINVAL
        partner = self.remote.get(buffer.name)
        if partner is not None and partner.length != buffer.length:
            return -EINVAL
        id = self._free_id()
        if id is None:
            return -EACCES
        self._ids[id] = True
        buffer.id = id
        if partner is None:
            self.local[buffer.name] = buffer
        else:
            del self.remote[buffer.name]
            buffer.place(partner.pa, partner.da)
            self.live[id] = buffer
        return EOK

    # A buffer of this side by its name.
    def find(self, name):
        if name in self.local:
            return self.local[name]
        for buffer in self.live:
            if buffer is not None and buffer.name == name:
                return buffer
        return None

    def is_live(self, buffer):
        return 0 <= buffer.id < BUFFERS_MAX and self.live[buffer.id] is buffer

    # This side gives a buffer up; a live one stays known as the other side's. -> EOK, or -EINVAL
    # for one that is not here
    def remove(self, buffer):
        if self.local.get(buffer.name) is buffer:
            del self.local[buffer.name]
        elif self.is_live(buffer):
            self.live[buffer.id] = None
            self.remote[buffer.name] = RemoteBuffer(buffer.id, buffer.length, buffer.pa, buffer.da)
        else:
            return -EINVAL
        self._ids[buffer.id] = False
        return EOK

    def _free_id(self):
        for id in range(BUFFERS_MAX):
            if not self._ids[id]:
                return id
        return None

    # The other side ############################################################

    # It has allocated a buffer. -> (EOK, buffer) with the buffer that is live now, or None when
    # this side has not allocated it; (error, None)
    def created(self, name, id, length, pa, da):
        if id >= BUFFERS_MAX or not 0 < len(name) < NAME_SIZE:
            return -EINVAL, None
        buffer = self.local.get(name)
        if buffer is None:
            if name not in self.remote and len(self.remote) >= BUFFERS_MAX:
                return -ENOMEM, None
            self.remote[name] = RemoteBuffer(id, length, pa, da)
            return EOK, None
        if buffer.length != length or self.live[buffer.id] is not None:
            return -EINVAL, None
        del self.local[name]
        buffer.place(pa, da)
        self.live[buffer.id] = buffer
        return EOK, buffer

    # It has given a buffer up. -> (EOK, buffer) with the one of this side that is no longer live,
    # or None when this side had none; (error, None)
    def destroyed(self, id):
        if id >= BUFFERS_MAX:
            return -EINVAL, None
        for name in list(self.remote):
            if self.remote[name].id == id:
                del self.remote[name]
                return EOK, None
        buffer = self.live[id]
        if buffer is None:
            return -EINVAL, None
        self._unpair(buffer)
        return EOK, buffer

    # A live buffer by the id in a message. -> (EOK, buffer) or (error, None)
    def lookup(self, id):
        if id >= BUFFERS_MAX:
            return -EINVAL, None
        buffer = self.live[id]
        return (-ENOENT, None) if buffer is None else (EOK, buffer)

    # The other side has gone, and all that it had. -> the buffers of this side that were live
    def forget_remote(self):
        self.remote.clear()
        gone = [buffer for buffer in self.live if buffer is not None]
        for buffer in gone:
            self._unpair(buffer)
        return gone

    def _unpair(self, buffer):
        self.live[buffer.id] = None
        self.local[buffer.name] = buffer
