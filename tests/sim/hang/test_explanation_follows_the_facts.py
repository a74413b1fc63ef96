# SPDX-License-Identifier: Apache-2.0
"""The explanation of made-up facts: what each of them comes down to, without a simulator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_facts import ECHO, NOW, READER, box, facts, hart, msip, ring

from sim.hang.document import hang_document, hang_text, ring_rows
from sim.hang.explain import explain
from sim.hang.explanation import Cause, ms
from sim.hang.facts import Facts, Thread
from sim.hang.threads import in_run

BACKLOG = ring(1, avail=3, offered=3, avail_ns=500)


def rtos(bell: Any) -> dict[str, Any]:
    """One message waits for the RTOS, whose doorbell is this."""
    return {"rings": (ring(0), BACKLOG), "doorbells": {"linux": msip("linux"), "rtos": bell}}


def thread(name: str, what: str, where: str = "", **fields: Any) -> Thread:
    return Thread("rtos", name, "waiting", 600, what, where, application=True, **fields)


CASES = {
    "not rung": (rtos(msip("rtos")), Cause.LOST_DOORBELL, "MSIP of hart 4"),
    "no edge": (
        rtos(msip("rtos", rung_ns=510, rose_ns=325)),
        Cause.CLEARED_INTERRUPT,
        "MSIP of hart 4",
    ),
    "cleared unseen": (
        rtos(msip("rtos", rung_ns=510, rose_ns=520, cleared_ns=530)),
        Cause.CLEARED_INTERRUPT,
        "MSIP of hart 4",
    ),
    "masked at the hart": (
        rtos(msip("rtos", rung_ns=510, rose_ns=520, pending=True, accepts=False)),
        Cause.MASKED_INTERRUPT,
        "hart 4 software enable",
    ),
    "masked behind M-mode": (
        rtos(msip("rtos", rung_ns=510, rose_ns=520, cleared_ns=530, accepts=False)),
        Cause.MASKED_INTERRUPT,
        "hart 4 software enable",
    ),
    "interrupts off": (
        rtos(msip("rtos", rung_ns=510, rose_ns=520, pending=True)),
        Cause.INTERRUPTS_OFF,
        "hart 4",
    ),
    "refused": (
        rtos(msip("rtos", rung_ns=510, refused=True)),
        Cause.REFUSED,
        "MSIP of hart 4",
    ),
    "word of another ring": (
        rtos(box("rtos", rung_ns=510, read_ns=540, read_value=7)),
        Cause.WRONG_ID,
        "msgbox of rtos",
    ),
    "word lost": (rtos(box("rtos", rung_ns=510)), Cause.LOST_DOORBELL, "msgbox of rtos"),
    "kick queued": (rtos(box("rtos", queued=3)), Cause.FULL_FIFO, "msgbox of rtos"),
    "box masked": (
        rtos(box("rtos", rung_ns=510, words=(1,), pending=True, enabled=False)),
        Cause.MASKED_INTERRUPT,
        "msgbox of rtos RD_IRQ_EN",
    ),
    "box cleared": (
        rtos(box("rtos", rung_ns=510, words=(1,), pending=False)),
        Cause.CLEARED_INTERRUPT,
        "msgbox of rtos RD_IRQ_STATUS",
    ),
    "below the threshold": (
        rtos(
            box(
                "rtos",
                rung_ns=510,
                words=(1,),
                pending=True,
                source={"pending": 1, "in_flight": 1, "priority": 1, "enabled": 1, "threshold": 1},
            )
        ),
        Cause.MASKED_INTERRUPT,
        "PLIC source 144",
    ),
    "claimed and not completed": (
        rtos(
            box(
                "rtos",
                rung_ns=510,
                heard_ns=520,
                words=(1,),
                pending=True,
                source={"pending": 0, "in_flight": 1, "priority": 1, "enabled": 1, "threshold": 0},
            )
        ),
        Cause.INTERRUPTS_OFF,
        "hart 1",
    ),
    "in reset": (
        {"harts": (hart(1, "linux"), hart(4, "rtos", running=False))},
        Cause.IN_RESET,
        "hart 4",
    ),
    "crashed": (
        {"harts": (hart(1, "linux"), hart(4, "rtos", thread="exception"))},
        Cause.CRASHED,
        "hart 4",
    ),
    "on the bus": (
        {
            "harts": (
                hart(1, "linux"),
                hart(
                    4,
                    "rtos",
                    request="load",
                    address=0x6E400000,
                    since_ns=700,
                    handshake={"read_address": False},
                ),
            )
        },
        Cause.STUCK_BUS,
        "0x6e400000",
    ),
    "used not published": (
        {"rings": (ring(0, used_entry_ns=600), ring(1))},
        Cause.UNPUBLISHED,
        "used index of ring 0",
    ),
    "dropped by the RTOS": ({"dropped_ns": {"rtos": 600}}, Cause.NO_ENDPOINT, "ring 1"),
    "dropped by Linux": ({"dropped_ns": {"linux": 600}}, Cause.NO_ENDPOINT, "ring 0"),
    "who received has ended": ({"replier": "worker"}, Cause.ENDED, "worker"),
    "nothing owed": ({}, Cause.NOTHING_OWED, "ring 0"),
    "sleeps": (
        {"threads": (READER, thread("echo", "sleep", time_left_ns=5_000_000))},
        Cause.SLEEPS,
        "echo",
    ),
    "console": (
        {"threads": (replace(READER, what="input", where="console"),)},
        Cause.INPUT,
        "rpmsg_echo",
    ),
    "computes": (
        {"threads": (READER, replace(ECHO, what="", state="running"))},
        Cause.COMPUTES,
        "echo",
    ),
    "a boot stage at work": (
        {
            "threads": (),
            "rtos_kernel": False,
            "linux_booted": False,
            "harts": (hart(1, "linux"), hart(4, "rtos", thread="boot0", until_ns=NOW + 10)),
        },
        Cause.COMPUTES,
        "hart 4",
    ),
    "a boot stage on the bus": (
        {
            "threads": (),
            "rtos_kernel": False,
            "linux_booted": False,
            "harts": (
                hart(1, "linux", thread="u-boot", request="write", since_ns=NOW - 10),
                hart(4, "rtos"),
            ),
        },
        Cause.COMPUTES,
        "hart 1",
    ),
    "a panic": ({"linux_panic": "Attempted to kill init!"}, Cause.CRASHED, "Linux"),
    "no application": ({"threads": ()}, Cause.UNKNOWN, ""),
}


@pytest.mark.parametrize("case", CASES)
def test_facts_come_down_to_their_cause(case: str):
    changes, cause, thing = CASES[case]
    explanation = explain(facts(**changes))
    assert (explanation.cause, explanation.thing) == (cause, thing)
    if explanation.steps:
        assert explanation.steps[-1].text == explanation.text or cause is Cause.UNKNOWN


def test_three_threads_in_a_circle():
    threads = (
        READER,
        thread("a", "mutex", "m1", holder="b"),
        thread("b", "mutex", "m2", holder="c"),
        thread("c", "mutex", "m3", holder="a"),
    )
    explanation = explain(facts(threads=threads))
    assert explanation.cause is Cause.DEADLOCK
    assert explanation.text == (
        "a (RTOS) and b (RTOS) and c (RTOS) wait for each other: mutexes m1 and m2 and m3"
    )


TIMED = replace(READER, since_ns=NOW - 60_000_000, time_left_ns=5_000_000)


def test_a_wait_with_a_time_out_longer_than_the_span_is_no_hang():
    sleeps = explain(facts(threads=(TIMED, ECHO)))
    assert (sleeps.cause, sleeps.thing) == (Cause.SLEEPS, "rpmsg_echo")
    assert sleeps.text == (
        "nobody is stuck: rpmsg_echo (Linux) goes on by itself within 5.00000 ms; "
        "--hang-after (50.00000 ms) is shorter than that time-out"
    )
    assert sleeps.steps[0].text == (
        "rpmsg_echo (Linux) waits for a message in /dev/rpmsg0 for 5.00000 ms yet at most"
    )
    assert sleeps.steps[-2].text.startswith("all that was sent has been received")
    assert explain(facts(threads=(TIMED, ECHO), patience_ns=0)).text.endswith("within 5.00000 ms")


def test_time_outs_shorter_than_the_span_that_begin_again_and_again_excuse_nobody():
    again = replace(TIMED, since_ns=NOW - 40_000_000)
    assert explain(facts(threads=(again, ECHO))).cause is Cause.NOTHING_OWED


def test_a_time_out_longer_than_any_run_is_none():
    """As that of rpmsg_queue_recv() with RL_BLOCK, 0x1000000 ticks."""
    for_ever = replace(ECHO, time_left_ns=0x1000000 * 1_000_000)
    assert list(in_run([TIMED, for_ever], 30_000_000_000)) == [TIMED, ECHO]


def test_who_answers_may_go_on_by_himself_too():
    patient = replace(ECHO, since_ns=NOW - 60_000_000, time_left_ns=5_000_000)
    assert explain(facts(threads=(READER, patient))).thing == "echo"


def test_mutexes_with_a_time_out_are_no_deadlock():
    first = thread("a", "mutex", "m1", holder="b", time_left_ns=100_000_000)
    threads = (READER, first, thread("b", "mutex", "m2", holder="a"))
    assert explain(facts(threads=threads)).cause is Cause.SLEEPS


def test_what_is_broken_is_named_though_somebody_gives_up_on_it():
    lost = explain(facts(threads=(TIMED, ECHO), **rtos(msip("rtos"))))
    assert lost.cause is Cause.LOST_DOORBELL


def test_a_poll_that_has_not_looked_since_the_last_progress_sleeps():
    poll = Thread("linux", "init", "waiting", 390, "file", "/dev/rpmsg0", polls=True)
    early = replace(poll, application=True, time_left_ns=9_000_000)
    assert explain(facts(threads=(early,))).cause is Cause.SLEEPS
    assert explain(facts(threads=(replace(early, since_ns=410),))).cause.hangs


def test_a_short_spell_of_another_thread_is_no_starvation():
    ready = replace(ECHO, what="", state="ready", priority=9)
    other = Thread("rtos", "busy", "running", NOW - 1_000_000, priority=3)
    busy = facts(threads=(READER, ready, other), rtos_current="busy")
    assert explain(busy).cause is Cause.COMPUTES
    long = replace(busy, threads=(READER, ready, replace(other, since_ns=500)))
    assert explain(long).cause is Cause.STARVED


def test_linux_is_at_work_when_a_thread_has_just_become_ready():
    """One that a look meets between its wake-up and its turn; not one that never gets a turn."""
    ready = Thread("linux", "init", "ready", NOW - 1_000_000, application=True)
    idle = facts(threads=(ready,))
    assert explain(idle).cause is Cause.COMPUTES
    assert explain(idle).text == "init (Linux) has only just begun to wait for its turn"
    long = replace(idle, threads=(replace(ready, since_ns=500),))
    assert explain(long).cause is Cause.UNKNOWN


def test_the_document_has_every_step_and_both_views():
    found = facts(**rtos(msip("rtos")))
    document = hang_document(found, explain(found), "no progress")
    assert document["cause"]["name"] == "lost-doorbell"
    assert [row["what"] for row in document["rings"][1]["rows"]][:2] == [
        "avail index",
        "used index",
    ]
    assert ring_rows(document)[5][:5] == (
        "1 Linux to RTOS, 8 entries",
        "avail index",
        "3",
        "3",
        "2",
    )
    text = hang_text(document)
    assert text.count("<- ") == len(document["chain"]) - 1
    assert f"no progress since {ms(400)} (msg_free on hart 4)" in text


WAITS = "message queue buffer mutex semaphore event link driver file room sleep input exit other"
SLUGS = st.sampled_from(["", *WAITS.split()])


@st.composite
def any_threads(draw: st.DrawFn) -> tuple[Thread, ...]:
    """Up to four threads of both sides in whatever state."""
    names = ["a", "b", "c", "d"]
    return tuple(
        Thread(
            draw(st.sampled_from(["linux", "rtos"])),
            name,
            draw(st.sampled_from(["waiting", "ready", "running", "ended"])),
            draw(st.integers(0, NOW)),
            draw(SLUGS),
            draw(st.sampled_from(names)),
            draw(st.sampled_from(["", *names])),
            draw(st.sampled_from([None, 0, 1])),
            draw(st.booleans()),
            draw(st.sampled_from([None, 3, 9])),
            draw(st.sampled_from([None, 1000])),
            application=draw(st.booleans()),
        )
        for name in names[: draw(st.integers(0, 4))]
    )


@given(
    any_threads(),
    st.sampled_from(["", "a", "tidle0"]),
    st.sampled_from(["", "interrupt"]),
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    st.booleans(),
)
def test_whatever_the_facts_there_is_an_explanation(threads, current, handler, numbers, up):
    a, b, c, d, e, f = numbers
    rings = (ring(0, avail=a, used=b, got_back=c), ring(1, avail=d, taken=e, used=f))
    found: Facts = facts(
        threads=threads,
        rings=rings,
        rtos_current=current,
        rtos_handler=handler,
        rtos_link=up,
        rtos_ready=up,
        rtos_kernel=up,
    )
    assert hang_text(hang_document(found, explain(found), "no progress"))
