# SPDX-License-Identifier: Apache-2.0
# A whole V821 RTOS from boot to shell: start-up, commands of the AMP system, the stop.

import struct

from bare_machine import Ram
from message_box import Side
from session import UART, IdleApp, Session
from shared_memory import Memory
from uart_model import UartModel
from v821_bench import (
    CONTEXT,
    DRAM,
    DRAM_SIZE,
    IRQ,
    LOCAL,
    PLIC,
    REMOTE,
    STOP_RECORD,
    TRACE,
    TRACE_SIZE,
    rpmsg_config,
)
from v821_linux import STOP, Linux

COSTS = "trap_entry trap_exit context_switch tick ipc_call shell_char rpmsg_call app_loop md5_block"
UART_IRQ = 33


# A PLIC for two sources.
class Plic:
    def __init__(self, context, set_line):
        self._claim = 0x200000 + 0x1000 * context + 4
        self._set_line = set_line
        self._levels = {}
        self._pending = []
        self._claimed = []
        self._words = {}

    def setter(self, source):
        def set_level(level):
            self._levels[source] = level
            self._gateway()

        return set_level

    def _gateway(self):
        for source in self._levels:
            if self._levels[source] and source not in self._claimed + self._pending:
                self._pending.append(source)
        self._set_line(bool(self._pending))

    def load(self, offset, size):
        if offset != self._claim:
            return self._words.get(offset, 0)
        if not self._pending:
            return 0
        source = self._pending.pop(0)
        self._claimed.append(source)
        self._gateway()
        return source

    def store(self, offset, size, value):
        if offset != self._claim:
            self._words[offset] = value
        elif value in self._claimed:
            self._claimed.remove(value)
            self._gateway()


class V821Session(Session):
    def __init__(self, module=None, **changes):
        self._extra = changes
        Session.__init__(
            self,
            module,
            costs=dict.fromkeys(COSTS.split(), 10),
            privilege="machine",
            hart_id=1,
            plic={"base": PLIC, "context": CONTEXT, "sources": 187},
            rpmsg=rpmsg_config(),
            trace={"base": TRACE, "size": TRACE_SIZE},
            **changes,
        )
        # Session has made the devices of the other board: nothing is at their addresses here.
        machine = self.machine
        machine._windows = [w for w in machine._windows if w[0] == machine.board["clint"]]
        plic = Plic(CONTEXT, lambda level: machine.set_line(4, level))
        self.uart = UartModel(plic.setter(UART_IRQ))
        self.memory = Memory(machine.map_ram(DRAM, DRAM_SIZE))
        self.local = Side(plic.setter(IRQ))
        self.remote = Side(lambda level: None)
        self.record = Ram(STOP_RECORD, 4)
        machine._windows.append((STOP_RECORD, STOP_RECORD + 4, self.record))
        for base, size, device in (
            (PLIC, 0x400000, plic),
            (UART, 0x10000, self.uart),
            (LOCAL, 0x1000, self.local),
            (REMOTE, 0x1000, self.remote),
        ):
            machine.map_device(base, size, device.load, device.store)
        self.linux = Linux(self.memory, lambda word: self.local.push(0, word))

    def run_ms(self, ms):
        for _ in range(ms):
            Session.run_ms(self, 1)
            del self.remote.fifos[0][:]

    # The shell is there, and Linux's drivers have bound to the channels.
    def connect(self):
        self.linux.probe()
        self.run_ms(60)
        self.linux.receive()

    def command(self, line):
        start = len(self.uart.sent)
        self.uart.receive(line.encode() + b"\r")
        self.run_until(lambda: bytes(self.uart.sent[start:]).endswith(b"msh >"), 500)
        return bytes(self.uart.sent[start:]).decode().replace("\r\n", "\n")


def trace(session):
    return session.memory.get_block(TRACE, TRACE_SIZE).split(b"\0")[0].decode()


def test_the_rtos_comes_up_and_waits_for_linux():
    session = V821Session()
    session.run_ms(80)
    output = session.output()
    assert "- RT -     Thread Operating System" in output
    assert "Wait connected to remote master\r\n" in output
    assert "msh >" in output
    # What is printed is in the trace buffer as well.
    assert trace(session).replace("\n", "\r\n") == output


def test_the_services_are_commands():
    session = V821Session()
    session.connect()
    shown = session.command("help")
    for name in ("crash", "rpmsg_list_listen", "rpmsg_list_epts", "rpbuf_list", "list_service"):
        assert name in shown
    assert session.command("rpmsg_list_listen") == (
        "rpmsg_list_listen\n"
        "name \t\t listen  alive\n"
        "rpmsg_test \t\t 10  0\n"
        "rpmsg_demo \t\t 5  0\n"
        "msh >"
    )


