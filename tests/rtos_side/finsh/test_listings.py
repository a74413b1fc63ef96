# SPDX-License-Identifier: Apache-2.0
# Every table of the list commands against the text that RT-Thread prints (RT_NAME_MAX 16).

from rtos_side.finsh import listings


class _Object:
    def __init__(self, **attributes):
        for name, value in attributes.items():
            setattr(self, name, value)


def _named(*names):
    return [_Object(name=name) for name in names]


def _thread(name, priority, state, used, size, maximum, left, error=0):
    return _Object(
        name=name,
        priority=priority,
        state=state,
        stack_used=used,
        stack_size=size,
        stack_max_used=maximum,
        remaining_tick=left,
        error=error,
    )


def _check(lines, expected):
    assert "\n".join(lines) + "\n" == expected, "\n".join(lines)


THREADS = """\
thread           pri  status      sp     stack size max used left tick  error
---------------- ---  ------- ---------- ----------  ------  ---------- ---
tshell            20  running 0x00000178 0x00001000    15%   0x0000000a OK
tidle0            31  ready   0x00000178 0x00004000    02%   0x00000020 OK
timer              4  suspend 0x00000178 0x00001000    09%   0x00000009 OK
rpmsg_linux_test   9  suspend 0x00000200 0x00001000    12%   0x00000014 ETIMOUT
new               30  init    0x00000000 0x00000400    00%   0x00000005 OK
main              10  close   0x00000000 0x00002000    100%   0x00000014 EUNKNOW
"""


def test_threads():
    rows = [
        _thread("tshell", 20, 3, 376, 4096, 620, 10),
        _thread("tidle0", 31, 2, 376, 16384, 376, 32),
        _thread("timer", 4, 4, 376, 4096, 376, 9),
        _thread("rpmsg_linux_test", 9, 4, 512, 4096, 512, 20, error=-2),
        _thread("new", 30, 0, 0, 1024, 0, 5),
        _thread("main", 10, 1, 0, 8192, 8192, 20, error=-99),
    ]
    _check(listings.threads(rows), THREADS)


def test_the_yield_bit_of_a_thread_state_is_not_part_of_it():
    rows = [_thread("a", 1, 0x08 | 3, 0, 16, 0, 0)]
    assert "  running " in listings.threads(rows)[2]


SEMAPHORES = """\
semaphore        v   suspend thread
---------------- --- --------------
shrx             000 1:tshell
pool             012 0
two              000 2:a/b
"""


def test_semaphores():
    rows = [
        _Object(name="shrx", value=0, waiters=_named("tshell")),
        _Object(name="pool", value=12, waiters=[]),
        _Object(name="two", value=0, waiters=_named("a", "b")),
    ]
    _check(listings.semaphores(rows), SEMAPHORES)


MUTEXES = """\
mutex              owner  hold suspend thread
---------------- -------- ---- --------------
free                      0000 0
held             rpmsg_linux_test 0002 2
"""


def test_mutexes():
    owner = _Object(name="rpmsg_linux_test")
    rows = [
        _Object(name="free", owner=None, hold=0, waiters=[]),
        _Object(name="held", owner=owner, hold=2, waiters=_named("a", "b")),
    ]
    _check(listings.mutexes(rows), MUTEXES)


EVENTS = """\
event                 set    suspend thread
----------------  ---------- --------------
link              0x80000001 0
ready             0x00000000 002:a/b
"""


def test_events():
    rows = [
        _Object(name="link", set=0x80000001, waiters=[]),
        _Object(name="ready", set=0, waiters=_named("a", "b")),
    ]
    _check(listings.events(rows), EVENTS)


MAILBOXES = """\
mailbox          entry size suspend thread
---------------- ----  ---- --------------
commands         0003  0016 0
results          0000  0004 1:tshell
"""


def test_mailboxes():
    rows = [
        _Object(name="commands", entry=3, size=16, waiters=[]),
        _Object(name="results", entry=0, size=4, waiters=_named("tshell")),
    ]
    _check(listings.mailboxes(rows), MAILBOXES)


QUEUES = """\
msgqueue         entry suspend thread
---------------- ----  --------------
rpmsg_queue      0004  0
idle_queue       0000  1:rpmsg_linux_test
"""


def test_message_queues():
    rows = [
        _Object(name="rpmsg_queue", entry=4, waiters=[]),
        _Object(name="idle_queue", entry=0, waiters=_named("rpmsg_linux_test")),
    ]
    _check(listings.message_queues(rows), QUEUES)


TIMERS = """\
timer             periodic   timeout    activated     mode
---------------- ---------- ---------- ----------- ---------
heartbeat        0x00000064 0x000004b0 activated   periodic
tshell           0x00000000 0x00000000 deactivated one shot
current tick:0x00000474
"""


def test_timers():
    rows = [
        _Object(name="heartbeat", init_tick=100, timeout_tick=1200, active=True, periodic=True),
        _Object(name="tshell", init_tick=0, timeout_tick=0, active=False, periodic=False),
    ]
    _check(listings.timers(rows, 1140), TIMERS)


# The count is padded to eight columns, to the end of the line.
DEVICES = (
    "device                   type         ref count\n"
    "---------------- -------------------- ----------\n"
    "uart1            Character Device     2       \n"
    "odd              Unknown              0       \n"
)


def test_devices():
    rows = [
        _Object(name="uart1", type=0, ref_count=2),
        _Object(name="odd", type=99, ref_count=0),
    ]
    _check(listings.devices(rows), DEVICES)


def test_long_names_are_cut_to_sixteen_characters():
    rows = [_Object(name="a_name_of_many_characters", value=1, waiters=[])]
    assert listings.semaphores(rows)[2] == "a_name_of_many_c 001 0"
