# SPDX-License-Identifier: Apache-2.0
"""The follower on streams that a healthy run does not have: coalesced kicks, resets."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st
from record_stream import BOARD, BUFFERS, LINK, LINUX, RTOS, Stream

from sim.life import Ring, Step, follow
from sim.life.run import Life
from sim.life.stages import message_stages
from sim.records import Kind, read_records


def followed(stream: Stream):
    return follow(read_records(bytes(stream.data)), LINK, len(BOARD.harts))


def life_of(found) -> Life:
    return Life(
        BOARD, LINK, 10, found.messages, found.exchanges, found.unmatched, found.activity, found.end
    )


def test_every_step_has_the_time_of_what_stands_for_it():
    stream = Stream()
    stream.thread(LINUX, "app")
    stream.thread(RTOS, "tidle0")
    stream.linux_sends(b"hello")
    kick = stream.linux_kicks()
    line = stream.lines(RTOS, 1)
    irq = stream.event(RTOS, "irq", 1)
    stream.lines(RTOS, 0)
    take = stream.event(RTOS, "msg_take", 1, 0)
    callback = stream.event(RTOS, "msg_callback", 1, 0)
    wake = stream.thread(RTOS, "echo")
    recv = stream.event(RTOS, "msg_recv", BUFFERS + 16, 5)
    free = stream.event(RTOS, "msg_free", 1, 0)
    found = followed(stream)
    (message,) = found.messages
    names = ("kick", "line", "irq", "take", "callback", "wake", "recv", "free")
    times = (kick - 4, line, irq, take, callback, wake, recv, free)
    steps = {step.value: cycle for step, cycle in message.steps.items()}
    assert {name: steps[name] for name in names} == dict(zip(names, times, strict=True))
    assert (message.payload, message.src, message.dst) == (b"hello", 0x400, 0x4004)
    assert (message.sender, message.taker, message.receiver) == ("app", "tidle0", "echo")
    assert found.unmatched == {}


def test_a_line_that_is_up_already_is_no_step():
    stream = Stream()
    stream.lines(RTOS, 1)
    stream.linux_sends(b"x")
    stream.linux_kicks()
    stream.lines(RTOS, 0)
    stream.lines(RTOS, 1)
    irq = stream.event(RTOS, "irq", 1)
    stream.rtos_receives(b"x")
    (message,) = followed(stream).messages
    assert Step.LINE not in message.steps
    assert message.steps[Step.IRQ] == irq


def test_one_kick_serves_all_that_was_published_before():
    stream = Stream()
    stream.linux_sends(b"one", 0)
    stream.linux_sends(b"two", 1)
    kick = stream.linux_kicks()
    stream.rtos_receives(b"one", 0)
    stream.linux_sends(b"three", 0)
    stream.rtos_receives(b"two", 1)
    stream.rtos_receives(b"three", 0)
    found = followed(stream)
    assert [message.steps.get(Step.KICK) for message in found.messages] == [
        kick - 4,
        kick - 4,
        None,
    ]
    assert [message.payload for message in found.messages] == [b"one", b"two", b"three"]
    assert found.unmatched == {}


def test_a_reset_of_the_rtos_loses_what_is_on_the_ring_or_in_its_hands():
    stream = Stream()
    stream.linux_sends(b"held", 0)
    stream.event(RTOS, "msg_take", 1, 0)
    stream.linux_sends(b"waits", 1)
    stream.record(Kind.STOP, RTOS)
    stream.linux_sends(b"new", 0)
    stream.rtos_receives(b"new", 0)
    found = followed(stream)
    assert [message.lost for message in found.messages] == [True, True, False]
    assert found.messages[0].latency is None
    assert found.unmatched == {}


def test_events_that_fit_no_message_are_counted():
    stream = Stream()
    stream.event(RTOS, "msg_take", 1, 3)
    stream.event(RTOS, "msg_callback", 1, 3)
    stream.event(RTOS, "msg_recv", BUFFERS, 1)
    stream.event(RTOS, "msg_free", 1, 3)
    stream.event(LINUX, "msg_fill", 1, 3)
    stream.event(LINUX, "msg_send", 1, 3)
    stream.event(LINUX, "msg_send", 1, 3)
    found = followed(stream)
    assert found.messages == []
    assert found.unmatched == {
        "msg_take": 1,
        "msg_callback": 1,
        "msg_recv": 1,
        "msg_free": 1,
        "msg_fill": 1,
        "msg_send": 2,
    }


def test_a_failed_receive_of_the_rtos_is_no_message():
    stream = Stream()
    stream.event(RTOS, "msg_recv", 0, 0)
    assert followed(stream).unmatched == {}


def test_linux_reads_what_a_closed_file_has_left_behind_no_more():
    stream = Stream()
    stream.thread(RTOS, "echo")
    for index, payload in enumerate((b"dropped", b"read")):
        buffer = BUFFERS + 512 * index
        stream.store(LINUX, LINK.descriptors[0] + 16 * index, 8, buffer)
        stream.event(RTOS, "msg_alloc", 0, index)
        header = struct.pack("<IIIHH", 0x4004, 0x400, 0, len(payload), 0)
        stream.write(RTOS, buffer, header + payload)
        stream.event(RTOS, "msg_fill", 0, index)
        stream.event(RTOS, "msg_send", 0, index)
        stream.event(LINUX, "msg_take", 0, index)
        stream.event(LINUX, "msg_callback", 0, index)
        stream.event(LINUX, "msg_free", 0, index)
    recv = stream.event(LINUX, "msg_recv", 0x400, 4)
    found = followed(stream)
    dropped, read = found.messages
    assert Step.RECV not in dropped.steps
    assert read.steps[Step.RECV] == recv
    assert read.ring is Ring.TO_LINUX


def test_the_wait_for_a_buffer_is_a_stage_of_its_own():
    stream = Stream()
    stream.thread(LINUX, "app")
    stream.event(LINUX, "msg_begin", 1, 0)
    wait = stream.event(LINUX, "msg_wait", 1, 0)
    stream.thread(LINUX, "swapper/0")
    stream.thread(LINUX, "app")
    alloc = stream.event(LINUX, "msg_alloc", 1, 0)
    stream.event(LINUX, "msg_send", 1, 0)
    found = followed(stream)
    _, stage, _ = message_stages(life_of(found), found.messages[0])
    assert (stage.name, stage.begin, stage.end) == ("alloc", wait, alloc)
    assert stage.waiting == {"a buffer of ring 1": 10}


def test_a_thread_that_has_the_cpu_instead_is_waited_for():
    stream = Stream()
    stream.thread(LINUX, "app")
    stream.event(LINUX, "msg_begin", 1, 0)
    stream.thread(LINUX, "other")
    stream.thread(LINUX, "app")
    stream.event(LINUX, "msg_alloc", 1, 0)
    stream.event(LINUX, "msg_send", 1, 0)
    found = followed(stream)
    first, _ = message_stages(life_of(found), found.messages[0])
    assert (first.name, first.waiting) == ("alloc", {"other": 10})
    assert first.clocks == first.profile + 10


def test_waiting_for_a_lock_has_the_locks_name():
    """Another thread has the CPU meanwhile; the lock is what the sender waits for."""
    stream = Stream()
    stream.thread(LINUX, "app")
    stream.event(LINUX, "msg_begin", 1, 1)
    wait = stream.event(LINUX, "lock_wait tx_lock")
    stream.thread(LINUX, "other")
    back = stream.thread(LINUX, "app")
    stream.event(LINUX, "msg_alloc", 1, 0)
    away = stream.thread(LINUX, "other")
    again = stream.thread(LINUX, "app")
    stream.write(LINUX, BUFFERS, struct.pack("<IIIHH", 0x400, 0x4004, 0, 1, 0) + b"x")
    stream.event(LINUX, "msg_fill", 1, 0)
    stream.store(LINUX, LINK.descriptors[1], 8, BUFFERS)
    stream.event(LINUX, "msg_send", 1, 0)
    found = followed(stream)
    stages = {stage.name: stage for stage in message_stages(life_of(found), found.messages[0])}
    assert stages["alloc"].waiting == {"lock tx_lock": back - wait - 10}
    assert stages["fill"].waiting == {"other": again - away}


@given(st.lists(st.sampled_from(("send", "kick", "line", "irq", "receive", "switch")), max_size=60))
def test_whatever_the_order_stages_add_up_and_nothing_is_invented(actions):
    stream = Stream()
    on_ring: list[int] = []
    sent = 0
    for action in actions:
        if action == "send" and len(on_ring) < 2:
            index = 1 - on_ring[0] if on_ring else 0
            stream.linux_sends(b"%d" % sent, index)
            on_ring.append(index)
            sent += 1
        elif action == "kick":
            stream.linux_kicks()
        elif action == "line":
            stream.lines(RTOS, 1)
            stream.lines(RTOS, 0)
        elif action == "irq":
            stream.event(RTOS, "irq", 1)
        elif action == "switch":
            stream.thread(RTOS, f"t{len(stream.data) % 3}")
        elif action == "receive" and on_ring:
            index = on_ring.pop(0)
            stream.rtos_receives(b"%d" % (sent - len(on_ring) - 1), index)
    found = followed(stream)
    assert [message.payload for message in found.messages] == [b"%d" % n for n in range(sent)]
    assert found.unmatched == {}
    assert sum(Step.FREE in message.steps for message in found.messages) == sent - len(on_ring)
    for message in found.messages:
        stages = message_stages(life_of(found), message)
        times = message.steps.values()
        assert sum(stage.clocks for stage in stages) == max(times) - min(times)
        assert all(s.rtl + s.profile + s.waited == s.clocks for s in stages)
        assert all(min(s.rtl, s.profile, s.waited) >= 0 for s in stages)
