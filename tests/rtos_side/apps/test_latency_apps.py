# SPDX-License-Identifier: Apache-2.0
# The latency apps: what they record, print and report at their end.

from session import ACCESS, COST, Session

from rtos_side.apps import schedule_latency, uart_latency
from rtos_side.apps.schedule_latency import Summary


def _finished(session):
    return session.events("app_done")


# From the deadline to the thread: an M-mode trap; then trap entry, the tick, the call that sets the
# next deadline with its store, the switch, trap exit. All costs of the model are 10 cycles.
def test_each_sample_is_the_path_from_the_deadline_to_the_thread():
    session = Session(schedule_latency, count=20)
    session.run_until(lambda: _finished(session))
    expected = 6 * COST + ACCESS
    samples = session.events("sched_latency")
    assert samples[1:] == [(expected, n) for n in range(1, 20)]
    assert session.events("app_done") == [(20, 0)]


def test_the_summary_is_printed_before_the_end_is_reported():
    session = Session(schedule_latency, count=20)
    session.run_until(lambda: _finished(session))
    line = session.output().replace("msh >", "").split("\r\n")[-2]
    assert line == (
        "schedule_latency: 20 samples, min 800 avg 800 max 800 ns,"
        " rdtime min 750 avg 750 max 750 ns"
    )


def test_schedule_latency_is_a_command_with_a_count():
    session = Session()
    session.run_ms(5)
    session.type("schedule_latency 3\r")
    session.run_until(lambda: _finished(session))
    assert len(session.events("sched_latency")) == 3


def test_summary_of_a_series():
    summary = Summary()
    for value in (4, 2, 9):
        summary.add(value)
    assert summary.text(10) == "min 20 avg 50 max 90 ns"


def test_uart_latency_marks_each_character_the_shell_gets():
    session = Session(uart_latency, count=4)
    session.run_ms(5)
    assert "uart_latency: marking 4 characters on uart1\r\n" in session.output()
    for key in "ab\x08c":
        session.type(key)
    assert session.events("uart_rx_shell") == [(97, 0), (98, 1), (8, 2), (99, 3)]
    assert session.events("app_done") == [(4, 0)]


def test_uart_latency_leaves_the_shell_alone_afterwards():
    session = Session(uart_latency, count=2)
    session.run_ms(5)
    for key in "ps\r":
        session.type(key)
    assert len(session.events("uart_rx_shell")) == 2
    assert "tshell" in session.output()


def test_uart_latency_is_a_command_with_a_count():
    session = Session()
    session.run_ms(5)
    session.type("uart_latency 1\r")
    session.type("x")
    assert session.events("app_done") == [(1, 0)]
