# SPDX-License-Identifier: Apache-2.0
# Kernel objects have a name and are registered by class, for list_thread and its relatives.

NAME_MAX = 16

KINDS = (
    "thread",
    "semaphore",
    "mutex",
    "event",
    "mailbox",
    "msgqueue",
    "device",
    "timer",
)


# Per class the objects that exist, oldest first.
class Registry:
    def __init__(self):
        self._objects = {}
        for kind in KINDS:
            self._objects[kind] = []

    def add(self, kind, item):
        self._objects[kind].append(item)

    def remove(self, kind, item):
        self._objects[kind].remove(item)

    # A copy: commands print it while objects come and go.
    def list(self, kind):
        return list(self._objects[kind])

    # The object of that name, the newest if there are several, or None.
    def find(self, kind, name):
        for item in reversed(self._objects[kind]):
            if item.name == name:
                return item
        return None


# Base of all kernel objects. Names longer than RT_NAME_MAX are cut.
class KernelObject:
    def __init__(self, kernel, kind, name):
        self.kernel = kernel
        self.kind = kind
        self.name = name[:NAME_MAX]
        # Who gives what threads wait for here, where that is no thread: (what, number), or None.
        self.source = None
        kernel.objects.add(kind, self)

    def unregister(self):
        self.kernel.objects.remove(self.kind, self)
