# SPDX-License-Identifier: Apache-2.0
"""Probe and removal of the platform driver, and nodes that lack something."""

from __future__ import annotations

from typing import Any

import pytest

from host_side.kernel.platform_bus import PlatformDevice
from tests.host_side.remoteproc.rproc_rig import PARENT, STATE, Remote, Rig

CLASS = "/sys/class/remoteproc"


def device(rig: Rig) -> PlatformDevice:
    return next(d for d in rig.kernel.platform_bus.devices if d.name == "43030000.e907_rproc")


@pytest.mark.parametrize("running", [False, True])
def test_unbind(running: bool) -> None:
    """A running remote is stopped; its files go; the mailbox channel is free for another client."""
    rig = Rig()
    Remote(rig.machine)
    if running:
        assert rig.sh(f"echo start > {STATE}") == (0, "")
        rig.settle()
    rig.call(rig.kernel.platform_bus.unbind(device(rig)))
    assert rig.kernel.rprocs == []
    assert not rig.machine.running
    assert rig.sh(f"ls {CLASS} /sys/kernel/debug/remoteproc")[1].split() == [
        f"{CLASS}:",
        "/sys/kernel/debug/remoteproc:",
    ]
    assert not rig.user.fs.exists("/dev/remoteproc0")
    assert rig.kernel.mailboxes.controllers[0].channels[0].client is None
    rig.machine.kick_linux(0)
    rig.settle()
    assert rig.kernel.oopses == 0


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"memory_mappings": (1, 2)},
            "/soc/e907_rproc@43030000: expected triples in memory-mappings, found (1, 2)",
        ),
        (
            {"memory_mappings": None},
            "/soc/e907_rproc@43030000: expected triples in memory-mappings, found ()",
        ),
        (
            {"memory_region": None},
            "/soc/e907_rproc@43030000: expected regions in memory-region, found none",
        ),
        (
            {"mboxes": None},
            "/soc/e907_rproc@43030000: expected a mailbox and a channel in mboxes",
        ),
        (
            {"resets": {}},
            "/soc/e907_rproc@43030000: expected cfg in resets, found none",
        ),
        (
            {"stop_record_reg": None},
            "/soc/e907_rproc@43030000: expected one integer in stop-record-reg, found None",
        ),
    ],
)
def test_node_that_lacks_something(changes: dict[str, Any], line: str) -> None:
    """One line that says what, the vendor's, and the driver core's."""
    rig = Rig(**changes)
    log = rig.log()
    at = log.index(PARENT + "sunxi rproc driver 2.4.7")
    assert log[at + 1 : at + 4] == [
        PARENT + line,
        PARENT + "Failed to get resource",
        PARENT + "probe with driver sunxi-rproc failed with error -22",
    ]
    assert rig.kernel.rprocs == []


def test_mailbox_that_is_not_there() -> None:
    """The channel cannot be had."""
    rig = Rig(mboxes=("other", 0))
    log = rig.log()
    assert "remoteproc remoteproc0: cannot get arm-kick mbox, ret = -517" in log
    assert PARENT + "Request mbox failed" in log
    assert rig.kernel.rprocs == []


def test_optional_properties() -> None:
    """No firmware name: the core's default; recovery and dump as the node says."""
    rig = Rig(firmware_name=None, coredump=True)
    assert PARENT + "failed to get firmware-name" in rig.log()
    assert rig.read(f"{CLASS}/remoteproc0/firmware") == "rproc-e907_rproc-fw\n"
    assert rig.read(f"{CLASS}/remoteproc0/coredump") == "enabled\n"
    assert rig.read(f"{CLASS}/remoteproc0/recovery") == "enabled\n"


def test_firmware_of_the_core() -> None:
    """using-kernel-fw: the file system alone, without the vendor's words."""
    rig = Rig(using_kernel_fw=True)
    assert PARENT + "is_using_kernel_fw: 1" in rig.log()
    assert rig.sh(f"echo start > {STATE}") == (0, "")
    assert not [text for text in rig.log() if "load fw from" in text or "checking" in text]


def test_region_outside_the_mappings() -> None:
    """prepare refuses: the boot ends with the core's message."""
    rig = Rig(memory_mappings=(0x4100_0000, 0x10_0000, 0x4100_0000))
    rig.log()
    assert rig.sh(f"echo start > {STATE}") == (1, "sh: write error: Invalid argument\n")
    log = rig.log()
    assert PARENT + "Failed to translate pa 0x40010000 to da" in log
    assert PARENT + "memory region not valid: 0x40010000" in log
    assert "remoteproc remoteproc0: can't prepare rproc e907_rproc: -22" in log
