# SPDX-License-Identifier: Apache-2.0
"""request_firmware(): where the kernel looks for a file (drivers/base/firmware_loader/main.c)."""

from __future__ import annotations

from host_side.fs.tree import FileSystem
from host_side.kernel.errors import LinuxError
from host_side.kernel.platform import Platform
from host_side.kernel.printk import WARNING
from host_side.remoteproc.ops import Firmware

EINVAL, ENOENT = 22, 2
STEP = 65536


class FirmwareLoader:
    """Looks in ``fs`` (None: there is no root file system). ``path`` is firmware_class.path."""

    def __init__(self, platform: Platform, release: str) -> None:
        self.fs: FileSystem | None = None
        self.path = ""
        self._platform = platform
        self._release = release

    def directories(self) -> list[str]:
        """Where it looks, first to last."""
        standard = [
            f"/lib/firmware/updates/{self._release}",
            "/lib/firmware/updates",
            f"/lib/firmware/{self._release}",
            "/lib/firmware",
        ]
        return [self.path, *standard] if self.path else standard

    async def request(self, name: str, prefix: str) -> Firmware:
        """The file; ``prefix`` is the log prefix of the device that asks.

        LinuxError ENOENT when it is nowhere, EINVAL for a bad name or an empty file.
        """
        if not name:
            raise LinuxError(EINVAL)
        if ".." in name.split("/"):
            text = f"Firmware load for '{name}' refused, path contains '..' component"
            self._platform.printk(prefix, text, WARNING)
            raise LinuxError(EINVAL)
        error = ENOENT
        for directory in self.directories():
            path = f"{directory}/{name}"
            try:
                return Firmware(name, await self._read(path))
            except LinuxError as failed:
                error = failed.errno
            if error != ENOENT:
                text = f"loading {path} failed with error {-error}"
                self._platform.printk(prefix, text, WARNING)
        text = f"Direct firmware load for {name} failed with error {-error}"
        self._platform.printk(prefix, text, WARNING)
        raise LinuxError(error)

    async def _read(self, path: str) -> bytes:
        if self.fs is None:
            raise LinuxError(ENOENT)
        file = await self.fs.open(path)
        data = bytearray()
        try:
            while piece := await file.read(STEP):
                data += piece
        finally:
            await file.close()
        if not data:
            raise LinuxError(EINVAL)
        return bytes(data)
