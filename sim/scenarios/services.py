# SPDX-License-Identifier: Apache-2.0
"""Service calls: both cores serve and call at once, a service moves, and every error is seen."""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING, Any, NamedTuple

from host_side.services.errors import ServiceError
from sim.errors import RunError
from sim.measures import NOTHING
from sim.scenarios.rtos_shell import POLL_MS, type_at_rtos
from sim.scenarios.scenario import Check, Scenario
from sim.scenarios.vendor_link import vendor_link

if TYPE_CHECKING:
    from sim.inside.linux_side import LinuxSide

REMOTE_STATE = "/sys/class/remoteproc/remoteproc0/state"
HANG = 1  # function of the RTOS's service "crash": loop with interrupts off
SHORT_MS, LONG_MS = 50, 60_000
# Between Linux's calls: on the RTOS the threads that serve are above the one that calls, and would
# leave it next to nothing of the hart.
PAUSE_NS = 50_000
CTRL_DEVICE = "rpmsg_ctrl-"
CLIENT_LOAD = "-L 496 -n 20"

# What is typed at the RTOS's shell wherever ``adder`` is, and the answers of either place. Four
# letters are one word, whose sum it is itself.
RTOS_ASKS = (
    "service_call adder 0 abcd",
    "service_call adder 0 odd",
    "service_call adder 9",
    "service_call nobody 0",
    "list_service",
)
_ANSWERS = (
    "abcd",
    "service_call: adder.0: the service failed",
    "service_call: adder.9: no such function",
    "service_call: nobody.0: no such service",
)
ON_LINUX = (*_ANSWERS, "crash")
ON_RTOS = (*_ANSWERS, "adder\ncrash")


class Moved(NamedTuple):
    """What ten calls of Linux's client and a few of the RTOS's came to.

    Of the ten, ``right`` were answered right, ``there`` on the RTOS and ``here`` on Linux.
    """

    right: int
    there: int
    here: int
    answers: tuple[str, ...]


async def text_upper(data: bytes) -> bytes:
    """Function 0 of Linux's ``text``: ASCII letters in upper case."""
    return data.upper()


async def text_reverse(data: bytes) -> bytes:
    """Function 1 of Linux's ``text``: the bytes from the last to the first."""
    return data[::-1]


async def add(data: bytes) -> bytes:
    """Linux's ``adder``, for when the service has moved here: sum of u32 words modulo 2^32."""
    if len(data) % 4:
        raise ValueError("not words")
    words = (data[at : at + 4] for at in range(0, len(data), 4))
    total = sum(int.from_bytes(word, "little") for word in words)
    return pack("<I", total & 0xFFFFFFFF)


