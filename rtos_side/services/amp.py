# SPDX-License-Identifier: Apache-2.0
# The V821's AMP system: the link to Linux, the vendor's services on it, and their end.
#
# One thread brings the link up and starts the services, the controller first: Linux's driver of it
# has to be there before user services are announced. It then watches whether Linux keeps its driver
# (a detach takes it away), and starts over when that has gone. A second thread waits for Linux's
# request to stop.

from rtos_side.hal import const, wait, write32
from rtos_side.kernel.ipc import FIFO, OPTION_OR, Event, Semaphore
from rtos_side.kernel.thread import Thread
from rtos_side.link import bring_up
from rtos_side.rpbuf.service import RpbufService
from rtos_side.rpmsg_lite.constants import RL_ADDR_ANY, RL_FALSE, RL_NS_DESTROY
from rtos_side.rpmsg_lite.env import env_delete_mutex
from rtos_side.rpmsg_lite.rpmsg_ns import rpmsg_ns_bind
from rtos_side.rpmsg_lite.rpmsg_queue import rpmsg_queue_destroy
from rtos_side.services import crash, demo_clients
from rtos_side.services.ctrl import Controller
from rtos_side.services.heartbeat import Heartbeat
from rtos_side.services.listeners import Listeners
from rtos_side.services.registry import Services
from rtos_side.services.remote_calls import RemoteCalls
from rtos_side.services.rpmsg_test import RpmsgTest

INIT_THREAD = "amp_init"
INIT_PRIORITY = const(7)
INIT_STACK_SIZE = const(8192)
STOP_THREAD = "amp_stop"
STOP_PRIORITY = const(2)
SLICE = const(20)

# What the stop record register says when this side has stopped.
STOPPED = const(0x16AA0001)

# How often the thread looks whether Linux is still there, in ticks.
WATCH_TICKS = const(10)

_UP = const(1)


class Amp:
    def __init__(self, kernel, console):
        self.kernel = kernel
        self.console = console
        self.config = kernel.board["rpmsg"]
        # The instance of the link, None while there is none.
        self.dev = None
        # Channels that are open, and queues of apps that have to end with the link.
        self.channels = []
        self.queues = []
        self.listeners = Listeners()
        self.services = Services(kernel)
        self.services.register("crash", crash.service(kernel))
        self.ctrl = None
        self.heartbeat = None
        self.test = RpmsgTest(self)
        demo_clients.bind(self.listeners, self.test)
        self.rpbuf = RpbufService(self) if self.config.get("rpbuf", False) else None
        self.calls = None
        self._state = Event(kernel, "amp", FIFO)
        self._state.source = ("thread", INIT_THREAD)
        self._stop_request = Semaphore(kernel, "amp_stop", 0)

    async def start(self):
        kernel = self.kernel
        for name, entry, stack_size, priority in (
            (STOP_THREAD, self._stop_entry, 2048, STOP_PRIORITY),
            (INIT_THREAD, self._init_entry, INIT_STACK_SIZE, INIT_PRIORITY),
        ):
            await Thread(kernel, name, entry, stack_size, priority, SLICE).startup()

    # The instance, as soon as the system's own services are announced.
    async def wait_for_link(self):
        await self._state.recv(_UP, OPTION_OR)
        return self.dev

    # Linux asks this side to stop: called in the interrupt.
    def request_stop(self):
        return self._stop_request.release()

    # Text for whoever reads the trace buffer.
    def log(self, text):
        return self.console.log(text)

    # Threads ###################################################################

    async def _init_entry(self):
        while True:
            try:
                dev = await bring_up(self.kernel)
            except ValueError as error:
                await self.console.write("amp: %s\n" % error)
                return
            await self._start_services(dev)
            await self._state.send(_UP)
            env = dev.env
            while await env.platform.platform_link_alive(env):
                await self.kernel.delay(WATCH_TICKS)
            await self.log("amp: linux has left\n")
            await self._end_services()

    async def _stop_entry(self):
        await self._stop_request.take()
        kernel = self.kernel
        kernel.hart.event("amp_stop", 0, 0)
        await self.log("amp: stopped by linux\n")
        await self._end_services()
        await kernel.msgbox.ignore(self.config["msgbox"]["channel"])
        await write32(self.config["stop_record"], STOPPED)
        kernel.mask_interrupts()
        kernel.hart.thread("stopped")
        while True:
            await wait(-1, 0)

    # Services ##################################################################

    # Everything is made before the first access: a stop may come at any of them.
    async def _start_services(self, dev):
        self.dev = dev
        self.ctrl = Controller(self, self.listeners)
        self.heartbeat = Heartbeat(self, self.config["heartbeat_ticks"])
        self.calls = RemoteCalls(self, self.services)
        await rpmsg_ns_bind(dev, self._announced, None)
        await self.ctrl.start()
        await self.heartbeat.start()
        await self.test.start()
        if self.rpbuf is not None:
            await self.rpbuf.start()
        await self.calls.start()
        await self.log("rpmsg ctrldev: Start Running...\n")

    # The link is over: nothing is sent any more, and whoever waits for a message gets none.
    async def _end_services(self):
        dev = self.dev
        if dev is None:
            return
        self.dev = None
        dev.link_state = RL_FALSE
        self._state.set &= ~_UP
        platform = dev.env.platform
        for vq in (dev.rvq, dev.tvq):
            platform.platform_deinit_interrupt(dev.env, vq.vq_queue_index)
        self.ctrl.forget()
        for channel in list(self.channels):
            await channel.close()
        while self.queues:
            await rpmsg_queue_destroy(dev, self.queues.pop())
        await self.calls.end()
        if self.rpbuf is not None:
            await self.rpbuf.end()
        # The instance itself is left alone: a thread may be in the middle of a call of it.
        await env_delete_mutex(dev.env, dev.lock)

    # A name-service message of Linux, in the interrupt: a channel has found its other side, or lost
    # it (open-amp's rpmsg_virtio_ns_callback).
    async def _announced(self, addr, name, flags, user_data):
        for channel in reversed(self.channels):
            if flags == RL_NS_DESTROY:
                if channel.dst == addr:
                    channel.dst = RL_ADDR_ANY
                    return
            elif channel.name == name and channel.dst == RL_ADDR_ANY:
                channel.dst = addr
                return
