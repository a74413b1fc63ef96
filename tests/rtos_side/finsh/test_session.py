# SPDX-License-Identifier: Apache-2.0
# finsh from end to end: bytes into the UART, interrupts, shell thread, bytes out of the UART.

from session import IdleApp, Session, make_board

from rtos_side import apps
from rtos_side.boot import boot
from rtos_side.kernel.event import Event
from rtos_side.kernel.mailbox import Mailbox
from rtos_side.kernel.messagequeue import MessageQueue
from rtos_side.kernel.mutex import Mutex
from rtos_side.kernel.semaphore import Semaphore
from rtos_side.kernel.thread import Thread
from rtos_side.kernel.timer import PERIODIC, Timer

VERSION = """
 \\ | /
- RT -     Thread Operating System
 / | \\     5.1.0 build Mar 12 2024 11:23:18
 2006 - 2024 Copyright by RT-Thread team
"""

THREADS = """\
thread           pri  status      sp     stack size max used left tick  error
---------------- ---  ------- ---------- ----------  ------  ---------- ---
tshell            20  running 0x00000000 0x00001000    00%   0x0000000a OK
tidle0            31  ready   0x00000000 0x00004000    00%   0x0000001b OK
timer              4  suspend 0x00000000 0x00004000    00%   0x0000000a EINTRPT
"""

HELP = """\
RT-Thread shell commands:
clear            - clear the terminal screen
version          - show RT-Thread version information
list_thread      - list thread
list_sem         - list semaphore in system
list_event       - list event in system
list_mutex       - list mutex in system
list_mailbox     - list mail box in system
list_msgqueue    - list message queue in system
list_timer       - list timer in system
list_device      - list device in system
list             - list objects
help             - RT-Thread shell help.
ps               - List threads in the system.
free             - Show the memory usage in the system.
schedule_latency - measure the delay from timer to thread [count]
uart_latency     - mark received characters for the UART latency [count]
idle_app         - do nothing

"""

LIST_USAGE = """\
Usage: list [options]
[options]:
    thread - list threads
    timer - list timers
    sem - list semaphores
    mutex - list mutexs
    event - list events
    mailbox - list mailboxs
    msgqueue - list message queues
    device - list devices
"""


# One object of each kind, some with a thread that waits for them.
class ObjectsApp(IdleApp):
    async def start(self, kernel, console):
        self.semaphore = Semaphore(kernel, "pool", 3)
        self.mutex = Mutex(kernel, "lock")
        self.event = Event(kernel, "link")
        self.mailbox = Mailbox(kernel, "commands", 4)
        self.queue = MessageQueue(kernel, "results", 6, 4)
        self.timer = Timer(kernel, "heartbeat", self._beat, 1000, PERIODIC)
        await self.timer.start()
        await self.mailbox.send(1)
        await Thread(kernel, "holder", self._hold, 1024, 8, 5).startup()
        await Thread(kernel, "waiter", self._wait, 1024, 9, 5).startup()

    async def _beat(self):
        pass

    async def _hold(self):
        await self.mutex.take()
        await self.event.send(0x80)
        await self.queue.recv(bytearray(6))

    async def _wait(self):
        await self.mutex.take()


# What a command prints, without the echo of the command and the prompt.
def _run(session, command):
    shown = session.type(command + "\r")
    prefix, suffix = command + "\r\n", "msh >"
    assert shown.startswith(prefix), shown
    assert shown.endswith(suffix), shown
    return shown[len(prefix) : -len(suffix)].replace("\r\n", "\n")


# Five ticks have passed: idle has freed the main thread, and the next tick is some time away.
def _settled(app=None):
    session = Session(app)
    session.run_ms(5)
    return session


def test_boot_prints_heap_banner_and_prompt():
    session = _settled()
    expected = "heap: [0x6f000000 - 0x70000000]\n" + VERSION + "msh >"
    assert session.output() == expected.replace("\n", "\r\n")


def test_version():
    assert _run(_settled(), "version") == VERSION


def test_help():
    assert _run(_settled(), "help") == HELP


def test_threads_by_each_of_their_names():
    for command in ("list_thread", "ps", "list thread"):
        assert _run(_settled(), command) == THREADS


def test_list_without_or_with_a_wrong_argument():
    session = _settled()
    assert _run(session, "list") == LIST_USAGE
    assert _run(session, "list files") == LIST_USAGE
    assert _run(session, "list thread now") == LIST_USAGE


def test_clear():
    assert _run(_settled(), "clear") == "\x1b[2J\x1b[H"


def test_an_unknown_command_is_named_by_its_first_word():
    assert _run(_settled(), "reboot now") == "reboot: command not found.\n"


