# SPDX-License-Identifier: Apache-2.0
"""LinuxKernel: the Platform on simulated harts; CPU 0 runs everything, the others idle."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from host_side.devicetree import DeviceNode, DeviceTree
from host_side.kernel.cpu import Cpu, checked_costs
from host_side.kernel.errors import KernelOops
from host_side.kernel.interrupts import Handler, Interrupts, IrqRow
from host_side.kernel.irq import BootCpuInterrupts
from host_side.kernel.platform import Work
from host_side.kernel.platform_bus import PlatformBus
from host_side.kernel.plic import Plic
from host_side.kernel.printk import ALERT, CRIT, EMERG, INFO, PrintkBuffer
from host_side.kernel.requests import EXT, BusFault, Hart, HartBus, Steps
from host_side.kernel.scheduler import Scheduler
from host_side.kernel.smp import SecondaryCpu
from host_side.kernel.task import Task
from host_side.kernel.tick import Tick
from host_side.kernel.timers import TimerWheel
from host_side.kernel.waitqueue import Mutex, WaitQueue
from host_side.kernel.workqueue import WorkQueue
from host_side.mailbox.framework import Mailboxes
from host_side.remoteproc.registry import Remoteprocs
from host_side.rpmsg.core import RpmsgBus
from host_side.sbi import Sbi
from host_side.virtio.device import VirtioBus

RELEASE, MACHINE = "5.15.0-starfive", "riscv64"

CLINT = ("starfive,jh7110-clint", "sifive,clint0", "riscv,clint0")
PLIC = ("starfive,jh7110-plic", "sifive,plic-1.0.0")

Initcall = Callable[["LinuxKernel"], Awaitable[None]]


class HartClock:
    """Simulated time of a hart's clock."""

    def __init__(self, hart: Hart, clock_hz: int) -> None:
        self._now = hart.now
        self._ns_per_cycle, rest = divmod(1_000_000_000, clock_hz)
        if rest:
            raise ValueError(f"clock_hz must divide 1 GHz, not {clock_hz}")

    def now_ns(self) -> int:
        """Nanoseconds since reset."""
        return self._now() * self._ns_per_cycle