class Services(Scenario):
    """``adder`` runs on the RTOS and ``text`` on Linux; clients of both cores call both."""

    name = "services"
    summary = "service calls between the cores, both ways at once; moved services, all errors"
    app = "services"
    unit = "calls"
    default_count = 100
    remoteproc = True
    rtos_options = {"services": ["adder"]}

    def prepare(self) -> None:
        """Watch the calls that leave Linux, and the RTOS's own client."""
        self._measure = self.session.measure("service_call")
        self._started = NOTHING
        self._began = 0
        self._remote_calls = 0
        self._served = self._between = self._added_here = 0
        self._asked = self._first_right = 0
        self._right = 0
        self._moved: dict[str, Moved] = {}
        self._errors: dict[str, str] = {}
        self._rtos: tuple[int, int] | None = None
        self._rtos_clients = 0
        self._recovered = False
        self._client_status: int | None = None
        self._output = ""
        watchers = self.session.linux_boot_hart.watchers
        watchers["service_call"] = self._call_left
        watchers["service_return"] = self._call_returned
        self.session.rtos_hart.watchers["app_done"] = self._rtos_done

    def _call_left(self, cycle: int, _sequence: int, _function: int) -> None:
        self._remote_calls += 1
        self._began = cycle
        self._started = self.session.split()

    def _call_returned(self, cycle: int, _sequence: int, _status: int) -> None:
        self._measure.add(cycle - self._began, self.session.split().since(self._started))

    def _rtos_done(self, _cycle: int, rounds: int, wrong: int) -> None:
        self._rtos_clients += 1
        if self._rtos is None:
            self._rtos = rounds, wrong

    async def script(self) -> None:
        """Calls both ways, a service that moves here and back, then everything that can fail."""
        linux = await vendor_link(self.session)
        await self._rounds(linux)
        await self._clients(linux)
        await self._move(linux)
        await self._fail(linux)

    def _counted(self, function: Any) -> Any:
        async def run(data: bytes) -> bytes:
            self._served += 1
            answer: bytes = await function(data)
            return answer

        return run

    # The client: the same code wherever the service runs.

    async def _ask(self, linux: LinuxSide, number: int) -> None:
        words = (number, 0xFFFFFFFF, 3 * number)
        answer = await linux.userspace.services.call("adder", 0, pack("<III", *words))
        self._right += answer == pack("<I", sum(words) & 0xFFFFFFFF)

    async def _rounds(self, linux: LinuxSide) -> None:
        """Call the RTOS while its client calls Linux, until both have done their rounds.

        The RTOS's client begins when it finds ``text``, which is offered only now.
        """
        text = (self._counted(text_upper), self._counted(text_reverse))
        linux.userspace.services.register("text", text)
        number, served = 0, self._served
        while number < self.count or self._rtos is None:
            await self._ask(linux, number)
            number += 1
            await linux.kernel.sleep_ns(PAUSE_NS)
        self._asked, self._first_right = number, self._right
        self._between = self._served - served

    async def _clients(self, linux: LinuxSide) -> None:
        """Have rpmsg_test create an endpoint by name, and messages with an MD5 come back on it."""
        names = linux.userspace.fs.listdir("/dev")
        remote = next(name for name in names if name.startswith(CTRL_DEVICE))
        line = f"rpmsg_test -r {remote.removeprefix(CTRL_DEVICE)} -c rpmsg_test -t 0 {CLIENT_LOAD}"
        self._client_status, self._output = await linux.run(line)

    async def _move(self, linux: LinuxSide) -> None:
        """Move ``adder`` to Linux and back; the clients of both cores ask on as before."""
        services = linux.userspace.services
        await type_at_rtos(self.session, "service_remove adder")
        services.register("adder", (self._add_here,))
        await self._ask_on(linux, "linux")
        services.unregister("adder")
        await self._serve_at_rtos(linux)
        await self._ask_on(linux, "rtos")

    async def _add_here(self, data: bytes) -> bytes:
        self._added_here += 1
        return await add(data)

    async def _serve_at_rtos(self, linux: LinuxSide) -> None:
        """Start the RTOS's app once more: it serves ``adder`` again, and asks once for all."""
        done = self._rtos_clients
        await type_at_rtos(self.session, "services 1")
        while self._rtos_clients == done:
            await linux.kernel.msleep(POLL_MS)
        await linux.kernel.msleep(POLL_MS)  # for the rest of the line that it prints

    async def _ask_on(self, linux: LinuxSide, place: str) -> None:
        remote, right, here = self._remote_calls, self._right, self._added_here
        for number in range(10):
            await self._ask(linux, number)
        right, there = self._right - right, self._remote_calls - remote
        here = self._added_here - here
        answers = [await type_at_rtos(self.session, line) for line in RTOS_ASKS]
        self._moved[place] = Moved(right, there, here, tuple(answers))

    # What can go wrong.

    async def _fail(self, linux: LinuxSide) -> None:
        await self._expect(linux, "unknown service", ("nobody", 0))
        await self._expect(linux, "no such function", ("adder", 9))
        await self._expect(linux, "failed", ("adder", 0), data=b"odd")
        await self._expect(linux, "timed out", ("crash", HANG))
        kernel = linux.kernel
        waiting = kernel.spawn(
            self._expect(linux, "died while waiting", ("adder", 0), limit=LONG_MS), "client"
        )
        await kernel.msleep(20)
        await self._state(linux, "stop")
        await kernel.join(waiting)
        await self._expect(linux, "not there", ("adder", 0))
        await vendor_link(self.session)
        right = self._right
        await self._ask(linux, 1)
        self._recovered = self._right > right

    async def _expect(
        self,
        linux: LinuxSide,
        what: str,
        call: tuple[str, int],
        *,
        limit: int = SHORT_MS,
        data: bytes = b"",
    ) -> None:
        try:
            await linux.userspace.services.call(*call, data, limit)
        except ServiceError as error:
            self._errors[what] = f"{type(error).__name__} {error.name}"
        else:
            self._errors[what] = "an answer"

    async def _state(self, linux: LinuxSide, command: str) -> None:
        status, output = await linux.run(f"echo {command} > {REMOTE_STATE}")
        if status:
            raise RunError(f"services: echo {command}: {' '.join(output.split())}")

    def _moved_to(self, place: str, expected: Moved) -> Check:
        found = self._moved.get(place)
        if found is None:
            return Check(False, "not asked")
        by_linux = f"Linux's client: {found.right} of 10 right, {found.there} of them by the RTOS"
        by_rtos = ", ".join(answer.replace("\n", " ") for answer in found.answers)
        return Check(found == expected, f"{by_linux}; the RTOS's: {by_rtos}")

    def done(self) -> int:
        """Return the calls of Linux that were answered right."""
        return min(self._right, self.count)

    def time_limit_ns(self) -> int:
        """Return enough for a stop whose handshake nobody answers."""
        return 30_000_000_000 + self.count * 10_000_000

    def checks(self) -> dict[str, Check]:
        """Every call had its answer, and each thing that can go wrong its own error."""
        rounds, wrong = self._rtos or (0, 0)
        expected = {
            "unknown service": "NoService ENOENT",
            "no such function": "NoFunction ENOSYS",
            "failed": "ServiceFailed EREMOTEIO",
            "timed out": "CallTimedOut ETIMEDOUT",
            "died while waiting": "ServerDead ECONNRESET",
            "not there": "ServerDead EPIPE",
        }
        found = "; ".join(f"{what}: {error}" for what, error in self._errors.items())
        return {
            "linux_calls_rtos": Check(
                self._first_right == self._asked >= self.count,
                f"{self._first_right} of {self._asked} answers right",
            ),
            "rtos_calls_linux": Check(
                rounds == self.count and not wrong and self._served >= 2 * self.count,
                f"{rounds} rounds, {wrong} wrong; Linux served {self._served} calls",
            ),
            "both_at_once": Check(
                self._between > 0,
                f"Linux served {self._between} calls between the first and the last of its own",
            ),
            "clients_by_name": Check(
                self._client_status == 0,
                " ".join(self._output.replace("[", "").replace("]", ":").split()),
            ),
            "moved_to_linux": self._moved_to("linux", Moved(10, 0, 10, ON_LINUX)),
            "moved_back": self._moved_to("rtos", Moved(10, 10, 0, ON_RTOS)),
            "errors_by_name": Check(self._errors == expected, found),
            "back_after_restart": Check(self._recovered, "the same client has answers again"),
        }
