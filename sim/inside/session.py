# SPDX-License-Identifier: Apache-2.0
"""One run inside the simulator: puts the software on the harts, watches it, writes the result."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.boards import Board
from sim.boards.profile import load_profile
from sim.boards.views import rtos_windows
from sim.boot import make_chain
from sim.boot.rtos import CPythonRuntime, Runtime
from sim.core import Hart, Software, core_port
from sim.errors import AmpsimError, RunError, TimedOut
from sim.event_log import EventLog
from sim.firmware import Elf, read_elf
from sim.hang.watch import HangWatch
from sim.inside.linux_side import LinuxSide
from sim.inside.serial_line import SerialLine
from sim.linux_peer.board import host_board
from sim.measures import Measure, Split
from sim.record_file import StreamHeader
from sim.runs.config import RunConfig
from sim.runs.files import PARTIAL_FILE, RECORDS_FILE, RESULT_FILE
from sim.runs.progress import Progress, ProgressPipe, tell_first_start
from sim.runs.record_pipe import RecordPipe
from sim.scenarios import Check, Scenario, find_scenario
from sim.whole_file import cannot_write, write_json, write_whole

if TYPE_CHECKING:
    from sim.faults.plan import FaultPlan
    from sim.linux_peer.side import PeerSide


def _runtime(config: RunConfig, directory: Path) -> Runtime:
    """Return the interpreter of the RTOS's firmware."""
    if config.rtos == "cpython":
        return CPythonRuntime()
    from sim.micropython.interpreter import HEAP_BYTES
    from sim.micropython.runtime import MicroPythonRuntime

    heap, watched = config.rtos_heap or HEAP_BYTES, bool(config.faults)
    return MicroPythonRuntime(heap, config.rtos_emit, directory, watched=watched)


def _fault_plan(board: Board, faults: list[dict[str, Any]]) -> FaultPlan:
    """Return the faults of a run; imported only for a run that has some."""
    from sim.faults.plan import FaultPlan

    return FaultPlan(board, faults)


