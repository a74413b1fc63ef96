# SPDX-License-Identifier: Apache-2.0
"""The file tree: path lookup, open, and how drivers add and remove nodes."""

from __future__ import annotations

import errno
from typing import TypeVar

from host_side.fs.devices import FullDevice, NullDevice, ZeroDevice
from host_side.fs.file import OpenFile
from host_side.fs.flags import O_ACCMODE, O_CREAT, O_RDONLY, O_TRUNC
from host_side.fs.node import CharDevice, Directory, Node, RegularFile, Symlink
from host_side.kernel.errors import LinuxError

MAX_LINKS = 40
"""Links followed in one lookup before ELOOP (MAXSYMLINKS)."""
NAME_MAX = 255

AnyNode = TypeVar("AnyNode", bound=Node)


class FileSystem:
    """Root directory with /dev, /proc and /sys, as an initramfs mounts them."""

    def __init__(self) -> None:
        self.root = Directory()
        for name in ("dev", "mnt", "root", "tmp"):
            self.root.entries[name] = Directory()
        self.root.entries["proc"] = Directory(create_errno=errno.ENOENT)
        self.root.entries["sys"] = Directory(create_errno=errno.EACCES)
        for name, driver, minor in (
            ("null", NullDevice(), 3),
            ("zero", ZeroDevice(), 5),
            ("full", FullDevice(), 7),
        ):
            self.add(f"/dev/{name}", CharDevice(driver, 1, minor, mode=0o666))

    def add(self, path: str, node: AnyNode) -> AnyNode:
        """Put a node into the tree, with the directories above it; EEXIST when the name is used."""
        *parents, name = _names(path)
        directory = self.root
        for parent in parents:
            below = directory.entries.get(parent)
            if below is None:
                below = directory.entries[parent] = Directory(directory.create_errno)
            if not isinstance(below, Directory):
                raise LinuxError(errno.ENOTDIR)
            directory = below
        if name in directory.entries:
            raise LinuxError(errno.EEXIST)
        directory.entries[name] = node
        return node

    def remove(self, path: str) -> None:
        """Take a node (and what is below it) out of the tree; files open on it stay open."""
        parent, name = self._parent(path)
        if name not in parent.entries:
            raise LinuxError(errno.ENOENT)
        del parent.entries[name]

    def lookup(self, path: str, follow: bool = True) -> Node:
        """The node at an absolute path; ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG as on Linux."""
        node = self._walk(path, follow or path.endswith("/"))
        if path.endswith("/") and not isinstance(node, Directory):
            raise LinuxError(errno.ENOTDIR)
        return node

    def exists(self, path: str) -> bool:
        """There is something at the path."""
        try:
            self.lookup(path)
        except LinuxError:
            return False
        return True

    def listdir(self, path: str) -> list[str]:
        """Names in a directory, sorted; ENOTDIR when it is none."""
        node = self.lookup(path)
        if not isinstance(node, Directory):
            raise LinuxError(errno.ENOTDIR)
        return sorted(node.children())

    async def open(self, path: str, flags: int = O_RDONLY) -> OpenFile:
        """open(2) at an absolute path, with O_CREAT where the directory allows it."""
        try:
            node = self.lookup(path)
        except LinuxError as error:
            if error.errno != errno.ENOENT or not flags & O_CREAT:
                raise
            node = self._create(path)
        if isinstance(node, Directory) and flags & (O_CREAT | O_TRUNC | O_ACCMODE):
            raise LinuxError(errno.EISDIR)
        operations = node.operations(flags)
        file = OpenFile(operations, flags, path)
        await operations.open(file)
        return file

    def _create(self, path: str) -> Node:
        parent, name = self._parent(path)
        if path.endswith("/"):
            raise LinuxError(errno.EISDIR)
        if parent.create_errno is not None:
            raise LinuxError(parent.create_errno)
        node = parent.entries[name] = RegularFile()
        return node

    def _parent(self, path: str) -> tuple[Directory, str]:
        *parents, name = _names(path)
        parent = self.lookup("/" + "/".join(parents))
        if not isinstance(parent, Directory):
            raise LinuxError(errno.ENOTDIR)
        return parent, name

    def _walk(self, path: str, follow: bool) -> Node:
        todo = list(reversed(_names(path)))
        trail: list[Directory] = []
        node: Node = self.root
        links = 0
        while todo:
            name = todo.pop()
            if not isinstance(node, Directory):
                raise LinuxError(errno.ENOTDIR)
            if name == "..":
                node = trail.pop() if trail else self.root
                continue
            child = node.children().get(name)
            if child is None:
                raise LinuxError(errno.ENAMETOOLONG if len(name) > NAME_MAX else errno.ENOENT)
            if isinstance(child, Symlink) and (todo or follow):
                links += 1
                if links > MAX_LINKS:
                    raise LinuxError(errno.ELOOP)
                todo.extend(reversed(_names(child.target)))
                if child.target.startswith("/"):
                    node, trail = self.root, []
                continue
            trail.append(node)
            node = child
        return node


def _names(path: str) -> list[str]:
    if not path:
        raise LinuxError(errno.ENOENT)
    return [name for name in path.split("/") if name not in ("", ".")]
