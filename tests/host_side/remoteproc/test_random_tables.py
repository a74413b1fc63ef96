# SPDX-License-Identifier: Apache-2.0
"""Resource tables out of random entries: each boot ends, and leaves nothing behind."""

from __future__ import annotations

from struct import pack

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.host_side.remoteproc import elf_builder as eb
from tests.host_side.remoteproc.rproc_rig import BUFFERS, CODE, STATE, VRING0, Rig, firmware

words = st.sampled_from([0, 1, 2, 3, 4, 16, 0x1000, 0x8000, BUFFERS, VRING0, CODE]) | st.integers(
    0, 0xFFFF_FFFF
)
names = st.sampled_from([b"vdev0buffer", b"vdev0vring0", b"vdev0vring1", b"heap", b"", b"x" * 32])
vrings = st.lists(st.tuples(words, words), max_size=3)
entries = st.one_of(
    st.builds(eb.carveout, names, words, words, words),
    st.builds(eb.trace, words, words),
    st.builds(eb.vdev, vrings, words),
    st.builds(lambda kind, tail: pack("<I", kind) + tail, words, st.binary(max_size=64)),
)


@settings(max_examples=120)
@given(st.lists(entries, max_size=5), st.integers(0, 12))
def test_every_boot_ends(found: list[bytes], cut: int) -> None:
    """Running or refused; stopping brings everything back."""
    table = eb.table(*found)
    linux = Rig(ampsim__stop_notify=None)
    linux.replace_firmware(firmware(table[: len(table) - cut] if cut > 8 else table))
    linux.log()
    status, text = linux.sh(f"echo start > {STATE}", 10**9)
    assert linux.kernel.oopses == 0
    if status == 0:
        # Not equal: a vdev whose second vring fails frees the first one's id, and the mark stays
        # (rproc_alloc_vring() raises it, nothing lowers it until the next boot).
        assert linux.rproc.max_notifyid >= max(linux.rproc.notifyids, default=-1)
        assert linux.sh(f"echo stop > {STATE}", 10**9) == (0, "")
    else:
        assert text.startswith("sh: write error: ")
        assert linux.rproc_log()[-1].startswith("Boot failed: ")
    assert linux.state == "offline"
    assert (linux.rproc.power, linux.rproc.carveouts, linux.rproc.notifyids) == (0, [], {})
    assert (linux.rproc.subdevs, linux.rproc.vdev_devices, linux.kernel.virtio.devices) == (
        [], [], [],
    )  # fmt: skip
    assert not linux.machine.running


def test_a_mark_stays_when_its_vring_goes() -> None:
    """The second vring of a vdev fails: it is left out, the boot succeeds, ids are free again."""
    linux = Rig(ampsim__stop_notify=None)
    linux.replace_firmware(firmware(eb.table(eb.vdev([(1, 1), (1, 4096)], 0))))
    assert linux.sh(f"echo start > {STATE}", 10**9) == (0, "")
    assert (linux.rproc.notifyids, linux.rproc.max_notifyid) == ({}, 0)
