# SPDX-License-Identifier: Apache-2.0
"""Starts, stops, crashes and recovers the RTOS again and again, with messages under way."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from host_side.fs.flags import O_RDWR
from host_side.kernel.errors import LinuxError
from sim.errors import RunError
from sim.scenarios.ledger import MessageLedger
from sim.scenarios.life_traffic import MESSAGES, POLL_MS, POLLS, LifeTraffic
from sim.scenarios.loaded_bytes import firmware_in_memory
from sim.scenarios.scenario import Check, Scenario

if TYPE_CHECKING:
    from sim.inside.linux_side import LinuxSide

REMOTE_STATE = "/sys/class/remoteproc/remoteproc0/state"
DEBUG = "/sys/kernel/debug/remoteproc/remoteproc0"
COREDUMPS = "/sys/class/devcoredump"

# Between messages, while the end is awaited: Linux takes part of a second to miss a heartbeat, and
# a remote that only keeps silent goes on answering.
BUSY_NS, SLOW_NS = 50_000, 4_000_000

# How the RTOS comes to its end: what is typed at its shell, or the number of a crash type that is
# written to Linux's debugfs. Linux finds out from a missing heartbeat, or at once.
CRASHES = ("crash fault", "0", "crash loop", "1", "crash silent", "2")


class Lifecycle(Scenario):
    """Each round: start, traffic, stop, start, crash in mid-traffic, recovery, traffic, stop.

    The second stop comes in mid-traffic, too.
    """

    name = "lifecycle"
    summary = "start, stop, crash and recover the RTOS through remoteproc, messages under way"
    app = "echo"
    unit = "rounds"
    default_count = 100
    look_every_us = 1000
    # Crashes are what it is about: Linux has to find out by itself, and to recover.
    hang_after_ns = 5_000_000_000
    remoteproc = True

    def prepare(self) -> None:
        """Set up the account of messages."""
        config, board = self.session.config, self.session.board
        self._ledger = MessageLedger(config.seed, board.rpmsg.rings.payload)
        self._random = Random(config.seed)
        self._rounds = 0
        self._coredump = b""
        self._loaded: list[Check] = []
        self._lines: list[str] = []

    def time_limit_ns(self) -> int:
        """Return five seconds a round."""
        return 5_000_000_000 * (1 + self.count)

    def done(self) -> int:
        """Return the rounds so far."""
        return self._rounds

    @property
    def _where(self) -> str:
        return f"round {self._rounds + 1}"

    @property
    def _linux(self) -> LinuxSide:
        assert self.session.linux is not None
        return self.session.linux

    async def script(self) -> None:
        """Do the rounds; the first crash leaves a coredump.

        Linux's serial console shows nothing: a line of it holds up the CPU for milliseconds.
        """
        self._traffic = LifeTraffic(self._linux, self._ledger)
        await self._shell("dmesg -n 1")
        await self._shell(f"echo enabled > {DEBUG}/coredump")
        for number in range(self.count):
            await self._start()
            await self._traffic.quiet_stretch(self._where)
            await self._stop()
            await self._start()
            await self._crash(CRASHES[number % len(CRASHES)])
            await self._traffic.quiet_stretch(self._where)
            await self._stop_in_traffic()
            self._rounds += 1

    async def _shell(self, command: str) -> str:
        status, output = await self._linux.run(command)
        if status:
            raise RunError(f"lifecycle: {command}: {' '.join(output.split())}")
        return output

    # Stages of a round.

    async def _start(self) -> None:
        await self._shell(f"echo start > {REMOTE_STATE}")
        await self._state("running")
        self._ledger.begin_epoch()
        if not self._loaded:
            await self._read_back()

    async def _stop(self) -> None:
        await self._shell(f"echo stop > {REMOTE_STATE}")
        await self._state("offline")
        self._ledger.end_epoch(in_traffic=False)

    async def _stop_in_traffic(self) -> None:
        """Stop the RTOS while messages are under way: the next start must not see them."""
        kernel, file = self._linux.kernel, await self._traffic.open()
        sender = kernel.spawn(self._traffic.until_gone(file, BUSY_NS), "traffic")
        await kernel.sleep_ns((MESSAGES + self._random.randrange(MESSAGES)) * BUSY_NS)
        await self._shell(f"echo stop > {REMOTE_STATE}")
        await kernel.join(sender)
        await self._state("offline")
        self._note("stop")
        self._ledger.end_epoch(in_traffic=True)
        await file.close()

    async def _crash(self, how: str) -> None:
        """Crash the RTOS while messages are under way; return when Linux has recovered it."""
        file = await self._traffic.open()
        warmed_up = self._ledger.sent + MESSAGES + self._random.randrange(MESSAGES)
        try:
            while self._ledger.sent < warmed_up:
                await self._traffic.send(file)
                await self._traffic.keep_up(file)
        except LinuxError as error:
            raise RunError(f"lifecycle: {self._where}: {error} before the crash") from None
        await self._bring_down(how)
        await self._traffic.until_gone(file, SLOW_NS)
        await file.close()
        self._note(how)
        await self._recovered()

    async def _bring_down(self, how: str) -> None:
        if how.isdigit():
            await self._shell(f"echo {how} > {DEBUG}/crash")
        else:
            self.session.rtos_console.send(f"{how}\r".encode())

    async def _recovered(self) -> None:
        await self._state("running")
        self._ledger.end_epoch(in_traffic=True)
        self._ledger.begin_epoch()
        if not self._coredump:
            await self._read_back()
            await self._take_coredump()

    async def _read_back(self) -> None:
        """Compare what was loaded with the file: at the first start and the first recovery."""
        check = await firmware_in_memory(self.session)
        if check is not None:
            self._loaded.append(check)

    async def _take_coredump(self) -> None:
        """Read the core file as a user does; then no more are wanted."""
        fs = self._linux.userspace.fs
        (name,) = (name for name in fs.listdir(COREDUMPS) if name.startswith("devcd"))
        file = await fs.open(f"{COREDUMPS}/{name}/data", O_RDWR)
        dump = bytearray()
        while piece := await file.read(1 << 16):
            dump += piece
        await file.write(b"1")
        await file.close()
        self._coredump = bytes(dump)
        await self._shell(f"echo disabled > {DEBUG}/coredump")

    async def _state(self, wanted: str) -> None:
        for _ in range(POLLS):
            found = (await self._shell(f"cat {REMOTE_STATE}")).strip()
            if found == wanted:
                return
            await self._linux.kernel.msleep(POLL_MS)
        raise RunError(f"lifecycle: {REMOTE_STATE}: expected {wanted}, found {found}")

    def _note(self, how: str) -> None:
        now = self.session.now_ns() / 1e6
        ledger = self._ledger
        self._lines.append(f"{now:12.3f} ms {self._where}: {how}: {ledger.under_way} under way")

    # Result.

    def checks(self) -> dict[str, Check]:
        """All rounds were done, and the account of messages is even."""
        ledger = self._ledger
        starts = self.session.starts[self.session.rtos_hart.index]
        balance = ledger.sent == ledger.received + ledger.cut + ledger.lost
        return {
            "all_rounds": Check(self._rounds == self.count, f"{self._rounds} of {self.count}"),
            "starts_of_the_rtos": Check(starts == 1 + 3 * self.count, f"{starts}, BROM included"),
            "nothing_lost": Check(
                ledger.lost == 0 and balance,
                f"{ledger.sent} sent, {ledger.received} came back, "
                f"{ledger.cut} cut by a crash or a stop, {ledger.lost} lost",
            ),
            "nothing_doubled": Check(ledger.duplicated == 0, f"{ledger.duplicated} came twice"),
            "nothing_replayed": Check(
                ledger.replayed == 0, f"{ledger.replayed} came from before a restart"
            ),
            "nothing_damaged": Check(ledger.damaged == 0, f"{ledger.damaged} were not as sent"),
            "loaded_as_in_file": Check(
                all(check.passed for check in self._loaded),
                "; ".join(check.reason for check in self._loaded) or "nothing read back",
            ),
            "coredump_taken": Check(
                self._coredump.startswith(b"\x7fELF"), f"{len(self._coredump)} bytes"
            ),
        }

    def details(self) -> dict[str, Any]:
        """Return the coredump and the list of crashes as artifacts."""
        (self.session.directory / "coredump.elf").write_bytes(self._coredump)
        self.session.artifacts["coredump"] = "coredump.elf"
        return self.session.text_artifact("log", "lifecycle.log", "\n".join(self._lines) + "\n")
