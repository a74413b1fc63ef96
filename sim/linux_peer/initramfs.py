# SPDX-License-Identifier: Apache-2.0
"""The first file system of the kernel: cpio archives in the format "newc" (Linux's initramfs)."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import NamedTuple

INITRAMFS_FILE = "initramfs.cpio"
SCRIPT_PATH = "script"
_TRAILER = "TRAILER!!!"
_ALIGN = 4


class Entry(NamedTuple):
    """A file, folder or symbolic link of the archive, by its path without a leading slash."""

    path: str
    mode: int
    data: bytes = b""


def file(path: str, data: bytes, mode: int = 0o644) -> Entry:
    """Return a regular file."""
    return Entry(path, stat.S_IFREG | mode, data)


def folder(path: str) -> Entry:
    """Return a folder."""
    return Entry(path, stat.S_IFDIR | 0o755)


def link(path: str, target: str) -> Entry:
    """Return a symbolic link."""
    return Entry(path, stat.S_IFLNK | 0o777, target.encode())


def archive(entries: list[Entry]) -> bytes:
    """Return the archive: the same entries give the same bytes, owner root, no times."""
    entries = [*entries, Entry(_TRAILER, 0)]
    return b"".join(_pack(number, entry) for number, entry in enumerate(entries, 1))


def _pack(number: int, entry: Entry) -> bytes:
    """Return header, name and data, each padded to 4 bytes; the header's fields are hex digits."""
    name = entry.path.encode() + b"\0"
    # inode, mode, uid, gid, links, time, size, device and its minor, rdev and its, name, check
    fields = (number, entry.mode, 0, 0, 1, 0, len(entry.data), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    return _padded(head) + _padded(entry.data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGN)


def write_run_initramfs(base: Path, script: str, directory: Path) -> None:
    """Write a run's initramfs: the built one, and an archive with the script on top of it."""
    top = archive([file(SCRIPT_PATH, script.encode())])
    (directory / INITRAMFS_FILE).write_bytes(_padded(base.read_bytes()) + top)