class LinuxKernel:
    """The Linux-master model.

    ``harts`` are the hart objects of CPU 0, 1 ...; ``nodes`` the board's devicetree; ``costs`` the
    timing profile in clock cycles (CostError when one is missing); ``seed`` drives the tick's
    softirq; ``timebase_hz`` is the rate of the CLINT's mtime, ``model`` the board's name,
    ``release`` and ``machine`` what uname says. Drive ``boot_cpu()`` on the first of the harts
    and ``secondary_cpu(n)`` on the others.
    """

    bus_fault = BusFault
    """The exception to throw into the top generators for a refused access."""

    def __init__(
        self,
        harts: Sequence[Hart],
        nodes: Iterable[DeviceNode],
        costs: Mapping[str, int],
        seed: int = 0,
        *,
        clock_hz: int = 100_000_000,
        timebase_hz: int = 4_000_000,
        model: str = "",
        release: str = RELEASE,
        machine: str = MACHINE,
    ) -> None:
        self.tree = DeviceTree(nodes)
        self.costs = checked_costs(costs)
        self.clock = HartClock(harts[0], clock_hz)
        self.log = PrintkBuffer(self.clock.now_ns)
        self.printk = self.log.write
        self.bus = HartBus()
        self.event = harts[0].event
        self.interrupts = Interrupts(len(harts))
        self.cpus = [Cpu(number, hart, self.costs) for number, hart in enumerate(harts)]
        self.cpu = self.cpus[0]
        self.spend = self.cpu.spend
        self.booted = False
        self.oopses = 0
        self.panicked = ""
        self.release = release
        self.machine = machine
        self._model = model
        self._initcalls: list[Initcall] = []

        clint = self.tree.one(*CLINT).reg[0][0]
        self._sbis = [Sbi(cpu, clint) for cpu in self.cpus]
        self.sbi = self._sbis[0]
        self._irq = BootCpuInterrupts(self.cpu, self.sbi, self.interrupts)
        self.scheduler = Scheduler(self.cpu, self._irq.service)
        self.scheduler.on_crash = self._oops
        self.scheduler.on_exit = self._task_exited
        self.wheel = TimerWheel()
        self._exits = self.wait_queue("exit")
        self._online = self.wait_queue("CPU online")
        self.secondaries = [
            SecondaryCpu(cpu, sbi, self.interrupts, self._irq, self._online)
            for cpu, sbi in zip(self.cpus[1:], self._sbis[1:], strict=True)
        ]
        row = self.interrupts.add("RISC-V INTC", 5, "Edge", "riscv-timer")
        self._tick = Tick(
            self.cpu,
            self.sbi,
            self.scheduler,
            self.wheel,
            row,
            timebase_hz=timebase_hz,
            now_ns=self.clock.now_ns,
            rng=Random(seed),
        )
        self._plic = self._find_plic()
        self._irq.connect(self.scheduler, self._tick, self._plic)
        self.workqueue = WorkQueue(self.scheduler, self.wait_queue("work"))
        self.schedule_work = self.workqueue.schedule
        self.cancel_work = self.workqueue.cancel
        self.platform_bus = PlatformBus(self.tree, self.printk)
        self.virtio = VirtioBus(self)
        self.rpmsg = RpmsgBus(self)
        self.mailboxes = Mailboxes(self)
        self.remoteproc = Remoteprocs(self, release)
        self.rprocs = self.remoteproc.rprocs

    # What the bench calls.

    def boot_cpu(self) -> Steps:
        """Top generator of CPU 0: boots, then runs tasks for ever."""
        self.scheduler.spawn(self._kernel_init(), "swapper/0")
        self.workqueue.start()
        return self.scheduler.run()

    def secondary_cpu(self, number: int) -> Steps:
        """Top generator of CPU ``number`` (1 ...)."""
        return self.secondaries[number - 1].run()

    def add_initcall(self, initcall: Initcall) -> None:
        """Have ``await initcall(kernel)`` run at boot, in order of addition (before boot only)."""
        self._initcalls.append(initcall)

    # Tasks.

    def spawn(self, coro: Coroutine[Any, Any, Any], name: str, user: bool = False) -> Task:
        """Start a kernel thread, or with ``user`` a process; call it from a task or before boot."""
        return self.scheduler.spawn(coro, name, user)

    @property
    def current(self) -> Task:
        """The task that runs now."""
        task = self.scheduler.current
        assert task is not None
        return task

    async def join(self, task: Task) -> Any:
        """Wait until a task has ended; its result."""
        caller = self.current
        caller.looks_for = ("exit", str(task.pid))
        await self._exits.wait(lambda: task.exited)
        caller.looks_for = None
        return task.result

    def send_signal(self, task: Task) -> None:
        """Make a signal pending: interruptible waits of the task end with ERESTARTSYS."""
        task.signal_pending = True
        self.scheduler.wake(task)

    async def sleep_ns(self, ns: int) -> None:
        """Let the calling task sleep at least ``ns`` (high-resolution timer)."""
        await self._tick.sleep_ns(ns)

    def start_hrtimer(self, ns: int, expire: Callable[[], Awaitable[None]]) -> Awaitable[None]:
        """Have ``await expire()`` called in interrupt context, ``ns`` from now."""
        return self._tick.start_hrtimer(ns, expire)

    async def msleep(self, ms: int) -> None:
        """Let the calling task sleep at least ``ms`` milliseconds, in whole jiffies."""
        await self.wait_queue("sleep").wait(lambda: False, ms * 1_000_000)

    def wait_queue(self, what: str = "", where: str = "") -> WaitQueue:
        """A new, empty wait queue for ``what`` (see ``Awaited``)."""
        return WaitQueue(self.scheduler, self.wheel, what, where)

    def mutex(self, name: str = "") -> Mutex:
        """A new, free mutex."""
        return Mutex(self.scheduler, name)

    def work(self, function: Callable[[], Awaitable[None]], name: str) -> Work:
        """A new work item for ``schedule_work``."""
        return Work(function, name)

    @property
    def size_max(self) -> int:
        """SIZE_MAX: what a size_t of this kernel holds."""
        return (1 << (32 if self.machine.endswith("32") else 64)) - 1

    @property
    def jiffies(self) -> int:
        """Ticks of 10 ms since boot."""
        return self.wheel.jiffies

    # Interrupts.

    async def request_irq(self, hwirq: int, handler: Handler, action: str) -> IrqRow:
        """Handle PLIC source ``hwirq`` with ``await handler()`` in interrupt context."""
        assert self._plic is not None
        return await self._plic.request_irq(hwirq, handler, action)

    async def free_irq(self, row: IrqRow) -> None:
        """Undo ``request_irq``."""
        assert self._plic is not None
        await self._plic.free_irq(row)

    def send_amp_ipi(self, hart_id: int) -> Awaitable[None]:
        """Interrupt a hart of another domain through SBI."""
        return self.sbi.send_ipi(1, hart_id)

    def set_amp_handler(self, handler: Handler | None) -> None:
        """Who handles the IPIs that come from another domain (one at most)."""
        self._irq.amp_handler = handler

    # Boot.

    async def _kernel_init(self) -> None:
        self.printk("", f"Linux version {self.release} ({self.machine})")
        if self._model:
            self.printk("", f"Machine model: {self._model}")
        self.cpu.online = True
        await self._tick.start()
        if self._plic is not None:
            await self._plic.setup()
        await self._bring_up_secondaries()
        for initcall in self._initcalls:
            await initcall(self)
        self.printk("", "Run /sbin/init as init process")
        self.booted = True
        self._exits.wake_up()

    async def wait_booted(self) -> None:
        """Sleep until the kernel has run all initcalls."""
        await self._exits.wait(lambda: self.booted)

    async def _bring_up_secondaries(self) -> None:
        self.printk("smp", "Bringing up secondary CPUs ...")
        for secondary in self.secondaries:
            cpu = secondary.cpu
            await self.sbi.hart_start(cpu.hart.hart_id)
            if not await self._online.wait(partial(getattr, cpu, "online"), 1_000_000_000):
                self.printk("", f"CPU{cpu.number}: failed to come online", CRIT)
        online = sum(cpu.online for cpu in self.cpus)
        self.printk("smp", f"Brought up 1 node, {online} CPU{'s' if online > 1 else ''}")

    def _find_plic(self) -> Plic | None:
        nodes = self.tree.compatible(*PLIC)
        if not nodes:
            self.cpu.enabled &= ~EXT
            self.cpu.mask[0] = self.cpu.enabled
            return None
        node = nodes[0]
        context = node.context(self.cpu.hart.hart_id)
        return Plic(node.reg[0][0], context, node.integer("riscv,ndev"), self.interrupts)

    def _task_exited(self, task: Task) -> None:
        if len(self._exits):
            self._exits.wake_up()

    def _oops(self, task: Task, fault: KernelOops) -> None:
        """A refused access in a task ends that task, as an access fault does in the kernel."""
        self.oopses += 1
        self.printk("", str(fault), ALERT)
        self.printk("", f"Oops [#{self.oopses}]", ALERT)
        self.printk("", f"CPU: 0 PID: {task.pid} Comm: {task.name}", INFO)
        if task.pid == 1:
            self.panic("Attempted to kill init! exitcode=0x0000000b")

    def panic(self, text: str) -> None:
        """The kernel cannot go on booting; ``panicked`` says why."""
        self.panicked = text
        self.printk("", f"Kernel panic - not syncing: {text}", EMERG)
