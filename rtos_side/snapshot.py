# SPDX-License-Identifier: Apache-2.0
# What a debugger would read of this system: plain values that say who runs and who waits for what.
#
# Taken from outside while the hart stands still; reads Python objects only, nothing on the bus. All
# of it is dicts, lists, numbers, strings and None, so that it goes through a pipe as it is:
#
#   now, tick, tick_hz     the hart's clock, the kernel's tick and its rate
#   current, handler       the running thread; what runs with interrupts off, "" in a thread
#   enabled                interrupt lines that the kernel takes, as bits
#   lock_nest              depth of critical sections
#   threads                see _thread()
#   link                   None before rpmsg-lite is set up, else see _link()
#   msgbox                 None without one, else see _msgbox()

from rtos_side.kernel.scheduler import CLOSE, INIT, READY, RUNNING, STATE_MASK, SUSPEND

_STATES = {INIT: "init", CLOSE: "closed", READY: "ready", RUNNING: "running", SUSPEND: "suspended"}


def snapshot(kernel):
    scheduler = kernel.scheduler
    return {
        "now": kernel.hart.now(),
        "tick": kernel.clock.tick,
        "tick_hz": kernel.clock.tick_hz,
        "current": _name(scheduler.current),
        "handler": kernel.handler,
        "enabled": kernel.enabled,
        "lock_nest": scheduler.lock_nest,
        "threads": [_thread(thread) for thread in kernel.objects.list("thread")],
        "link": _link(getattr(kernel, "rpmsg_env", None)),
        "msgbox": _msgbox(kernel.msgbox),
    }


def _name(item):
    return "" if item is None else item.name


# name, state, priority    as list_thread shows them; since: clock of its last change
# of_app                   an app has made it
# waits, object, holder    what it is suspended in: the kind and name of the kernel object, and the
#                          thread that holds it (a mutex) or has to give (an event); "" for none
# source                   who gives where that is no thread: [what, number], or None
# looks_for                what it looks for again and again: [what, number], or None
# until                    tick at which its wait ends in any case, or None
# holds                    names of the mutexes that it holds
def _thread(thread):
    item = thread.waits_for
    source = None if item is None else item.source
    holder = ""
    if item is not None and item.kind == "mutex":
        holder = _name(item.owner)
    elif source is not None and source[0] == "thread":
        holder = source[1]
        source = None
    return {
        "name": thread.name,
        "state": _STATES[thread.state & STATE_MASK],
        "priority": thread.priority,
        "since": thread.since,
        "of_app": thread.of_app,
        "waits": "" if item is None else item.kind,
        "object": _name(item),
        "holder": holder,
        "source": _pair(source),
        "looks_for": _pair(thread.looks_for),
        "until": thread.timer.timeout_tick if thread.timer.active else None,
        "holds": [mutex.name for mutex in thread.taken],
    }


def _pair(value):
    return None if value is None else [value[0], value[1]]


# ready: Linux has been heard of; rings: what this side has taken so far, by the ring's vector.
def _link(env):
    if env is None:
        return None
    rings = []
    for vq in env.isr_table:
        if vq is not None and vq.priv is not None:
            rings.append(
                {
                    "name": vq.vq_name,
                    "vector": vq.vq_queue_index,
                    "descriptors": vq.desc,
                    "entries": vq.vq_nentries,
                    "taken": vq.vq_available_idx,
                }
            )
    return {"ready": env.ready, "rings": rings}


# enabled: receive interrupts as this side has asked for them; no_room: channel that a send waits
# for room in, -1 for none.
def _msgbox(msgbox):
    if msgbox is None:
        return None
    return {
        "enabled": msgbox.enabled,
        "no_room": msgbox.no_room,
        "lost": msgbox.lost,
        "unclaimed": msgbox.unclaimed,
    }