def test_too_many_arguments():
    shown = _run(_settled(), "list a b c d e f g h")
    assert shown == "Too many args ! We only Use:\nlist a b c d e f g \n" + LIST_USAGE


def test_an_empty_line_prompts_again():
    session = _settled()
    assert _run(session, "") == ""
    assert _run(session, "  ") == ""


# A main thread of 8192 has come and gone; 4096 for tshell, 2 * 16384 for timer and idle, and a ring
# of 128 bytes with its header of 16 are still there.
def test_free_counts_stacks_and_buffers():
    assert _run(_settled(), "free") == (
        "total    : 16777216\nused     : 37008\nmaximum  : 45200\navailable: 16740208\n"
    )


def test_pools_of_mailboxes_and_queues_are_counted_too():
    used = int(_run(_settled(ObjectsApp()), "free").split("\n")[1].split(":")[1])
    assert used == 37008 + 2 * 1024 + 4 * 8 + 4 * (8 + 16)


# shrx: the UART's level is still high when the interrupt is completed, so it comes a second time,
# and finds the ring filled by the first.
def test_objects_of_the_kernel_are_listed():
    session = _settled(ObjectsApp())
    rows = {}
    for kind in ("sem", "mutex", "event", "mailbox", "msgqueue", "device"):
        rows[kind] = _run(session, "list_" + kind).split("\n")[2:-1]
    assert rows["sem"] == ["pool             003 0", "shrx             001 0"]
    assert rows["mutex"] == ["lock             holder   0001 1"]
    assert rows["event"] == ["link              0x00000080 0"]
    assert rows["mailbox"] == ["commands         0001  0004 0"]
    assert rows["msgqueue"] == ["results          0000  1:holder"]
    assert rows["device"] == ["uart1            Character Device     2       "]


def test_timers_are_listed_with_the_current_tick():
    rows = _run(_settled(ObjectsApp()), "list_timer").split("\n")[2:-1]
    assert rows[2] == "heartbeat        0x000003e8 0x000003e8 activated   periodic"
    assert rows[-2] == "timer            0x00000000 0x00000000 deactivated one shot"
    assert rows[-1] == "current tick:0x00000005"


def test_up_key_repeats_the_last_command():
    session = _settled()
    _run(session, "list sem")
    shown = session.type("\x1b[A\r")
    assert shown.startswith("\x1b[2K\rmsh >list sem\r\nsemaphore        v")


def test_tab_key_completes():
    session = _settled()
    assert session.type("vers\t") == "vers\b\b\b\b\r\nversion\r\nmsh >version"
    assert session.type("\r").endswith(VERSION.replace("\n", "\r\n") + "msh >")


def test_the_shell_sleeps_until_the_receive_interrupt():
    session = _settled()
    before = len(session.hart.events)
    session.type("\r")
    events = [event[1:] for event in session.hart.events[before:]]
    assert ("irq", 4, 0) in events
    assert events[events.index(("irq", 4, 0)) + 1] == ("switch", 20, 0)
    assert session.threads()[-2:] == ["tshell", "tidle0"]


def test_a_burst_longer_than_the_ring_loses_its_oldest_bytes():
    session = _settled()
    shown = session.type("x" * 100 + "\r" + "y" * 50 + "\r")
    warning = "[W/UART] Warning: There is no enough buffer for saving data, please increase the"
    assert warning in shown
    assert "x" * 75 + "\r\n" in shown
    assert "y" * 50 + "\r\n" in shown


def test_every_app_that_comes_with_the_rtos_has_a_command():
    session = Session(apps=apps.NAMES)
    session.run_ms(5)
    rows = _run(session, "help").split("\n")
    names = [row.split(" - ")[0].strip() for row in rows[15:-3]]
    assert names == ["rpmsg_linux_test", "echo_service", "schedule_latency", "uart_latency"]


def test_an_app_of_the_image_is_started_by_name():
    session = Session(app_module=None, app="schedule_latency", count=2)
    session.run_ms(10)
    assert session.events("app_done") == [(2, 0)]


def test_a_missing_cost_is_an_error_at_boot():
    board = make_board(IdleApp())
    del board["costs"]["shell_char"]
    try:
        boot(Session().hart, board)
    except ValueError as error:
        assert str(error) == "the timing profile has no cost 'shell_char' for the RTOS"
    else:
        raise AssertionError("no error")


def test_an_unknown_app_is_an_error_at_boot():
    board = make_board(None)
    board["app"] = "chess"
    try:
        boot(Session().hart, board)
    except ValueError as error:
        assert str(error) == ("unknown app 'chess': expected one of schedule_latency, uart_latency")
    else:
        raise AssertionError("no error")
