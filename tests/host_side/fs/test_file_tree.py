# SPDX-License-Identifier: Apache-2.0
"""Lookup, open and the nodes of the file tree."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_side.fs.flags import O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY
from host_side.fs.node import DebugNode, Directory, ProcNode, RegularFile, Symlink, TextNode
from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError


@pytest.fixture
def fs() -> FileSystem:
    return FileSystem()


def errno_of(call: Callable[[], Any]) -> int:
    with pytest.raises(LinuxError) as caught:
        call()
    return caught.value.errno


def write(fs: FileSystem, path: str, data: bytes, flags: int = 0) -> None:
    async def body() -> None:
        file = await fs.open(path, O_WRONLY | O_CREAT | flags)
        assert await file.write(data) == len(data)
        await file.close()

    asyncio.run(body())


def read(fs: FileSystem, path: str, count: int = 4096) -> bytes:
    async def body() -> bytes:
        file = await fs.open(path)
        return await file.read(count)

    return asyncio.run(body())


def opening(fs: FileSystem, path: str, flags: int = O_RDONLY) -> Callable[[], Any]:
    return lambda: asyncio.run(fs.open(path, flags))


def test_regular_files_are_created_truncated_and_appended_to(fs: FileSystem) -> None:
    write(fs, "/mnt/a", b"hello")
    write(fs, "/mnt/a", b"J")
    assert read(fs, "/mnt/a") == b"Jello"
    write(fs, "/mnt/a", b" world", O_APPEND)
    assert read(fs, "/mnt/a") == b"Jello world"
    write(fs, "/mnt/a", b"x", O_TRUNC)
    assert read(fs, "/mnt/a") == b"x"


def test_lookup_errors(fs: FileSystem) -> None:
    write(fs, "/mnt/file", b"")
    assert errno_of(lambda: fs.lookup("/mnt/none")) == errno.ENOENT
    assert errno_of(lambda: fs.lookup("")) == errno.ENOENT
    assert errno_of(lambda: fs.lookup("/mnt/file/below")) == errno.ENOTDIR
    assert errno_of(lambda: fs.lookup("/mnt/file/")) == errno.ENOTDIR
    assert errno_of(lambda: fs.lookup("/" + "n" * 256)) == errno.ENAMETOOLONG
    assert errno_of(lambda: fs.listdir("/mnt/file")) == errno.ENOTDIR
    assert errno_of(lambda: fs.remove("/mnt/none")) == errno.ENOENT


def test_open_errors(fs: FileSystem) -> None:
    assert errno_of(opening(fs, "/mnt", O_WRONLY)) == errno.EISDIR
    assert errno_of(opening(fs, "/mnt/new/", O_WRONLY | O_CREAT)) == errno.EISDIR
    assert errno_of(opening(fs, "/none/new", O_WRONLY | O_CREAT)) == errno.ENOENT
    assert errno_of(opening(fs, "/proc/new", O_WRONLY | O_CREAT)) == errno.ENOENT
    assert errno_of(opening(fs, "/sys/new", O_WRONLY | O_CREAT)) == errno.EACCES
    assert errno_of(lambda: read(fs, "/mnt")) == errno.EISDIR


def test_dots_and_doubled_slashes(fs: FileSystem) -> None:
    write(fs, "/mnt/a", b"x")
    for path in ("//mnt///a", "/./mnt/./a", "/mnt/../mnt/a", "/../../mnt/a"):
        assert read(fs, path) == b"x"


def test_symbolic_links(fs: FileSystem) -> None:
    write(fs, "/mnt/real", b"x")
    fs.add("/mnt/absolute", Symlink("/mnt/real"))
    fs.add("/mnt/relative", Symlink("real"))
    fs.add("/srv/directory", Symlink("/mnt"))
    fs.add("/mnt/loop", Symlink("loop"))
    assert read(fs, "/mnt/absolute") == read(fs, "/mnt/relative") == b"x"
    assert read(fs, "/srv/directory/real") == b"x"
    assert fs.listdir("/srv/directory/..") == fs.listdir("/")
    assert isinstance(fs.lookup("/mnt/absolute", follow=False), Symlink)
    assert errno_of(lambda: fs.lookup("/mnt/loop")) == errno.ELOOP


def test_names_are_unique(fs: FileSystem) -> None:
    fs.add("/a/b/c", RegularFile())
    assert errno_of(lambda: fs.add("/a/b", Directory())) == errno.EEXIST
    assert errno_of(lambda: fs.add("/a/b/c/d", Directory())) == errno.ENOTDIR


def test_text_is_read_in_pieces_of_one_snapshot(fs: FileSystem) -> None:
    numbers = iter(range(100, 200))
    fs.add("/sys/number", TextNode(lambda: f"{next(numbers)}\n"))

    async def pieces() -> list[bytes]:
        file = await fs.open("/sys/number")
        return [await file.read(2), await file.read(2), await file.read(2)]

    assert asyncio.run(pieces()) == [b"10", b"0\n", b""]
    assert read(fs, "/sys/number") == b"101\n"


def test_attribute_without_a_direction_cannot_be_opened_for_it(fs: FileSystem) -> None:
    stored: list[str] = []

    async def store(text: str) -> None:
        stored.append(text)

    fs.add("/sys/out", TextNode(lambda: "x\n"))
    fs.add("/sys/in", TextNode(store=store))
    assert errno_of(opening(fs, "/sys/out", O_WRONLY)) == errno.EACCES
    assert errno_of(opening(fs, "/sys/in", O_RDONLY)) == errno.EACCES
    assert errno_of(opening(fs, "/sys/in", O_RDWR)) == errno.EACCES
    write(fs, "/sys/in", b"start\n")
    assert stored == ["start\n"]


def test_root_may_open_a_proc_file_for_writing_but_not_write(fs: FileSystem) -> None:
    fs.add("/proc/text", ProcNode(lambda: "x\n"))
    assert errno_of(lambda: write(fs, "/proc/text", b"y")) == errno.EIO


def test_memory_devices(fs: FileSystem) -> None:
    write(fs, "/dev/null", b"gone")
    assert read(fs, "/dev/null") == b""
    assert read(fs, "/dev/zero", 5) == bytes(5)
    assert errno_of(lambda: write(fs, "/dev/full", b"x")) == errno.ENOSPC


def test_closed_file_is_a_bad_descriptor(fs: FileSystem) -> None:
    async def body() -> None:
        file = await fs.open("/dev/null")
        await file.close()
        await file.close()

    assert errno_of(lambda: asyncio.run(body())) == errno.EBADF


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=20)), max_size=10))
def test_file_holds_what_was_written(writes: list[tuple[bool, bytes]]) -> None:
    fs = FileSystem()
    expected = b""
    for append, data in writes:
        write(fs, "/mnt/f", data, O_APPEND if append else O_TRUNC)
        expected = expected + data if append else data
    assert not writes or read(fs, "/mnt/f") == expected


def test_attribute_whose_text_has_to_be_fetched(fs: FileSystem) -> None:
    """show may be awaited; the text stays as it was at the first read."""
    values = iter(("first\n", "second\n"))

    async def show() -> str:
        await asyncio.sleep(0)
        return next(values)

    fs.add("/sys/live", TextNode(show))

    async def body() -> list[bytes]:
        file = await fs.open("/sys/live")
        return [await file.read(3), await file.read(10), await file.read(10)]

    assert asyncio.run(body()) == [b"fir", b"st\n", b""]
    assert read(fs, "/sys/live") == b"second\n"


def test_debugfs_files_open_either_way_and_fail_later(fs: FileSystem) -> None:
    """EINVAL for what a file cannot do, for empty writes and for those beyond its limit."""
    taken: list[str] = []

    async def store(text: str) -> None:
        taken.append(text)

    fs.add("/sys/debug/in", DebugNode(None, store, 5))
    fs.add("/sys/debug/out", DebugNode(lambda: "text\n"))
    assert fs.lookup("/sys/debug/in").mode == 0o200
    assert fs.lookup("/sys/debug/out").mode == 0o400
    assert read(fs, "/sys/debug/out") == b"text\n"
    assert errno_of(lambda: read(fs, "/sys/debug/in")) == errno.EINVAL
    assert errno_of(lambda: write(fs, "/sys/debug/out", b"x")) == errno.EINVAL
    write(fs, "/sys/debug/in", b"12345")
    for data in (b"", b"123456"):
        assert errno_of(lambda data=data: write(fs, "/sys/debug/in", data)) == errno.EINVAL
    assert taken == ["12345"]
