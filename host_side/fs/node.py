# SPDX-License-Identifier: Apache-2.0
"""Nodes of the file tree: directory, symbolic link, regular file, text attribute, device."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable, Mapping

from host_side.fs.file import FileOperations, OpenFile
from host_side.fs.flags import O_ACCMODE, O_APPEND, O_RDONLY, O_TRUNC, O_WRONLY
from host_side.kernel.errors import LinuxError

PAGE_SIZE = 4096


class Node:
    """Anything with a name in a directory. ``kind`` is the letter ``ls -l`` prints."""

    kind = "?"
    mode = 0

    def size(self) -> int:
        """Length in bytes as stat(2) reports it."""
        return 0

    def operations(self, flags: int) -> FileOperations:
        """What an open file of this node does; raises LinuxError when it cannot be opened so."""
        raise LinuxError(errno.ENXIO)


class Directory(Node):
    """Names to nodes. ``create_errno`` is what creating a file in it fails with, None: allowed."""

    kind = "d"
    mode = 0o755

    def __init__(self, create_errno: int | None = None) -> None:
        self.entries: dict[str, Node] = {}
        self.create_errno = create_errno

    def children(self) -> Mapping[str, Node]:
        """Names and nodes as they are now."""
        return self.entries

    def operations(self, flags: int) -> FileOperations:
        """Directories open for reading only; reading one as a file is EISDIR."""
        if flags & O_ACCMODE != O_RDONLY:
            raise LinuxError(errno.EISDIR)
        return _DirectoryFile()


class LiveDirectory(Directory):
    """A directory whose content is made when somebody looks; nothing can be created in it."""

    def __init__(self, look: Callable[[], Mapping[str, Node]]) -> None:
        super().__init__(create_errno=errno.EACCES)
        self._look = look

    def children(self) -> Mapping[str, Node]:
        """What ``look`` gives now."""
        return self._look()


class _DirectoryFile(FileOperations):
    async def read(self, file: OpenFile, count: int) -> bytes:
        raise LinuxError(errno.EISDIR)


class Symlink(Node):
    """A symbolic link to an absolute path."""

    kind = "l"
    mode = 0o777

    def __init__(self, target: str) -> None:
        self.target = target

    def size(self) -> int:
        """Length of the target's path."""
        return len(self.target)


class RegularFile(Node, FileOperations):
    """A file of bytes in memory (tmpfs)."""

    kind = "-"
    mode = 0o644

    def __init__(self, content: bytes = b"") -> None:
        self.content = bytearray(content)

    def size(self) -> int:
        """Length of the content."""
        return len(self.content)

    def operations(self, flags: int) -> FileOperations:
        """The file itself, emptied by O_TRUNC."""
        if flags & O_TRUNC:
            self.content.clear()
        return self

    async def read(self, file: OpenFile, count: int) -> bytes:
        """Bytes from the file's position on."""
        data = bytes(self.content[file.position : file.position + count])
        file.position += len(data)
        return data

    async def write(self, file: OpenFile, data: bytes) -> int:
        """Write at the position (O_APPEND: at the end); a gap is filled with zeros."""
        if file.flags & O_APPEND:
            file.position = len(self.content)
        self.content.extend(bytes(max(0, file.position - len(self.content))))
        self.content[file.position : file.position + len(data)] = data
        file.position += len(data)
        return len(data)


Show = Callable[[], str | Awaitable[str]]
"""The text of an attribute; awaited if it has to be fetched over the bus."""
Store = Callable[[str], Awaitable[None]]


class TextNode(Node, FileOperations):
    """A sysfs attribute: ``show`` gives the whole text, ``store`` takes what one write brings.

    Opening it for a direction it has no callback for is EACCES, even for root (kernfs_fop_open).
    """

    kind = "-"

    def __init__(self, show: Show | None = None, store: Store | None = None) -> None:
        self.show = show
        self.store = store
        self.mode = (0o444 if show else 0) | (0o200 if store else 0)

    def size(self) -> int:
        """Sysfs reports one page."""
        return PAGE_SIZE

    def operations(self, flags: int) -> FileOperations:
        """The attribute itself."""
        access = flags & O_ACCMODE
        if (access != O_RDONLY and not self.store) or (access != O_WRONLY and not self.show):
            raise LinuxError(errno.EACCES)
        return self

    async def read(self, file: OpenFile, count: int) -> bytes:
        """The text as it was at the first read (seq_file keeps it until the file is closed)."""
        if self.show is None:
            raise LinuxError(errno.EIO)
        if file.position == 0 or not isinstance(file.private, bytes):
            text = self.show()
            file.private = (text if isinstance(text, str) else await text).encode("latin-1")
        data = file.private[file.position : file.position + count]
        file.position += len(data)
        return data

    async def write(self, file: OpenFile, data: bytes) -> int:
        """Hand the text to ``store``; one write is one value, of a page at most, or nothing."""
        if self.store is None:
            raise LinuxError(errno.EIO)
        data = data[:PAGE_SIZE]
        if data:
            await self.store(data.decode("latin-1"))
        return len(data)


class ProcNode(TextNode):
    """A /proc file: size 0, and root may open it for writing, but the write is EIO."""

    def size(self) -> int:
        """Proc files report no size."""
        return 0

    def operations(self, flags: int) -> FileOperations:
        """The file itself; proc_reg_write answers EIO when there is no write operation."""
        return self


class DebugNode(TextNode):
    """A debugfs file: root may open it either way, but what it cannot do is EINVAL.

    ``limit`` is the longest write it takes.
    """

    def __init__(
        self, show: Show | None = None, store: Store | None = None, limit: int | None = None
    ) -> None:
        super().__init__(show, store)
        self.mode = (0o400 if show else 0) | (0o200 if store else 0)
        self._limit = limit

    def size(self) -> int:
        """Files of debugfs report no size."""
        return 0

    def operations(self, flags: int) -> FileOperations:
        """The file itself."""
        return self

    async def read(self, file: OpenFile, count: int) -> bytes:
        """The text as it was at the first read. EINVAL when the file cannot be read."""
        if self.show is None:
            raise LinuxError(errno.EINVAL)
        return await super().read(file, count)

    async def write(self, file: OpenFile, data: bytes) -> int:
        """Hand the text to ``store``. EINVAL when the file takes none, or it is too long."""
        if self.store is None or not data or (self._limit and len(data) > self._limit):
            raise LinuxError(errno.EINVAL)
        return await super().write(file, data)


class CharDevice(Node):
    """A character device node with its numbers; the driver's operations stand behind it."""

    kind = "c"

    def __init__(self, driver: FileOperations, major: int, minor: int, mode: int = 0o600) -> None:
        self.driver = driver
        self.mode = mode
        self.major = major
        self.minor = minor

    def operations(self, flags: int) -> FileOperations:
        """The driver's operations."""
        return self.driver
