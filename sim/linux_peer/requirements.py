# SPDX-License-Identifier: Apache-2.0
"""What building the kernel needs of the machine, and which Debian packages have it."""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from sim.build.toolchain import ToolError

SOURCE = Path("/usr/src/linux-source-6.12.tar.xz")
SOURCE_PACKAGE = "linux-source-6.12"
BUSYBOX_PACKAGE = "busybox-static"
# Program to package.
PROGRAMS = {
    "gcc": "gcc",
    "make": "make",
    "bc": "bc",
    "flex": "flex",
    "bison": "bison",
    "patch": "patch",
    "tar": "tar",
    "xz": "xz-utils",
}
_LIBC = "libc6-dev"
MACHINE = "x86_64"
"""User-Mode Linux runs on x86 alone (arch/um), and the patches are for 64 bits of it."""


def missing_packages() -> list[str]:
    """Return the packages that are missing, none when the kernel can be built here."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if not SOURCE.exists():
        missing.append(SOURCE_PACKAGE)
    if find_busybox() is None:
        missing.append(BUSYBOX_PACKAGE)
    if not any(Path(folder, "libc.a").exists() for folder in _library_folders()):
        missing.append(_LIBC)
    return missing


def check_packages() -> None:
    """Raise :class:`.ToolError`, one line, when the kernel cannot be built here."""
    machine = platform.machine()
    if machine != MACHINE:
        raise ToolError(
            f"the Linux kernel of --host linux: expected a machine of {MACHINE}, found {machine} "
            "(User-Mode Linux is for x86; everything else works here)"
        )
    missing = missing_packages()
    if missing:
        names = " ".join(missing)
        raise ToolError(
            f"the Linux kernel of --host linux cannot be built: {', '.join(missing)} missing "
            f"(Debian 12: apt-get install {names})"
        )


def find_busybox() -> Path | None:
    """Return a statically linked busybox, or None."""
    found = shutil.which("busybox")
    if found is None:
        return None
    try:
        with Path(found).open("rb") as stream:
            kinds = {segment["p_type"] for segment in ELFFile(stream).iter_segments()}
    except (OSError, ELFError):
        return None
    return None if "PT_INTERP" in kinds else Path(found)


def _library_folders() -> list[Path]:
    return [Path("/usr/lib"), *Path("/usr/lib").glob("*-linux-gnu"), Path("/usr/lib64")]


def main() -> int:
    """Say in one line what is missing; 0 when nothing is."""
    try:
        check_packages()
    except ToolError as error:
        print(error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