class Session:
    """The run described by ``config``; its files go to ``directory``.

    The scenario reaches everything through it: ``harts``, ``linux``, ``serial`` (the RTOS console
    line), :meth:`measure`, :meth:`finish`. ``starts`` counts how often each hart has left reset.
    """

    def __init__(self, config: RunConfig, directory: Path) -> None:
        self.config = config
        self.directory = directory
        self.board: Board = host_board(config.board, config.host, config.ring)
        profile = load_profile(self.board, Path(config.profile) if config.profile else None)
        self.profile = profile
        self.clock_ns = 1_000_000_000 // self.board.clock_hz
        self.port = core_port()
        self.elf: Elf = read_elf(Path(config.firmware), rtos_windows(self.board))
        header = StreamHeader(self.board.name, self.clock_ns)
        self.log = EventLog(directory / RECORDS_FILE if config.record else None, header)
        self._onlooker = RecordPipe(wanted=config.referee)
        self.artifacts = {"uart0": "uart0.log", "uart1": "uart1.log", "simulator": "simulator.log"}
        self.measures: dict[str, Measure] = {}
        self.ended = False
        self.error: AmpsimError | None = None
        self._pipe = ProgressPipe()
        self.limit_ns = 0
        self._looked_ns = 0

        self.serial = [SerialLine(self.port, number) for number in range(2)]
        self.linux_console, self.rtos_console = self.serial
        self.harts = [Hart(n, hart.hart_id) for n, hart in enumerate(self.board.harts)]
        self._by_id = {hart.hart_id: hart for hart in self.harts}
        self.linux_boot_hart = self._by_id[self.board.linux.boot_hart]
        self.rtos_hart = self._by_id[self.board.rtos.boot_hart]
        self.starts = [0] * len(self.harts)
        self._software: list[Software | None] = [None] * len(self.harts)
        self.runtime = _runtime(config, directory)
        self.boot = make_chain(self)
        self.scenario: Scenario = find_scenario(config.scenario, config.host)(self)
        self.linux: LinuxSide | None = None
        self.peer: PeerSide | None = None
        if self.scenario.linux or config.console:
            self._make_linux([self._by_id[n] for n in self.board.linux.hart_ids])
        self.limit_ns = config.time_limit_ns or self.scenario.time_limit_ns()
        self._watch = HangWatch(self, self._patience_ns())
        self._faults = _fault_plan(self.board, config.faults) if config.faults else None
        self._stands_still = ""
        self.scenario.prepare()
        self.port.set_skipping(config.skipping)
        self.port.configure(
            start=self._start,
            stop=self._stop,
            exit=self._exit,
            records=self._records,
            received=lambda number, byte: self.serial[number].receive(byte),
            sent=lambda number, _byte: self.serial[number].sent(),
        )

    def _patience_ns(self) -> int:
        """Return how long the run may stand still, 0 for as long as its time limit lets it.

        Without a word a hang is told from a long sleep only where both sides say what they wait
        for: a real Linux does not.
        """
        if self.config.hang_after_ns:
            return max(self.config.hang_after_ns, 0)
        talks = self.config.host == "model"
        return self.scenario.hang_after_ns if talks else 0

    def _make_linux(self, harts: list[Hart]) -> None:
        """Put Linux on its harts: the model, or what carries a real kernel."""
        if self.config.host == "linux":
            from sim.linux_peer.side import PeerSide  # starts a process: of such runs only

            self.peer = PeerSide(self, harts)
        else:
            self.linux = LinuxSide(self, harts)

    @property
    def system(self) -> LinuxSide | PeerSide | None:
        """Linux as the boot chain hands over to it, whichever it is; None without one."""
        return self.linux or self.peer

    def _records(self, records: memoryview) -> None:
        """Take records from the core port: for the log, the watch and whoever looks on."""
        self.log.take(records)
        self._watch.take(records)
        self._onlooker.send(records)

    def measure(self, name: str) -> Measure:
        """Return the measure of that name (latencies in clocks of the bench), made at first use."""
        return self.measures.setdefault(name, Measure(name, self.clock_ns))

    def split(self) -> Split:
        """Return how the clocks up to now divide into bus, CPU time and idle."""
        _, _, bus, cpu, idle = self.port.statistics()
        return Split(bus, cpu, idle)

    def now_ns(self) -> int:
        """Return the simulated time in ns since reset."""
        return int(self.port.now()) * self.clock_ns

    def finish(self, error: AmpsimError | None = None) -> None:
        """End the run at this clock edge; ``error`` is why it has failed."""
        if not self.ended:
            if isinstance(error, TimedOut):
                self._stands_still = f"{error}: {self._watch.give_up('a time-out')}"
                error = None
            self.ended = True
            self.error = error
            self.port.halt()

    def begin(self) -> None:
        """Start the faults of the run: called by the simulator's process before the first clock."""
        if self._faults is not None:
            self._faults.start()

    def text_artifact(self, name: str, file: str, text: str) -> dict[str, Any]:
        """Write ``text`` to a file of the run; return the result entry that names it."""
        write_whole(self.directory / file, text)
        self.artifacts[name] = file
        return {}

    def look_in(self) -> None:
        """Report progress; give up a run that has used up its simulated time."""
        now = self._looked_ns = self._time_of_look()
        for line in self.serial:
            line.pump()
        self.scenario.look_in(self.now_ns())
        total = 0 if self.config.console else self.config.count
        self._pipe.send(Progress(self.scenario.done(), total, now, self.stage()), last=self.ended)
        if self.log.error is not None:
            self.finish(self.log.error)
        if not self.ended and not self.config.console:
            self._judge_progress(now)

    def _time_of_look(self) -> int:
        """Return the time; the port's clock stands still when no hart ends anything any more."""
        return max(self.now_ns(), self._looked_ns + 1000 * self.scenario.look_every_us)

    def _judge_progress(self, now: int) -> None:
        """End a run that stands still, or has used up its simulated time."""
        done = f"{self.scenario.done()} of {self.config.count} {self.scenario.unit}"
        if now > self.limit_ns:
            text = f"{self.scenario.name}: not done after {now / 1e6:g} ms of simulated time"
            self.finish(TimedOut(f"{text} ({done})"))
            return
        reason = self._watch.look_in(now)
        if reason is not None:
            self._stands_still = f"no progress ({done}): {reason}"
            self.finish()

    def stage(self) -> str:
        """Say in a few words what the run is doing."""
        return "running" if self.system is None else self.system.stage()

    def _start(self, index: int, address: int) -> Software | None:
        """Give a hart that leaves reset its software."""
        if not any(self.starts):
            tell_first_start()
        self.starts[index] += 1
        software = self.boot.start(self.harts[index], address)
        if self._faults is not None:
            software = self._faults.software(self.harts[index], software)
        self._software[index] = software
        return software

    def _stop(self, index: int) -> None:
        """A hart is held in reset: what ran on it is gone, wherever it stood."""
        self.harts[index].snapshot = None
        software, self._software[index] = self._software[index], None
        if software is not None:
            software.close()

    def _exit(self, index: int, error: BaseException | None) -> None:
        """The software of a hart has ended: no hart of a sound run ever does."""
        hart = self.harts[index]
        if error is None:
            self.finish(RunError(f"hart {hart.hart_id}: its software returned"))
        elif isinstance(error, AmpsimError):
            self.finish(error)
        else:
            traceback.print_exception(error)
            text = " ".join(str(error).split())
            self.finish(RunError(f"hart {hart.hart_id}: {type(error).__name__}: {text}"))

    def close(self) -> None:
        """Write the result; of a run that broke down what is known, and raise its error.

        So does a run whose files cannot be written.
        """
        self.port.flush()
        try:
            self._save()
        except OSError as error:
            self.error = self.error or RunError(cannot_write(self.directory, error))
        except AmpsimError as error:
            self.error = self.error or error
        if self.error is not None:
            raise self.error

    def _save(self) -> None:
        self.runtime.close()
        digest = self.log.close()
        if self.peer is not None:
            self.peer.close()
        self._watch.save()
        for line in self.serial:
            line.save(self.directory / f"uart{line.number}.log")
        if self.linux is not None:
            self.text_artifact("dmesg", "dmesg.log", self.linux.dmesg())
        write_json(self.directory / "profile.json", self._profile_rows())
        self.artifacts["profile"] = "profile.json"
        samples = {name: item.counted() for name, item in self.measures.items()}
        write_whole(self.directory / "latencies.json", json.dumps(samples) + "\n")
        self.artifacts["latencies"] = "latencies.json"
        if self.config.record:
            self.artifacts["records"] = RECORDS_FILE
        if self.error is None:
            write_json(self.directory / RESULT_FILE, self._result(digest))
        else:
            known = {**self._figures(digest, {}), "artifacts": self.artifacts}
            partial = {**known, "passed": False, "error": str(self.error)}
            write_json(self.directory / PARTIAL_FILE, partial)

    def _profile_rows(self) -> list[dict[str, Any]]:
        """Return what the timing profile charged for what, and where each number comes from."""
        fields = ("name", "ns", "meaning", "source")
        return [dict(zip(fields, row, strict=True)) for row in self.profile.explain()]

    def _result(self, digest: str) -> dict[str, Any]:
        """Return the result of a run that came to its end, or to a standstill."""
        if self._stands_still:
            checks = {"progress": Check(False, self._stands_still)}
            return {**self._figures(digest, checks), "artifacts": self.artifacts}
        figures = self._figures(digest, self.scenario.checks())
        return {**figures, **self.scenario.details(), "artifacts": self.artifacts}

    def _figures(self, digest: str, checks: dict[str, Check]) -> dict[str, Any]:
        """Return what is known of any run."""
        cycles, transactions, bus, cpu, idle = self.port.statistics()
        return {
            "scenario": self.scenario.name,
            "board": self.board.name,
            "simulator": self.config.simulator,
            "seed": self.config.seed,
            "passed": all(check.passed for check in checks.values()),
            "checks": {name: check._asdict() for name, check in checks.items()},
            "sim_time_ns": cycles * self.clock_ns,
            "wall_time_s": 0.0,
            "cycles": cycles,
            "bus_transactions": transactions,
            "messages": self.scenario.done(),
            "unit": self.scenario.unit,
            "latency_ns": {name: item.summary() for name, item in self.measures.items()},
            "violations": None,  # the referee looks on from outside (sim.runs.verdict)
            "event_log_sha256": digest,
            "time_split_ns": {
                "rtl": bus * self.clock_ns,
                "profile": cpu * self.clock_ns,
                "idle": idle * self.clock_ns,
            },
            "rtos": self.config.rtos,
            **self.runtime.details(),
        }
