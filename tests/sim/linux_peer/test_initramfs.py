# SPDX-License-Identifier: Apache-2.0
"""The archives that the kernel unpacks: cpio, format newc."""

from hypothesis import given
from hypothesis import strategies as st

from sim.linux_peer.initramfs import Entry, archive, file, folder, link

NAMES = st.text("abcdefgh/._-", min_size=1, max_size=20)
ENTRIES = st.lists(st.builds(Entry, NAMES, st.integers(1, 0o177777), st.binary(max_size=40)))


def unpack(data: bytes) -> list[Entry]:
    """Read an archive as Linux's init/initramfs.c does."""
    entries, at = [], 0
    while True:
        assert at % 4 == 0 and data[at : at + 6] == b"070701"
        fields = [int(data[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        mode, size, name_size = fields[1], fields[6], fields[11]
        name = data[at + 110 : at + 110 + name_size]
        assert name.endswith(b"\0")
        at += 110 + name_size + -(110 + name_size) % 4
        contents = data[at : at + size]
        at += size + -size % 4
        if name == b"TRAILER!!!\0":
            assert at == len(data)
            return entries
        entries.append(Entry(name[:-1].decode(), mode, contents))


@given(ENTRIES)
def test_what_is_packed_is_unpacked(entries: list[Entry]):
    assert unpack(archive(entries)) == entries


def test_kinds_of_entries():
    made = unpack(archive([folder("bin"), link("bin/sh", "busybox"), file("init", b"x", 0o755)]))
    assert made == [
        ("bin", 0o040755, b""),
        ("bin/sh", 0o120777, b"busybox"),
        ("init", 0o100755, b"x"),
    ]
