# SPDX-License-Identifier: Apache-2.0
# The figures of the command free: what the kernel's objects take of the board's heap.
#
# Python has its own memory, which is not the RTOS's and differs between interpreters. Counted are
# therefore the buffers that RT-Thread would have in the heap: thread stacks, mailbox and message
# queue pools, receive rings. Control blocks and the allocator's own headers are not.

_WORD = 8  # of a 64-bit machine
_MESSAGE_HEADER = 16  # struct rt_mq_message: next, length
_RING_HEADER = 16  # struct rt_serial_rx_fifo: buffer, two indices, full


def _align(size):
    return (size + _WORD - 1) // _WORD * _WORD


def _stack(thread):
    return _align(thread.stack_size)


def _mailbox(mailbox):
    return mailbox.size * _WORD


def _queue(queue):
    return queue.size * (_align(queue.msg_size) + _MESSAGE_HEADER)


def _ring(device):
    ring = getattr(device, "rx", None)
    return 0 if ring is None else _RING_HEADER + _align(device.config.bufsz)


_SIZES = (("thread", _stack), ("mailbox", _mailbox), ("msgqueue", _queue), ("device", _ring))


class HeapMeter:
    # Use of the heap can only be at its peak just before something goes, so that is when it is
    # looked at: the meter puts itself in front of the registry's remove().
    def __init__(self, registry, size):
        self._registry = registry
        self._remove = registry.remove
        self._size = size
        self._peak = 0
        registry.remove = self._before_remove

    def _before_remove(self, kind, item):
        self._peak = max(self._peak, self.used())
        self._remove(kind, item)

    # Bytes in use.
    def used(self):
        total = 0
        for kind, size in _SIZES:
            for item in self._registry.list(kind):
                total += size(item)
        return total

    # The lines that free prints (rt_memory_info).
    def report(self):
        used = self.used()
        self._peak = max(self._peak, used)
        return [
            "total    : %d" % self._size,
            "used     : %d" % used,
            "maximum  : %d" % self._peak,
            "available: %d" % (self._size - used),
        ]
