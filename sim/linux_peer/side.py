# SPDX-License-Identifier: Apache-2.0
"""A real Linux on the harts of its domain: one hart carries its bus accesses, the others sleep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sim.boot.requests import sleep_for_ever
from sim.core import WAIT, Hart, Software
from sim.errors import RunError
from sim.linux_peer.calendar import NEVER
from sim.linux_peer.drivers import Driver, Steps, make_driver
from sim.linux_peer.initramfs import INITRAMFS_FILE, write_run_initramfs
from sim.linux_peer.line import PeerLine
from sim.linux_peer.machine import Ended, Kick, Machine, Unbound
from sim.linux_peer.state import PeerState, last_line, peer_rings, ram_bytes
from sim.linux_peer.stores import RingStores

if TYPE_CHECKING:
    from sim.inside.session import Session
    from sim.linux_peer.scenarios.peer_scenario import PeerScenario

CONSOLE_FILE = "linux-console.log"
MAX_WAIT = (1 << 32) - 1  # clocks of one request
LOOK_CLOCKS = 100_000  # between two looks for what was typed, where somebody may


class PeerSide:
    """The kernel and what carries it. It runs the script of the scenario, then powers off."""

    def __init__(self, session: Session, harts: Sequence[Hart]) -> None:
        self._session = session
        self._hart = harts[0]
        self.console = session.directory / CONSOLE_FILE
        session.artifacts["linux_console"] = CONSOLE_FILE
        costs = session.profile.cycles("linux")
        firmware = Path(session.config.firmware)
        self._driver: Driver = make_driver(session.board, costs, firmware, self._now)
        self._machine: Machine | None = None
        self._stores: list[RingStores] = []
        self._bound = False
        self._called: list[int] = []
        self._begin_ns = 0
        self._waits_since_ns = 0
        self.line = PeerLine()
        self.kicks = [0, 0]
        self.calls = [0, 0]

    # What the session and the boot chain call.

    def boot_cpu(self) -> Software:
        """Return the software of the hart that carries the kernel, from its start on."""
        hart = self._hart
        hart.thread("linux")
        yield from self._driver.start()
        self._begin_ns = self._session.now_ns()
        self._machine = self._start()
        yield from self._run(self._machine)
        self._session.finish()
        yield from sleep_for_ever()

    def secondary_cpu(self, hart: Hart) -> Software:
        """Return the software of one of the other CPUs: the kernel is built for one."""
        hart.thread("parked")
        return sleep_for_ever()

    def stage(self) -> str:
        """Say what the kernel is doing."""
        return "Linux runs" if self._bound else "Linux boots"

    def text(self) -> str:
        """Return the console so far."""
        return self.console.read_text("utf-8", "replace") if self.console.exists() else ""

    def printed(self) -> int:
        """Return how many bytes the kernel has printed."""
        return self.console.stat().st_size if self.console.exists() else 0

    def state(self) -> PeerState | None:
        """Return what is known of the kernel, which stands still; None before its start."""
        machine, ram = self._machine, self._session.board.linux_ram
        if machine is None or ram is None:
            return None
        request = machine.clock.request
        return PeerState(
            machine.clock.waiting,
            self._waits_since_ns,
            self._begin_ns + request if request < NEVER else None,
            self._bound,
            tuple(self.kicks),
            tuple(self.calls),
            last_line(self.console),
            peer_rings(machine.rpmsg.vrings, ram.base),
        )

    def ram(self, address: int, length: int) -> bytes:
        """Return what is at a bus address in the kernel's RAM; nothing where that is not."""
        memory = None if self._machine is None else self._machine.rpmsg.memory
        ram = self._session.board.linux_ram
        if memory is None or ram is None or not ram.contains(address, length):
            return b""
        return ram_bytes(memory, ram.base, address, length)

    def close(self) -> None:
        """End the kernel."""
        if self._machine is not None:
            self._machine.close()
        (self._session.directory / INITRAMFS_FILE).unlink(missing_ok=True)

    # The kernel.

    def _start(self) -> Machine:
        session = self._session
        config = session.config
        assert config.kernel is not None and config.initramfs is not None
        script = cast("PeerScenario", session.scenario).kernel_script()
        write_run_initramfs(Path(config.initramfs), script, session.directory)
        words = (
            f"initrd={INITRAMFS_FILE}",
            "rdinit=/init",
            "panic=-1",
            "con=null",
            "con0=null,fd:1",
            "umid=peer",
            f"virtio_uml.vq_num={config.ring}",
        )
        machine = Machine(
            Path(config.kernel),
            session.directory,
            self.console,
            words,
            self._now,
            live=config.console,
        )
        if machine.console is not None:
            machine.console.listener = self.line.receive
            self.line.connected = machine.console.send
        return machine

    def _now(self) -> int:
        """Return the ns since the kernel's start: simulated time, never its own."""
        return self._session.now_ns() - self._begin_ns

    def _run(self, machine: Machine) -> Steps[None]:
        """Carry the kernel until it powers off."""
        while True:
            while True:
                event = machine.run()
                if isinstance(event, Ended):
                    return
                if not isinstance(event, Kick | Unbound):
                    break
                yield from self._carry_out(machine, event)
            self._look()
            yield from self._wait(machine)

    def _carry_out(self, machine: Machine, event: Kick | Unbound) -> Steps[None]:
        """Do on the bus what the kernel has just done; it stands still meanwhile, if it kicks."""
        if isinstance(event, Unbound):
            self._bound = False
            self._called = []
            self._stores = []
            yield from self._driver.unbound()
            return
        self.kicks[event.queue] += 1
        if not self._bound:
            self._bound = True
            self._bind(machine)
            yield from self._driver.bound(machine.rpmsg)
            self._look()
            yield from self._driver.ready()
        self._look()
        yield from self._driver.kick(event.queue)
        yield from self._take_interrupts()
        machine.kick_done()

    def _bind(self, machine: Machine) -> None:
        """Show the kernel's RAM on the bus, and watch its part of the rings from now on."""
        memory = machine.rpmsg.memory
        ram = self._session.board.linux_ram
        if memory is None or ram is None:
            raise RunError("the Linux kernel has kicked before it told of its memory")
        self._session.port.map_memory(memory.data, memory.first)
        index = self._hart.index

        def tell(address: int, data: bytes, loaded: bool) -> None:
            self._session.port.seen(index, address, data, loaded)

        self._stores = [
            RingStores(memory, ram.base, ring, tell) for ring in reversed(machine.rpmsg.vrings)
        ]

    def _look(self) -> None:
        for stores in self._stores:
            stores.look()

    def _wait(self, machine: Machine) -> Steps[None]:
        """Let simulated time pass until the kernel has something to do, then have it do that."""
        hart, line, clock = self._hart, self._driver.line, machine.clock
        self._waits_since_ns = self._session.now_ns()
        due = min(clock.request, self._driver.due_ns)
        ahead = due - self._now()
        if ahead > 0 and not hart.lines[0] & line and not self._called:
            clocks = -1
            if due < NEVER:
                clocks = min(-(-ahead // self._session.clock_ns), MAX_WAIT)
            if machine.console is not None:  # somebody may type meanwhile
                clocks = LOOK_CLOCKS if clocks < 0 else min(clocks, LOOK_CLOCKS)
            yield (WAIT, clocks, line)
        if clock.request <= self._now():
            clock.run()  # an instant it has asked for comes before an interrupt: it insists
        elif self._interrupted() or self._called:
            yield from self._take_interrupts()
            yield from self._call(machine)
        else:
            machine.type()

    def _interrupted(self) -> bool:
        """Tell whether an interrupt is pending, of the platform or of its driver's timer."""
        driver = self._driver
        return bool(self._hart.lines[0] & driver.line) or driver.due_ns <= self._now()

    def _take_interrupts(self) -> Steps[None]:
        """Take the platform's interrupts until none is pending: before that nothing else runs."""
        while self._interrupted():
            if not self._hart.lines[0] & self._driver.line:
                yield from self._driver.timer()
                continue
            self._hart.event("irq")
            found = yield from self._driver.interrupt()
            self._called += [queue for queue in found if queue not in self._called]

    def _call(self, machine: Machine) -> Steps[None]:
        """Tell the kernel, which waits, of the queues that the interrupts were about.

        All at once: the platform's workers come one after the other, before whom they wake up.
        """
        yield from self._catch_up(machine)
        queues, self._called = self._called, []
        for queue in queues:
            if self._bound and not machine.clock.ended:
                self.calls[queue] += 1
                machine.interrupt(queue)

    def _catch_up(self, machine: Machine) -> Steps[None]:
        """Have the kernel do what was due while the hart was busy: its time never goes back."""
        while machine.clock.request <= self._now() and not machine.clock.ended:
            machine.clock.run()
            event = machine.run()
            while isinstance(event, Kick | Unbound):
                yield from self._carry_out(machine, event)
                event = machine.run()
            self._look()
