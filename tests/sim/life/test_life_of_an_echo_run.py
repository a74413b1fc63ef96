# SPDX-License-Identifier: Apache-2.0
"""200 echoes on the RTL: every message is followed, and its stages add up to what was measured."""

from __future__ import annotations

from collections import defaultdict

from sim.life import Ring, Step
from sim.life.activity import HartActivity
from sim.life.channels import is_announcement
from sim.life.stages import exchange_stages, message_stages
from sim.life.summary import summarise

COUNT = 200
TO_RTOS = {step.value for step in Step} - {"wait", "worker"}


def echoes(recorded, ring: Ring):
    channel = "rpmsg_chrdev"
    return [m for m in recorded.life.messages if m.ring is ring and m.channel == channel]


def test_as_many_messages_each_way_as_the_application_sent(recorded):
    expected = [b"hello there %d!" % number for number in range(COUNT)]
    for ring in Ring:
        assert [message.payload for message in echoes(recorded, ring)] == expected
    assert recorded.life.unmatched == {}
    assert not any(message.lost for message in recorded.life.messages)


def test_what_is_no_echo_is_an_announcement_or_a_vendor_service(recorded):
    vendor = {"sunxi,rpmsg_heartbeat", "sunxi,service"}
    for message in recorded.life.messages:
        known = message.channel in vendor | {"rpmsg_chrdev"}
        assert known or is_announcement(message), message


def test_no_step_of_an_echo_is_missing(recorded):
    for message in echoes(recorded, Ring.TO_RTOS):
        assert {step.value for step in message.steps} == TO_RTOS
    sure = TO_RTOS - {"line", "irq", "worker"}  # the interrupt of an earlier kick may serve
    for message in echoes(recorded, Ring.TO_LINUX):
        assert {step.value for step in message.steps} >= sure


def test_steps_are_in_the_order_of_their_names(recorded):
    to_linux = [step for step in Step if step is not Step.FREE]
    for message in recorded.life.messages:
        order = list(Step) if message.ring is Ring.TO_RTOS else to_linux
        times = [message.steps[step] for step in order if step in message.steps]
        assert times == sorted(times), message


def test_stages_add_up_to_the_round_trips_of_the_application(recorded):
    life = recorded.life
    assert [exchange.number for exchange in life.exchanges] == list(range(COUNT))
    for exchange in life.exchanges:
        stages = exchange_stages(life, exchange)
        assert sum(stage.clocks for stage in stages) == exchange.measured
        assert all(s.rtl + s.profile + s.waited == s.clocks for s in stages)


def test_the_round_trips_are_those_of_the_result_file(recorded):
    (path,) = [path for path in summarise(recorded.life) if path.name == "echo round trip"]
    measure = recorded.result["latency_ns"]["echo_round_trip"]
    assert path.count == measure["count"] == COUNT
    assert path.latencies[0] == measure["min"]
    assert round(path.mean_ns, 1) == measure["mean"]
    assert path.quantile(50) == measure["p50"]
    assert path.quantile(99) == measure["p99"]
    assert path.latencies[-1] == measure["max"]
    for column, whole in (
        (path.mean, path.mean_ns),
        (path.p99, path.quantile(99)),
        (path.worst, path.latencies[-1]),
    ):
        assert abs(sum(split.total for split in column.values()) - whole) < 0.01


def test_bus_time_of_all_harts_is_that_of_the_result_file(recorded):
    """The result file counts a clock as rtl when any hart has a transaction under way."""
    life = recorded.life
    intervals = sorted(
        (begin, end)
        for activity in life.activity
        for begin, end, _, _ in activity.transactions(0, life.end)
    )
    together, until = HartActivity(), 0
    for begin, end in intervals:
        if end > until:
            together.bus(end, end - max(begin, until), 0, 0)
            until = end
    covered = sum(together.busy(exchange.begin, exchange.end) for exchange in life.exchanges)
    of_mean = recorded.result["latency_ns"]["echo_round_trip"]["of_mean"]
    assert abs(covered * life.clock_ns / COUNT - of_mean["rtl"]) < 0.1


def test_histograms_have_every_sample_to_three_digits(recorded):
    life = recorded.life
    samples = defaultdict(list)
    for exchange in life.exchanges:
        for stage in exchange_stages(life, exchange):
            samples[stage.name].append(stage.clocks * life.clock_ns)
    (path,) = [path for path in summarise(life) if path.name == "echo round trip"]
    assert set(path.stages) == set(samples)
    for name, values in samples.items():
        histogram = path.stages[name].histogram
        assert histogram.total_count == len(values)
        for percent, exact in ((50, sorted(values)[len(values) // 2 - 1]), (100, max(values))):
            assert abs(histogram.get_value_at_percentile(percent) - exact) <= 1 + exact / 1000, name


def test_a_stage_is_the_time_between_two_steps(recorded):
    for message in recorded.life.messages:
        stages = message_stages(recorded.life, message)
        times = sorted(message.steps.values())
        assert [stage.begin for stage in stages] == times[:-1]
        assert [stage.end for stage in stages] == times[1:]
