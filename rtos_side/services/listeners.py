# SPDX-License-Identifier: Apache-2.0
# Names that clients of Linux can be created for, and what is done with their messages.
#
# They outlive a link: a restart of Linux finds the same names.

from rtos_side.hal import const
from rtos_side.kernel.errors import EINVAL, ENOMEM, EOK, ERROR
from rtos_side.services.ctrl_layout import NAME_SIZE

NAMES_MAX = const(32)


class Listener:
    def __init__(self, name, callback, count, bind, unbind):
        self.name = name
        self.callback = callback
        self.count = count
        self.bind = bind
        self.unbind = unbind
        self.clients = []

    @property
    def alive(self):
        return len(self.clients)


class Listeners:
    def __init__(self):
        self._listeners = []

    # rpmsg_client_bind: let Linux create up to `count` clients of a name (bytes, at most 31).
    # callback: async function(client, message); bind and unbind: plain functions(client).
    # -> EOK, -EINVAL for a bad argument, -ERROR when the name is bound (-EPERM in the original),
    # -ENOMEM for too many names
    def bind(self, name, callback, count, bind=None, unbind=None):
        if count <= 0 or not 0 < len(name) < NAME_SIZE:
            return -EINVAL
        if self.find(name) is not None:
            return -ERROR
        if len(self._listeners) >= NAMES_MAX:
            return -ENOMEM
        self._listeners.insert(0, Listener(bytes(name), callback, count, bind, unbind))
        return EOK

    def find(self, name):
        for listener in self._listeners:
            if listener.name == name:
                return listener
        return None

    # All of them, the newest first.
    def all(self):
        return list(self._listeners)

    def remove(self, listener):
        self._listeners.remove(listener)
