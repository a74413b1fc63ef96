# SPDX-License-Identifier: Apache-2.0
"""The small parts of the kernel: log, rate limit, DMA pool, devicetree nodes, error names."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_side.devicetree import DeviceNode, DeviceTree, DeviceTreeError
from host_side.kernel.dma import PAGE_SIZE, CoherentPool, allocation_order
from host_side.kernel.errors import LinuxError
from host_side.kernel.printk import PrintkBuffer, RateLimit


def test_dmesg_lines() -> None:
    times = iter([0, 1_234_567_890, 123_456_000_000_000])
    log = PrintkBuffer(lambda: next(times), capacity=2)
    heard: list[str] = []
    log.listeners.append(lambda record: heard.append(record.text))
    log.write("", "first")
    log.write("drv dev", "second")
    log.write("x", "third", 3)
    assert log.dmesg() == "[    1.234567] drv dev: second\n[123456.000000] x: third\n"
    assert heard == ["first", "drv dev: second", "x: third"]


def test_each_line_of_a_message_has_the_time() -> None:
    """As record_print_text() prints it: an end of a line makes an empty one behind it, too."""
    log = PrintkBuffer(lambda: 2_000_000)
    log.write("remoteproc remoteproc0", "Unrecognised option: foo\n")
    log.write("", "one\ntwo")
    assert log.dmesg().splitlines() == [
        "[    0.002000] remoteproc remoteproc0: Unrecognised option: foo",
        "[    0.002000] ",
        "[    0.002000] one",
        "[    0.002000] two",
    ]


def test_rate_limit_begins_again_after_its_interval() -> None:
    limit = RateLimit(interval_ns=100, burst=2)
    assert [limit.allow(t) for t in (0, 1, 2, 100, 101, 102, 103)] == [
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("size", "order"), [(1, 0), (4096, 0), (4097, 1), (0x3000, 2), (0x4001, 3)]
)
def test_allocations_are_powers_of_two_pages(size: int, order: int) -> None:
    assert allocation_order(size) == order


def test_rings_and_buffers_in_one_pool() -> None:
    """Facts 3.3: two rings of 0x3000 take 0x4000 each, 256 KiB of buffers come at 0x40000."""
    pool = CoherentPool(0, 0x80000)
    assert [pool.allocate(n) for n in (0x3000, 0x3000, 0x40000)] == [0, 0x4000, 0x40000]


@given(st.lists(st.integers(1, 0x8000), max_size=20))
def test_allocations_never_overlap(sizes: list[int]) -> None:
    pool = CoherentPool(0x1000_0000, 0x2_0000)
    blocks = sorted((at, size) for size in sizes if (at := pool.allocate(size)) is not None)
    for (at, size), (following, _) in pairwise(blocks):
        assert at + size <= following
    for at, size in blocks:
        assert at % (PAGE_SIZE << allocation_order(size)) == 0
        assert at + size <= 0x1002_0000
        pool.free(at, size)
    assert pool.allocate(0x2_0000) == 0x1000_0000


@pytest.mark.parametrize(
    ("number", "text"), [(22, "EINVAL (-22)"), (512, "ERESTARTSYS (-512)"), (105, "ENOBUFS (-105)")]
)
def test_error_names(number: int, text: str) -> None:
    assert str(LinuxError(number)) == text


def test_node_out_of_plain_data() -> None:
    node = DeviceNode.from_mapping(
        {
            "path": "/soc/serial@10000000",
            "label": "uart0",
            "compatible": ["snps,dw-apb-uart"],
            "reg": [[0x10000000, 0x10000]],
            "interrupts": [32],
            "properties": {"reg-shift": 2},
        }
    )
    assert (node.name, node.device_name) == ("serial", "10000000.serial")
    assert (node.reg, node.interrupts) == (((0x10000000, 0x10000),), (32,))
    assert node.integer("reg-shift") == 2
    assert not node.flag("absent")


def test_device_names_without_address_come_from_the_path() -> None:
    assert DeviceNode("/soc/rpmsg").device_name == "soc:rpmsg"
    assert DeviceNode("/rpmsg").device_name == "rpmsg"


@pytest.mark.parametrize("nodes", [(), (DeviceNode("/a", ("x",)), DeviceNode("/b", ("x", "y")))])
def test_exactly_one(nodes: Any) -> None:
    with pytest.raises(DeviceTreeError) as caught:
        DeviceTree(nodes).one("x", "z")
    assert str(caught.value) == f"expected one node compatible with x or z, found {len(nodes)}"
