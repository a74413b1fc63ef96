# SPDX-License-Identifier: Apache-2.0
# The tables of list_thread and its relatives, laid out as RT-Thread does with RT_NAME_MAX 16.
#
# Pure: each function takes the objects in the order to list them and gives the lines of its table.

from rtos_side.kernel.errors import strerror
from rtos_side.kernel.objects import NAME_MAX
from rtos_side.kernel.scheduler import CLOSE, INIT, READY, RUNNING, STATE_MASK, SUSPEND

_RULE = "-" * NAME_MAX

_STATES = {
    INIT: " init   ",
    CLOSE: " close  ",
    READY: " ready  ",
    RUNNING: " running",
    SUSPEND: " suspend",
}

# Index: device.type, in the numbers of rtdef.h.
_DEVICE_TYPES = ("Character Device", "Block Device", "Network Interface", "MTD Device")


# "2:name/name", or just "0" when nobody waits.
def _waiting(threads):
    if not threads:
        return "0"
    return "%d:%s" % (len(threads), "/".join([thread.name for thread in threads]))


def _title(name, columns, rule):
    return ["%-16s%s" % (name, columns), _RULE + rule]


def threads(objects):
    lines = _title(
        "thread",
        " pri  status      sp     stack size max used left tick  error",
        " ---  ------- ---------- ----------  ------  ---------- ---",
    )
    for thread in objects:
        lines.append(
            "%-16.16s %3d %s 0x%08x 0x%08x    %02d%%   0x%08x %s"
            % (
                thread.name,
                thread.priority,
                _STATES[thread.state & STATE_MASK],
                thread.stack_used,
                thread.stack_size,
                thread.stack_max_used * 100 // thread.stack_size,
                thread.remaining_tick,
                strerror(thread.error),
            )
        )
    return lines


def semaphores(objects):
    lines = _title("semaphore", " v   suspend thread", " --- --------------")
    for semaphore in objects:
        lines.append(
            "%-16.16s %03d %s" % (semaphore.name, semaphore.value, _waiting(semaphore.waiters))
        )
    return lines


# Without an owner the name stays blank. (The original reads a name through the null pointer.)
# Who waits is counted here, not named: the original does not name them either.
def mutexes(objects):
    lines = _title("mutex", "   owner  hold suspend thread", " -------- ---- --------------")
    for mutex in objects:
        owner = mutex.owner.name if mutex.owner is not None else ""
        lines.append(
            "%-16.16s %-8.16s %04d %d" % (mutex.name, owner, mutex.hold, len(mutex.waiters))
        )
    return lines


# With waiters, and only here, their number has three digits.
def events(objects):
    lines = _title("event", "      set    suspend thread", "  ---------- --------------")
    for event in objects:
        waiting = _waiting(event.waiters)
        if event.waiters:
            waiting = "%03d:%s" % (len(event.waiters), waiting.split(":", 1)[1])
        lines.append("%-16.16s  0x%08x %s" % (event.name, event.set, waiting))
    return lines


def mailboxes(objects):
    lines = _title("mailbox", " entry size suspend thread", " ----  ---- --------------")
    for mailbox in objects:
        lines.append(
            "%-16.16s %04d  %04d %s"
            % (mailbox.name, mailbox.entry, mailbox.size, _waiting(mailbox.waiters))
        )
    return lines


def message_queues(objects):
    lines = _title("msgqueue", " entry suspend thread", " ----  --------------")
    for queue in objects:
        lines.append("%-16.16s %04d  %s" % (queue.name, queue.entry, _waiting(queue.waiters)))
    return lines


def timers(objects, tick):
    lines = _title(
        "timer",
        "  periodic   timeout    activated     mode",
        " ---------- ---------- ----------- ---------",
    )
    for timer in objects:
        lines.append(
            "%-16.16s 0x%08x 0x%08x %s %s"
            % (
                timer.name,
                timer.init_tick,
                timer.timeout_tick,
                "activated  " if timer.active else "deactivated",
                "periodic" if timer.periodic else "one shot",
            )
        )
    lines.append("current tick:0x%08x" % tick)
    return lines


def devices(objects):
    lines = _title("device", "         type         ref count", " -------------------- ----------")
    for device in objects:
        kind = _DEVICE_TYPES[device.type] if device.type < len(_DEVICE_TYPES) else "Unknown"
        lines.append("%-16.16s %-20s %-8d" % (device.name, kind, device.ref_count))
    return lines
