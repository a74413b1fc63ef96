# SPDX-License-Identifier: Apache-2.0
"""Sampled stacks go to the part of the bench whose time they are."""

from __future__ import annotations

import pytest

from sim.bench import stack_samples
from sim.bench.profile_echo import EchoProfile, profile_echo
from sim.bench.stack_samples import attribute, by_function, by_part, read_samples
from sim.errors import RunError

MAIN = "0x7f2329 (libc.so.6)"
RESUME = f"{MAIN};core_port_done (core_port.c:265);resume (hart_software.c:218)"
RTOS = f"{RESUME};Py_DECREF (object.h:537);Kernel.run (firmware:rtos_side/kernel/kernel.py:9)"
LINUX = f"{RESUME};Scheduler.run (/x/ampsim/host_side/kernel/scheduler.py:89)"

STACKS = (
    (MAIN, stack_samples.RTL, stack_samples.RTL),
    (RESUME, stack_samples.CORE_PORT, "resume (hart_software.c)"),
    (RTOS, stack_samples.RTOS_KERNEL, "Kernel.run (rtos_side/kernel/kernel.py)"),
    (
        f"{RTOS};write (libc.so.6)",
        stack_samples.RTOS_KERNEL,
        "Kernel.run (rtos_side/kernel/kernel.py)",
    ),
    (
        f"{RTOS};env_put (firmware:rtos_side/rpmsg_lite/env_queue.py:4)",
        stack_samples.RTOS_RPMSG,
        "env_put (rtos_side/rpmsg_lite/env_queue.py)",
    ),
    (
        f"{RTOS};start (firmware:rtos_side/apps/echo.py:4)",
        stack_samples.RTOS_APP,
        "start (rtos_side/apps/echo.py)",
    ),
    (
        f"{RTOS};Hart.event (/x/ampsim/sim/core.py:90)",
        stack_samples.BENCH,
        "Hart.event (sim/core.py)",
    ),
    (
        LINUX,
        stack_samples.LINUX["kernel"],
        "Scheduler.run (host_side/kernel/scheduler.py)",
    ),
    (
        f"{LINUX};add (host_side/virtio/virtqueue.py:3);_PyEval_EvalFrameDefault (libpython.so)",
        stack_samples.LINUX["virtio"],
        "add (host_side/virtio/virtqueue.py)",
    ),
    (f"{LINUX};f (host_side/sysfs.py:3)", stack_samples.LINUX_REST, "f (host_side/sysfs.py)"),
    (f"{MAIN};_react (cocotb/x.py:49)", stack_samples.BENCH, "_react (cocotb/x.py)"),
)


@pytest.mark.parametrize(("stack", "part", "function"), STACKS)
def test_stack_belongs_to_its_innermost_own_frame(stack: str, part: str, function: str):
    assert attribute(stack) == (part, function)


def test_samples_are_counted():
    samples = list(
        read_samples(
            [f"{MAIN} 30\n", f"{RTOS} 7\n", f"{RTOS};f (firmware:rtos_side/kernel/kernel.py:1) 3\n"]
        )
    )
    parts = by_part(samples)
    assert tuple(parts) == stack_samples.PARTS
    assert (parts[stack_samples.RTL], parts[stack_samples.RTOS_KERNEL]) == (30, 10)
    assert by_function(samples, 1) == [
        (stack_samples.RTOS_KERNEL, "Kernel.run (rtos_side/kernel/kernel.py)", 7)
    ]
    profile = EchoProfile(400.0, tuple(samples))
    assert profile.parts_us()[stack_samples.RTL] == 300
    assert sum(profile.parts_us().values()) == 400
    assert profile.plain()["functions_us"][0]["us"] == 70


def test_a_real_run_has_time_in_every_layer(tmp_path):
    """py-spy looks into a simulator: RTL, core port, both kernels and RPMsg are all there."""
    try:
        profile = profile_echo(2000, tmp_path)
    except RunError as error:
        if "right to trace" in str(error):
            pytest.skip(str(error))
        raise
    parts = profile.parts_us()
    for part in (
        stack_samples.RTL,
        stack_samples.RTOS_KERNEL,
        stack_samples.RTOS_RPMSG,
        *stack_samples.LINUX.values(),
    ):
        assert parts[part] > 0, parts
    assert sum(parts.values()) == pytest.approx(profile.echo_us)


def test_a_sampler_that_cannot_look_in_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.bench.profile_echo.RATE_HZ", "often")
    with pytest.raises(RunError) as caught:
        profile_echo(1000, tmp_path)
    assert str(caught.value).startswith("py-spy took no sample of the simulator (")
    assert str(caught.value).endswith(
        "): it needs the right to trace processes (root, or kernel.yama.ptrace_scope=0)"
    )
