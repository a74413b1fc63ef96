# SPDX-License-Identifier: Apache-2.0
# Porting layer to RT-Thread, after StarFive's rpmsg_env_rtthread.c: link, locks, time, vectors.
#
# The state is one Env a kernel, where the original has global variables; it outlives deinit as they
# do.
#
# env_enable_interrupt() and env_disable_interrupt() are empty in this port and therefore absent.

from rtos_side.hal import EXT, SOFT, TIMER, WAIT, const, coroutine
from rtos_side.kernel.ipc import FIFO, OPTION_OR, WAITING_FOREVER, Event, Mutex
from rtos_side.rpmsg_lite.constants import RL_BLOCK, RL_FALSE, RL_TRUE
from rtos_side.rpmsg_lite.layout import align_up
from rtos_side.rpmsg_lite.virtqueue import virtqueue_notification

ISR_COUNT = const(32)
RL_ENV_MAX_MUTEX_COUNT = const(10)

_ANY_LINE = SOFT | TIMER | EXT


class Env:
    def __init__(self, kernel):
        self.kernel = kernel
        config = kernel.board["rpmsg"]
        self.config = config
        # What carries the doorbell: one of the modules platform_*.py, chosen once.
        self.platform = _platform(config.get("platform", "starfive"))
        self.payload_size = align_up(config["payload"], 4)
        self.consumed_notify = config["consumed_notify"]
        # env_map_patova: where the master's physical address 0 is on this side's bus.
        self.memory_offset = config.get("memory_offset", 0)
        # "spin": as the port does it. "event": as upstream rpmsg-lite promises, see below.
        by_event = config.get("link_wait", "spin") == "event"
        self.link_event = Event(kernel, "rpmsg", FIFO) if by_event else None
        if by_event:
            self.link_event.source = ("link", 0)
        # False: a failed receive looks like an empty message. True: it is reported. See
        # env_queue.py.
        self.report_queue_errors = config.get("queue_errors", "ignore") == "report"
        # Marks of the steps of a message, for the event log.
        self.event = kernel.hart.event
        # The processor time of one library call, or of one message in the receive interrupt.
        self.call_cost = kernel.board["costs"]["rpmsg_call"]
        self.ready = False
        self.isr_table = [None] * ISR_COUNT


# The platforms of the boards, by board["rpmsg"]["platform"].
_PLATFORMS = ("starfive", "sunxi")


# Imported by name, so that an image runs only what is its board's own.
def _platform(name):
    if name not in _PLATFORMS:
        expected = ", ".join(_PLATFORMS)
        raise ValueError("rpmsg platform: expected one of %s, found %r" % (expected, name))
    return __import__("rtos_side.rpmsg_lite.platform_" + name, None, None, ("platform_init",))


# The environment of a kernel, made on first use.
def env_init(kernel):
    env = getattr(kernel, "rpmsg_env", None)
    if env is None:
        env = kernel.rpmsg_env = Env(kernel)
    return env


def env_deinit(env):
    return 0


################################################################################
# Link
################################################################################


# An IPI has come, whatever for: the port takes it as the sign that Linux is there.
async def env_set_ready(env):
    env.ready = True
    if env.link_event is not None:
        await env.link_event.send(1)


# 1 when the link is up; sets the link state itself. 0 when the timeout (ms) ran out.
#
# The port ignores the timeout and calls rt_schedule() in a loop, which only ever gives the
# processor to threads of higher priority: until the first IPI the shell below gets no turn, and a
# link that never comes up is a thread that never returns. With the board property link_wait =
# "event" the thread sleeps and the timeout counts, as in upstream's ports since 5.0.0.
async def env_wait_for_link_up(env, dev, timeout_ms):
    if dev.link_state == RL_TRUE:
        return RL_TRUE
    if env.link_event is not None:
        if not env.ready and not await _wait_for_event(env, timeout_ms):
            return RL_FALSE
    else:
        env.kernel.looks_for(("link", dev.link_id))
        while not env.ready:
            await _spin()
        env.kernel.looks_for(None)
    dev.link_state = RL_TRUE
    return RL_TRUE


async def _wait_for_event(env, timeout_ms):
    status, _ = await env.link_event.recv(1, OPTION_OR, env_ticks(env, timeout_ms))
    return status == 0


# A busy loop, seen from outside: the hart does nothing but take interrupts, and no thread of lower
# or equal priority runs. Waiting for an interrupt line costs the simulation nothing.
@coroutine
def _spin():
    yield (WAIT, -1, _ANY_LINE)


# Nobody waits for the transmit callback in this port.
def env_tx_callback(env, link_id):
    pass


################################################################################
# Locks and time
################################################################################


# A mutex, or None when the count asks for more than the port can give.
def env_create_mutex(env, count):
    if count > RL_ENV_MAX_MUTEX_COUNT:
        return None
    return Mutex(env.kernel, "rpmsg%d" % count, FIFO)


# The original frees the memory a second time here; what that does depends on the allocator.
async def env_delete_mutex(env, lock):
    await lock.delete()


# Interrupt handlers do not lock: they cannot wait. So a buffer that the receive interrupt frees
# races with a thread that frees one, in this port as in every other.
#
# owed: processor time that the caller has spent just before, in cycles.
def env_lock_mutex(env, lock, owed=0):
    kernel = env.kernel
    return kernel.spend(owed) if kernel.interrupt_nest else lock.take(WAITING_FOREVER, owed)


def env_unlock_mutex(env, lock):
    return _nothing() if env.kernel.interrupt_nest else lock.release()


async def _nothing():
    pass


def env_ticks(env, timeout_ms):
    if timeout_ms == RL_BLOCK:
        return WAITING_FOREVER
    return env.kernel.tick_from_millisecond(timeout_ms)


# A receive that blocks for ever waits 0x1000000 ticks in this port, four and a half hours.
def env_queue_ticks(env, timeout_ms):
    return 0x1000000 if timeout_ms == RL_BLOCK else env_ticks(env, timeout_ms)


async def env_sleep_msec(env, num_msec):
    await env.kernel.delay(env_ticks(env, num_msec))


################################################################################
# Vectors
################################################################################


# A vector without a slot in the table is ignored, here and below.
def env_register_isr(env, vector_id, data):
    if vector_id < ISR_COUNT:
        env.isr_table[vector_id] = data


def env_unregister_isr(env, vector_id):
    if vector_id < ISR_COUNT:
        env.isr_table[vector_id] = None


def env_isr(env, vector):
    return virtqueue_notification(env.isr_table[vector] if vector < ISR_COUNT else None)
