# SPDX-License-Identifier: Apache-2.0
"""What ends a run whose firmware Linux does not take: the kernel's own reason."""

from __future__ import annotations

from sim.inside.remote_refusal import remote_refusal
from tests.host_side.remoteproc import elf_builder as eb
from tests.host_side.remoteproc.rproc_rig import PARENT, RPROC, STATE, Remote, Rig, firmware

REFUSED = "Linux refuses amp_rv0.bin: "


def test_nothing_to_say_of_a_remote_that_runs_or_was_not_started() -> None:
    rig = Rig()
    Remote(rig.machine)
    assert remote_refusal(rig.kernel) is None
    rig.sh(f"echo start > {STATE}")
    rig.settle()
    assert remote_refusal(rig.kernel) is None
    rig.sh(f"echo stop > {STATE}")
    assert remote_refusal(rig.kernel) is None


def test_first_error_of_the_last_attempt() -> None:
    rig = Rig()
    for image, reason in (
        (firmware(eb.table(eb.vdev(reserved=1))), "vdev rsc has non zero reserved bytes"),
        (firmware(eb.table(version=3)), "unsupported fw ver: 3"),
    ):
        rig.replace_firmware(image)
        assert rig.sh(f"echo start > {STATE}")[0] == 1
        assert remote_refusal(rig.kernel) == f"{REFUSED}{RPROC}{reason}"
    rig.replace_firmware(firmware(eb.table(eb.carveout(b"heap", 0x1000))))
    assert rig.sh(f"echo start > {STATE}")[0] == 1
    reason = f"{PARENT}failed to allocate dma memory: len 0x1000"
    assert remote_refusal(rig.kernel) == REFUSED + reason


def test_warning_where_there_is_no_error() -> None:
    """A firmware without a table: the driver only warns of that."""
    rig = Rig(eb.elf((eb.Load(0x4100_0000, b"text"),)))
    assert rig.sh(f"echo start > {STATE}")[0] == 1
    reason = f"{RPROC}no resource table found for this firmware"
    assert remote_refusal(rig.kernel) == REFUSED + reason
