# SPDX-License-Identifier: Apache-2.0
# The idle thread: calls its hooks, frees threads that have ended, sleeps until an interrupt.

from rtos_side.hal import WAIT, const, coroutine
from rtos_side.kernel.errors import EFULL, ENOSYS, EOK

NAME = "tidle0"
STACK_SIZE = const(16384)
SLICE = const(32)

HOOKS = const(4)


class Idle:
    def __init__(self, kernel):
        self._kernel = kernel
        self._hooks = [None] * HOOKS
        self._dead = []

    # rt_thread_idle_sethook: async function without arguments that never waits for anything.
    def set_hook(self, hook):
        for slot in range(HOOKS):
            if self._hooks[slot] is None:
                self._hooks[slot] = hook
                return EOK
        return -EFULL

    def delete_hook(self, hook):
        for slot in range(HOOKS):
            if self._hooks[slot] == hook:
                self._hooks[slot] = None
                return EOK
        return -ENOSYS

    # Hand over a thread that has ended (rt_thread_defunct_enqueue).
    def bury(self, thread):
        self._dead.append(thread)

    # RT-Thread's idle thread spins. This one waits, so the hooks run once after each interrupt.
    @coroutine
    def entry(self):
        kernel = self._kernel
        while True:
            for hook in self._hooks:
                if hook is not None:
                    yield from hook()
            while self._dead:
                self._free(self._dead.pop(0))
            yield (WAIT, -1, kernel.watched)

    def _free(self, thread):
        if thread.context is not None:
            thread.context[1].close()
            thread.context = None
        if thread.cleanup is not None:
            thread.cleanup(thread)
        thread.unregister()