def test_names_are_bound_and_unbound_by_hand():
    session = V821Session()
    session.connect()
    session.command("eptdev_bind mine 3")
    assert "mine \t\t 3  0\n" in session.command("rpmsg_list_listen")
    assert "eptdev_bind: mine cannot be bound\n" in session.command("eptdev_bind mine 3")
    session.command("eptdev_unbind mine")
    assert "mine" not in session.command("rpmsg_list_listen").split("\n", 1)[1]
    assert "mine listen not exist!\n" in session.command("eptdev_unbind mine")
    assert "Usage: eptdev_bind name count\n" in session.command("eptdev_bind mine")
    assert "Usage: eptdev_unbind name\n" in session.command("eptdev_unbind")


def test_a_client_is_listed():
    session = V821Session()
    session.connect()
    linux = session.linux
    linux.announce("sunxi,rpmsg_ctrl", 1024)
    linux.send_to("sunxi,rpmsg_ctrl", 1024, struct.pack("<32sIII", b"rpmsg_demo", 1, 0, 0x13141413))
    session.run_ms(5)
    linux.receive()
    linux.announce("sunxi,rpmsg_client", 1025)
    session.run_ms(5)
    linux.send_to("sunxi,rpmsg_client", 1025, struct.pack("<II", 1, 0x13131411))
    session.run_ms(5)
    address = linux.channels["sunxi,rpmsg_client"]
    line = f"rpmsg1 \t\t 0 \t\t 0x{address:2x} - 0x401\n"
    assert line in session.command("rpmsg_list_epts")


async def turn_round(data):
    if not data:
        raise ValueError("nothing to turn round")
    return bytes(reversed(data))


class ServingApp(IdleApp):
    async def start(self, kernel, console):
        kernel.amp.services.register("text", (turn_round,))


def test_services_are_called_from_the_shell():
    session = V821Session(ServingApp())
    session.connect()
    assert session.command("list_service") == "list_service\ncrash\ntext\nmsh >"
    for arguments, answer in (
        ("text 0 abc", "cba"),
        ("-x text 0 00ff", "ff00"),
        ("text 0", "service_call: text.0: the service failed"),
        ("text 1", "service_call: text.1: no such function"),
        ("a_name_that_is_too_long 0", "service_call: a_name_that_is_too_long.0: no such service"),
        ("text x", "Usage: service_call [-x] service function [data]"),
        ("text 65536", "Usage: service_call [-x] service function [data]"),
        ("text", "Usage: service_call [-x] service function [data]"),
    ):
        shown = session.command("service_call " + arguments)
        assert shown == f"service_call {arguments}\n{answer}\nmsh >"
    assert session.command("service_call -x text 0 0").startswith(
        "service_call -x text 0 0\nservice_call: "
    )


def test_a_service_is_taken_back():
    session = V821Session()
    session.connect()
    assert "service_remove: text is not here\n" in session.command("service_remove text")
    assert "Usage: service_remove name\n" in session.command("service_remove")
    session.command("service_remove crash")
    assert session.command("list_service") == "list_service\nmsh >"


def test_crash_wants_to_know_how():
    session = V821Session()
    session.connect()
    assert "Usage: crash fault|loop|silent\n" in session.command("crash")
    assert "Usage: crash fault|loop|silent\n" in session.command("crash politely")


def test_crash_loop_kills_the_shell():
    session = V821Session()
    session.connect()
    session.uart.receive(b"crash loop\r")
    session.run_ms(20)
    before = session.output()
    ticks = len(session.hart.threads)
    session.uart.receive(b"help\r")
    session.run_ms(100)
    assert session.output() == before
    assert len(session.hart.threads) == ticks


def test_a_stop_ends_the_whole_rtos():
    session = V821Session()
    session.connect()
    session.linux.leave()
    session.linux.kick(STOP)
    session.run_until(lambda: session.record.load(STOP_RECORD, 4) == 0x16AA0001, 50)
    try:
        session.run_ms(5)
    except RuntimeError as error:
        assert "waits for ever" in str(error)
    assert session.threads()[-1] == "stopped"


def test_a_profile_without_a_cost_is_refused():
    try:
        Session(
            IdleApp(),
            costs=dict.fromkeys(COSTS.replace("shell_char", "").split(), 1),
            privilege="machine",
        )
        raise AssertionError("no error")
    except ValueError as error:
        assert str(error) == "the timing profile has no cost 'shell_char' for the RTOS"
